package io.intake.processors.task;

import java.util.function.BooleanSupplier;

/** Saves as late as may be: when the next step is through. With {@link Saves#FIRST} the other end of what threads can do. */
public final class LateSaves {
    /** Without threads, so that a test says the same each time. */
    public static final Saves LATE = Late::new;

    private LateSaves() {}

    private static final class Late implements Saves.Saving {
        private final BooleanSupplier save;
        private boolean done;
        private boolean kept;

        Late(BooleanSupplier save) {
            this.save = save;
        }

        @Override
        public boolean kept() {
            if (!done) {
                kept = save.getAsBoolean();
                done = true;
            }
            return kept;
        }
    }
}
