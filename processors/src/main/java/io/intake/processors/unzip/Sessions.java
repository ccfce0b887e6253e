package io.intake.processors.unzip;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sessions between steps. A step takes its session out, so that no two threads share one; what was not asked for longest
 * is closed when there are too many, as after invocations that were killed. Thread-safe.
 */
final class Sessions {
    private static final int KEPT = 8;

    private final LinkedHashMap<String, Session> idle = new LinkedHashMap<>();

    /** Takes the session of a task out, if there is one. */
    synchronized @Nullable Session take(String task) {
        return idle.remove(task);
    }

    /** Keeps a session for the task's next step. */
    void keep(String task, Session session) {
        Session replaced;
        Session eldest;
        synchronized (this) {
            replaced = idle.put(task, session);
            eldest = idle.size() > KEPT ? removeEldest() : null;
        }
        close(replaced);
        close(eldest);
    }

    private synchronized Session removeEldest() {
        Map.Entry<String, Session> eldest = idle.pollFirstEntry();
        return eldest.getValue();
    }

    private static void close(@Nullable Session session) {
        if (session != null) {
            session.close();
        }
    }
}
