package io.intake.gateway.upload;

import io.intake.store.ObjectStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * The store as a process sees it that is killed at one of its calls, just before or just after it took effect: that call and
 * all later ones have no answer, and the later ones are not made. Thread-safe.
 */
final class DyingStore {
    /** What code sees instead of an answer, were it still alive: no failure that it knows how to deal with. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final ObjectStore inner;
    private final int fatal;
    private final boolean after;
    private int calls;

    /**
     * A store whose process dies.
     *
     * @param fatal the number of the call, from 1
     * @param after whether that call is still made
     */
    DyingStore(ObjectStore inner, int fatal, boolean after) {
        this.inner = inner;
        this.fatal = fatal;
        this.after = after;
    }

    /** Whether the process lived to the end. */
    synchronized boolean isAlive() {
        return calls < fatal;
    }

    ObjectStore store() {
        return (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (_, method, arguments) -> {
                    int call = next();
                    if (call > fatal || (call == fatal && !after)) {
                        throw new Killed();
                    }
                    Object answer;
                    try {
                        answer = method.invoke(inner, arguments);
                    } catch (InvocationTargetException failed) {
                        throw call == fatal ? new Killed() : failed.getCause();
                    }
                    if (call == fatal) {
                        throw new Killed();
                    }
                    return answer;
                });
    }

    private synchronized int next() {
        calls++;
        return calls;
    }
}
