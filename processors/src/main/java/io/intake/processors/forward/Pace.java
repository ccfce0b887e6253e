package io.intake.processors.forward;

/** Whether an engine may be sent more within one batch, where each record counts as a request. Used by one thread. */
@FunctionalInterface
public interface Pace {
    /** For engines without a rate. */
    Pace FREE = () -> true;

    /** Asks for one record more than the batch's first, without waiting; if not, the others are for later. */
    boolean another();
}
