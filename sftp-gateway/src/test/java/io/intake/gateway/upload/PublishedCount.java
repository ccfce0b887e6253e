package io.intake.gateway.upload;

import io.intake.store.CompleteRequest;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts how often an object came into being under a key: as many events S3 would send. Thread-safe. */
final class PublishedCount {
    private final ObjectStore inner;
    private final String key;
    private final AtomicInteger count = new AtomicInteger();

    PublishedCount(ObjectStore inner, String key) {
        this.inner = inner;
        this.key = key;
    }

    int count() {
        return count.get();
    }

    ObjectStore store() {
        return (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (_, method, arguments) -> {
                    try {
                        Object answer = method.invoke(inner, arguments);
                        if (publishes(method.getName(), arguments)) {
                            count.incrementAndGet();
                        }
                        return answer;
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }

    private boolean publishes(String method, Object[] arguments) {
        return switch (method) {
            case "put" -> ((PutRequest) arguments[0]).key().equals(key);
            case "copy" -> key.equals(arguments[1]);
            case "completeUpload" ->
                ((CompleteRequest) arguments[0]).upload().key().equals(key);
            default -> false;
        };
    }
}
