package io.intake.processors;

import io.intake.store.ByteRange;
import io.intake.store.CompleteRequest;
import io.intake.store.Content;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * A store that takes the parts of uploads and forgets them, for benchmarks: what keeping them would cost is the store's. The
 * CRC-32 that a part is sent with is computed as for any store.
 */
public final class ForgetfulStore {
    private ForgetfulStore() {}

    /** Everything but uploads' parts goes to another store. */
    public static ObjectStore over(ObjectStore store) {
        return (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("uploadPart")) {
                        Content content = (Content) arguments[2];
                        return new Part((int) arguments[1], content.length(), "e", content.crc32());
                    }
                    if (method.getName().equals("copyPart")) {
                        ByteRange range = (ByteRange) arguments[3];
                        return new Part((int) arguments[1], range == null ? 0 : range.length(), "e", null);
                    }
                    if (method.getName().equals("completeUpload")) {
                        return completed((CompleteRequest) arguments[0]);
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static ObjectInfo completed(CompleteRequest request) {
        long size = Objects.requireNonNull(request.size(), "we always say it");
        return new ObjectInfo(request.upload().key(), size, "e", null, Instant.EPOCH, null, Map.of());
    }
}
