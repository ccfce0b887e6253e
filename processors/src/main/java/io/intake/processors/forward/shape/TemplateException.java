package io.intake.processors.forward.shape;

/** A template that cannot be used, or that makes nothing of a record. Of the latter kind no message says why: it could hold values. */
public final class TemplateException extends Exception {
    private static final long serialVersionUID = 1;

    private final TemplateProblem problem;

    TemplateException(TemplateProblem problem, String message) {
        super(message);
        this.problem = problem;
    }

    public TemplateProblem problem() {
        return problem;
    }
}
