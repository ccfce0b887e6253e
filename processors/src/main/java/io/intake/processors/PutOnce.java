package io.intake.processors;

import io.intake.store.AlreadyPresentException;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import java.util.Map;

/**
 * Writes objects that several invocations may write, each the same: the first wins, and the others find that it is as they would
 * have it. Thread-safe.
 */
public final class PutOnce {
    /** The metadata name of an object's CRC-32, in hexadecimal digits. */
    private static final String CRC32 = "crc32";

    private PutOnce() {}

    /**
     * Writes an object, if it is not there.
     *
     * @return whether it is there with this content; false if it has another
     */
    public static boolean put(ObjectStore store, String key, Content content, String type) {
        String crc = Long.toHexString(content.crc32());
        try {
            store.put(new PutRequest(key, content, type, Map.of(CRC32, crc), Precondition.IF_ABSENT));
            return true;
        } catch (AlreadyPresentException there) {
            return store.head(key)
                    .filter(info -> info.size() == content.length()
                            && crc.equals(info.metadata().get(CRC32)))
                    .isPresent();
        }
    }
}
