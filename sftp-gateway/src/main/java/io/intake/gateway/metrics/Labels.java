package io.intake.gateway.metrics;

/** The names of labels. Each has few values: of names, only those of partners that are configured. */
final class Labels {
    static final String PARTNER = "partner";
    static final String OUTCOME = "outcome";
    static final String OPERATION = "operation";

    private Labels() {}
}
