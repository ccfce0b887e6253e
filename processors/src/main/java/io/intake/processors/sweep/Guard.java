package io.intake.processors.sweep;

import org.jspecify.annotations.Nullable;

/** Lets a sweep go on after a failure, which it reports at its end. Not thread-safe. */
final class Guard {
    private @Nullable RuntimeException failure;

    void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            RuntimeException first = failure;
            if (first == null) {
                failure = e;
            } else if (first.getSuppressed().length < 10) {
                first.addSuppressed(e);
            }
        }
    }

    /** Throws the first failure, if there was one. */
    void rethrow() {
        RuntimeException first = failure;
        if (first != null) {
            throw first;
        }
    }
}
