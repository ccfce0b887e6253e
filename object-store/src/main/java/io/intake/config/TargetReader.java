package io.intake.config;

import java.util.Set;

/** Reads what only one type of engine has. */
interface TargetReader {
    /** The keys it knows besides those that all engines have. */
    Set<String> keys();

    /** Reads them; what is wrong becomes a problem, and then what is returned is never used. */
    Target read(Fields fields, Problems problems);
}
