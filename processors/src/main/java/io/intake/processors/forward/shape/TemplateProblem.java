package io.intake.processors.forward.shape;

import java.util.Locale;

/** Why records could not be shaped. The engine is not at fault for any of these. */
public enum TemplateProblem {
    /** There is no such template: jobs wait until there is. */
    ABSENT,
    /** It is no template that can be used: jobs wait until it is corrected. */
    INVALID,
    /** It makes nothing of one of the records: that record is refused. */
    FAILED;

    /** For pages, rejects files and receipts. */
    public String code() {
        return "TEMPLATE_" + name().toUpperCase(Locale.ROOT);
    }
}
