package io.intake.store;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Compare-and-swap on objects that survives lost answers.
 *
 * <p>A conditional PUT that landed but whose answer was lost looks like a lost race when it, or the SDK below us, tries
 * again: S3 answers 412 to a write that has succeeded. So each write carries an id in its metadata; on any doubt the
 * object is asked whose write it is. Thread-safe.
 */
public final class ConditionalWrites {
    /** The metadata name of the write id. */
    public static final String WRITE_ID = "write-id";

    private static final int ATTEMPTS = 6;

    private final ObjectStore store;
    private final Supplier<String> writeIds;
    private final Pause pause;

    /** How to wait between two tries. */
    @FunctionalInterface
    public interface Pause {
        void pause(Duration duration);
    }

    /**
     * @param writeIds gives an id that no other write has, for instance a random UUID
     * @param pause waits before a further try
     */
    public ConditionalWrites(ObjectStore store, Supplier<String> writeIds, Pause pause) {
        this.store = store;
        this.writeIds = writeIds;
        this.pause = pause;
    }

    /**
     * Creates an object if there is none.
     *
     * @return the object written, or empty if somebody else's is there
     * @throws TransientStoreException if it is still not known, after several tries, whether the write took effect
     */
    public Optional<ObjectInfo> create(String key, byte[] content, String contentType) {
        return write(key, content, contentType, Precondition.IF_ABSENT);
    }

    /**
     * Replaces an object if it still has the ETag.
     *
     * @return the object written, or empty if it was changed or deleted by somebody else
     * @throws TransientStoreException if it is still not known, after several tries, whether the write took effect
     */
    public Optional<ObjectInfo> replace(String key, String etag, byte[] content, String contentType) {
        return write(key, content, contentType, Precondition.ifMatch(etag));
    }

    private Optional<ObjectInfo> write(String key, byte[] content, String contentType, Precondition precondition) {
        String id = writeIds.get();
        PutRequest request = new PutRequest(key, Content.of(content), contentType, Map.of(WRITE_ID, id), precondition);
        for (int attempt = 1; ; attempt++) {
            try {
                return Optional.of(store.put(request));
            } catch (AlreadyPresentException | ConflictException | AbsentException lost) {
                return own(key, id);
            } catch (TransientStoreException doubt) {
                if (attempt == ATTEMPTS) {
                    throw doubt;
                }
                pause.pause(Duration.ofMillis(50L << attempt));
            }
        }
    }

    /** The object, if it is the write with this id; a doubtful HEAD is the caller's to retry. */
    private Optional<ObjectInfo> own(String key, String id) {
        return store.head(key).filter(info -> id.equals(info.metadata().get(WRITE_ID)));
    }
}
