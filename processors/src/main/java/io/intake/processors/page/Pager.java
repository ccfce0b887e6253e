package io.intake.processors.page;

import io.intake.processors.task.TimeBudget;

/** Tells on-call. Thread-safe. */
public interface Pager {

    /** What came of a page. */
    enum Outcome {
        /** On-call's service has it. */
        ACCEPTED,
        /** It was busy or out of reach: to be sent again. */
        UNAVAILABLE,
        /** It said that the page, or the routing key, is wrong: sending the same again does not help. */
        REFUSED
    }

    /** Sends a page, trying again within the time given. Never throws for what the service or the network does. */
    Outcome send(PageEvent event, TimeBudget budget);
}
