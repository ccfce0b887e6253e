package io.intake.config;

import java.util.Locale;

/** What a partner can be told in {@code /outbound/receipts}. */
public enum ReceiptKind {
    /** The file arrived and work has begun. */
    RECEIVED,
    /** The engine is out of reach; the file waits. */
    DELAYED,
    /** The file was refused; what to do is said. */
    REJECTED,
    /** Every record is at the engine. */
    DELIVERED,
    /** The file is part of a set that waits for its other files. */
    COLLECTED,
    /** Somebody here looks at the file before anything is done with it. */
    HELD,
    /** The same bytes came before: nothing is done with them again. */
    SKIPPED;

    /** The name in files: lower case. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
