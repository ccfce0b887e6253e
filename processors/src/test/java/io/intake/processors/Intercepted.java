package io.intake.processors;

import io.intake.store.ObjectStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** Puts a test between the code and its store. */
public final class Intercepted {
    private Intercepted() {}

    /** Called around each store call. What it throws, the caller of the store gets. */
    public interface Around {
        default void before(String operation, Object[] arguments) {}

        default void after(String operation, Object[] arguments, Object result) {}
    }

    public static ObjectStore store(ObjectStore delegate, Around around) {
        return (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, given) -> {
                    Object[] arguments = given == null ? new Object[0] : given;
                    around.before(method.getName(), arguments);
                    Object result;
                    try {
                        result = method.invoke(delegate, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    around.after(method.getName(), arguments, result);
                    return result;
                });
    }
}
