package io.intake.processors.page;

import io.intake.processors.page.PageEvent.Action;

/** Knows whether what a page says of an engine is still so: pages may be sent late and in any order. Thread-safe. */
public interface EngineIncidents {

    /**
     * Whether a page need not be sent any more, or should not have been.
     *
     * @param owner as in the page's key
     * @param number as in the page's key
     */
    boolean isOver(String owner, int number, Action action);

    /** Leaves a page once more that says how it is now. */
    void repeat(String owner);
}
