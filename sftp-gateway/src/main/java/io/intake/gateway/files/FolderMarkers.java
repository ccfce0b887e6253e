package io.intake.gateway.files;

import io.intake.bucket.Naming;
import io.intake.bucket.Naming.Place;
import io.intake.store.AlreadyPresentException;
import io.intake.store.Content;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectStore;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import java.util.List;
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

    /** Whether a marker or anything else is under a folder's prefixes. */
    static boolean isFolder(ObjectStore store, List<String> prefixes) {
        for (String prefix : prefixes) {
            ListPage page = store.list(new ListRequest(prefix, null, null, null, 1));
            if (!page.objects().isEmpty() || !page.commonPrefixes().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Whether nothing but its marker is in a folder. */
    static boolean isEmpty(ObjectStore store, List<String> prefixes) {
        for (String prefix : prefixes) {
            ListPage page = store.list(new ListRequest(prefix, null, null, null, 2));
            if (page.objects().stream().anyMatch(object -> !object.key().equals(prefix))) {
                return false;
            }
        }
        return true;
    }

    /** Deletes a folder's marker under the current naming, and under former ones if it is there. */
    static void delete(ObjectStore store, Naming naming, Place folder) {
        for (Naming generation : naming.generations().reversed()) {
            boolean current = generation.equals(naming.generations().getFirst());
            for (String prefix :
                    Lookup.prefixes(generation, folder).stream().limit(1).toList()) {
                if (current || store.head(prefix).isPresent()) {
                    store.delete(prefix);
                }
            }
        }
    }
}
