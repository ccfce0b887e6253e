package io.intake.processors.unzip;

import io.intake.processors.task.StepOutcome;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sessions between steps. A step takes its session out, so that no two threads share one; what was not asked for longest
 * is closed when there are too many, as after invocations that were killed. Thread-safe.
 */
final class Sessions<S extends Continuing> {
    private static final int KEPT = 8;

    private final LinkedHashMap<String, S> idle = new LinkedHashMap<>();

    /** A step. */
    interface Step<S> {
        /**
         * Takes it.
         *
         * @param continued whether the step before this one was taken in this session
         */
        StepOutcome<UnzipCursor> take(S session, boolean continued);
    }

    /** Takes a step in the session in which the one before was taken, or else in a new one. */
    StepOutcome<UnzipCursor> step(String task, UnzipCursor cursor, Supplier<S> opening, Step<S> step) {
        S session = take(task);
        boolean continued = session != null && session.continues(cursor);
        if (session != null && !continued) {
            session.close();
        }
        if (session == null || !continued) {
            session = opening.get();
        }
        boolean kept = false;
        try {
            StepOutcome<UnzipCursor> outcome = step.take(session, continued);
            if (outcome instanceof StepOutcome.Advanced<UnzipCursor> advanced) {
                session.expect(advanced.cursor());
                keep(task, session);
                kept = true;
            }
            return outcome;
        } finally {
            if (!kept) {
                session.close();
            }
        }
    }

    private synchronized @Nullable S take(String task) {
        return idle.remove(task);
    }

    private void keep(String task, S session) {
        S replaced;
        S eldest;
        synchronized (this) {
            replaced = idle.put(task, session);
            eldest = idle.size() > KEPT ? removeEldest() : null;
        }
        close(replaced);
        close(eldest);
    }

    private synchronized S removeEldest() {
        Map.Entry<String, S> eldest = idle.pollFirstEntry();
        return eldest.getValue();
    }

    private void close(@Nullable S session) {
        if (session != null) {
            session.close();
        }
    }
}
