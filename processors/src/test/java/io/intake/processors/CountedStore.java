package io.intake.processors;

import io.intake.store.ObjectStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts a store's calls, and how many were under way at once. */
public final class CountedStore {
    public final Map<String, Integer> calls = new TreeMap<>();
    public final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger underWay = new AtomicInteger();

    /** The store, whose calls are counted from now on. */
    public ObjectStore around(ObjectStore store) {
        return (ObjectStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    synchronized (calls) {
                        calls.merge(method.getName(), 1, Integer::sum);
                    }
                    most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw Objects.requireNonNull(thrown.getCause());
                    } finally {
                        underWay.decrementAndGet();
                    }
                });
    }
}
