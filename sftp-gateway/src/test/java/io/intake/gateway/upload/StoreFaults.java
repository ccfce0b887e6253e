package io.intake.gateway.upload;

import io.intake.store.ObjectStore;
import io.intake.store.PermanentStoreException;
import io.intake.store.TransientStoreException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One fault at one call, whatever the call is. Thread-safe. */
final class StoreFaults {
    private final ObjectStore inner;
    private final Fault fault;
    private final int at;
    private final ObjectStore store;
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger throttled = new AtomicInteger();
    private final ConcurrentLinkedQueue<Runnable> late = new ConcurrentLinkedQueue<>();
    private volatile @Nullable String method;
    private volatile boolean dead;

    /** What goes wrong. */
    enum Fault {
        /** In passing, without effect. */
        FAILS,
        /** The answer is lost. */
        ANSWER_LOST,
        /** 503 SlowDown, three times. */
        THROTTLED,
        /** It takes effect, no answer comes to it, nor to any further call of its kind. */
        NEVER_ANSWERS,
        /** Given up for lost; takes effect after the next call. */
        SLOW,
        /** For good, such as 403. */
        REFUSED,
        /** The store is out of reach from here on. */
        DOWN,
        KILLED_BEFORE,
        KILLED_AFTER
    }

    /** The process died. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** @param at the number of the call, from 1 */
    StoreFaults(ObjectStore inner, Fault fault, int at) {
        this.inner = inner;
        this.fault = fault;
        this.at = at;
        this.store = (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, this::invoke);
    }

    ObjectStore store() {
        return store;
    }

    int calls() {
        return count.get();
    }

    boolean isDead() {
        return dead;
    }

    /** What the call was. */
    @Nullable
    String method() {
        return method;
    }

    /** What is still to take effect does. */
    void settle() {
        for (Runnable next = late.poll(); next != null; next = late.poll()) {
            next.run();
        }
    }

    private @Nullable Object invoke(Object ignored, Method called, Object[] arguments) throws Throwable {
        if (dead) {
            throw new Killed();
        }
        int number = count.incrementAndGet();
        if (number == at) {
            method = called.getName();
            return strike(called, arguments);
        }
        boolean again = called.getName().equals(method);
        if (number > at
                && (fault == Fault.DOWN
                        || (again && fault == Fault.NEVER_ANSWERS)
                        || (again && fault == Fault.THROTTLED && throttled.incrementAndGet() < 3))) {
            throw passing(called);
        }
        Object answer = call(called, arguments);
        if (number > at) {
            settle();
        }
        return answer;
    }

    private @Nullable Object strike(Method called, Object[] arguments) throws Throwable {
        switch (fault) {
            case FAILS, THROTTLED, DOWN -> throw passing(called);
            case ANSWER_LOST, NEVER_ANSWERS -> {
                Object ignored = call(called, arguments);
                throw passing(called);
            }
            case SLOW -> {
                late.add(() -> {
                    try {
                        Object ignored = call(called, arguments);
                    } catch (Throwable refused) {
                        // nobody waits for the answer
                    }
                });
                throw passing(called);
            }
            case REFUSED -> throw new PermanentStoreException(called.getName(), "k", "403", null);
            case KILLED_BEFORE -> {
                dead = true;
                throw new Killed();
            }
            case KILLED_AFTER -> {
                Object ignored = call(called, arguments);
                dead = true;
                throw new Killed();
            }
        }
        throw new IllegalStateException();
    }

    private static TransientStoreException passing(Method called) {
        return new TransientStoreException(called.getName(), "k", "503", null);
    }

    private @Nullable Object call(Method called, Object[] arguments) throws Throwable {
        try {
            return called.invoke(inner, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
