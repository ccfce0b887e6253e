package io.intake.processors.join;

import io.intake.store.AlreadyPresentException;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import java.util.Map;

/**
 * Writes a join's objects. Several invocations may write the same one: the first wins, and the others find that it is as they
 * would have it. Thread-safe.
 */
final class JoinObjects {
    private static final String TYPE = "application/x-ndjson";
    /** The metadata name of an object's CRC-32, in hexadecimal digits. */
    private static final String CRC32 = "crc32";

    private final ObjectStore store;

    JoinObjects(ObjectStore store) {
        this.store = store;
    }

    /**
     * Stores an object.
     *
     * @return its size
     * @throws io.intake.processors.job.RefusedException if there is another one
     */
    long put(String key, Content content) {
        String crc = Long.toHexString(content.crc32());
        try {
            store.put(new PutRequest(key, content, TYPE, Map.of(CRC32, crc), Precondition.IF_ABSENT));
        } catch (AlreadyPresentException there) {
            boolean same = store.head(key)
                    .filter(info -> info.size() == content.length()
                            && crc.equals(info.metadata().get(CRC32)))
                    .isPresent();
            if (!same) {
                throw JoinFailures.outputConflict();
            }
        }
        return content.length();
    }
}
