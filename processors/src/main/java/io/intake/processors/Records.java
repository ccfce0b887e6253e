package io.intake.processors;

import io.intake.store.AbsentException;
import io.intake.store.ConditionalWrites;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.ReadRequest;
import io.intake.store.TransientStoreException;
import java.io.IOException;
import java.util.Optional;

/** JSON records in S3 that are changed by compare-and-swap only. Thread-safe. */
public final class Records {
    private final ObjectStore store;
    private final ConditionalWrites writes;

    public Records(ObjectStore store, ConditionalWrites writes) {
        this.store = store;
        this.writes = writes;
    }

    /**
     * A record as it was when it was read or written.
     *
     * @param etag what a replacement must name
     */
    public record Versioned<T>(T value, String etag) {}

    /** Reads a record; empty if there is none. */
    public <T> Optional<Versioned<T>> find(String key, Class<T> type) {
        try (ObjectContent content = store.read(ReadRequest.whole(key))) {
            T value = Json.read(content.stream().readAllBytes(), type);
            return Optional.of(new Versioned<>(value, content.info().etag()));
        } catch (AbsentException absent) {
            return Optional.empty();
        } catch (IOException lost) {
            throw new TransientStoreException("read", key, "connection lost", lost);
        }
    }

    /** Creates a record; empty if there is one already. */
    public <T> Optional<Versioned<T>> create(String key, T value) {
        return writes.create(key, Json.bytes(value), Json.TYPE).map(info -> versioned(value, info));
    }

    /** Replaces a record; empty if it is no longer the one that was read. */
    public <T> Optional<Versioned<T>> replace(String key, String etag, T value) {
        return writes.replace(key, etag, Json.bytes(value), Json.TYPE).map(info -> versioned(value, info));
    }

    private static <T> Versioned<T> versioned(T value, ObjectInfo info) {
        return new Versioned<>(value, info.etag());
    }
}
