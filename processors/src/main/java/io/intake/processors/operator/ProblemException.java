package io.intake.processors.operator;

/** Ends the command with a code and a sentence for who called it. */
final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;

    ProblemException(int code, String sentence) {
        super(sentence);
        this.code = code;
    }

    /** What to exit with. */
    int code() {
        return code;
    }
}
