package io.intake.gateway.files;

import io.intake.store.AlreadyPresentException;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import java.util.Map;

/** The empty objects that stand for folders. Their keys end with a slash, which the processors pass over. */
final class FolderMarkers {
    private static final String CONTENT_TYPE = "application/x-directory";

    private FolderMarkers() {}

    /** Makes a marker; one that is there already is as good. */
    static void create(ObjectStore store, String prefix) {
        try {
            store.put(new PutRequest(prefix, Content.of(new byte[0]), CONTENT_TYPE, Map.of(), Precondition.IF_ABSENT));
        } catch (AlreadyPresentException anotherSessionWasFaster) {
            // the folder is there, which is what was asked for
        }
    }
}
