package io.intake.processors.task;

import java.util.concurrent.atomic.AtomicReference;

/** Saves as late as may be: when the next step is through. With {@link Saves#FIRST} the other end of what threads can do. */
public final class LateSaves {
    /** Without threads, so that a test says the same each time. */
    public static final Saves LATE = save -> {
        AtomicReference<Boolean> kept = new AtomicReference<>();
        return () -> {
            if (kept.get() == null) {
                kept.set(save.getAsBoolean());
            }
            return kept.get();
        };
    };

    private LateSaves() {}
}
