package io.intake.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.store.ObjectStore;
import io.intake.store.ObjectStoreContractTest;
import io.intake.store.UploadPage;
import io.intake.store.UploadRef;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A twin that is kinder than S3 lets code pass that fails in front of a hospital. */
class InMemoryObjectStoreContractTest extends ObjectStoreContractTest {
    private final InMemoryObjectStore store = new InMemoryObjectStore(InstantSource.system());

    @Override
    protected ObjectStore store() {
        return store;
    }

    /** Code that takes the first page of unfinished uploads for all of them must fail here, not in production. */
    @Test
    void unfinishedUploadsComeInPages() {
        Set<UploadRef> started = new HashSet<>();
        for (int i = 0; i < 2_500; i++) {
            started.add(start("u" + i % 100));
        }
        List<UploadRef> found = new ArrayList<>();
        UploadPage page = store.listUploads(root(), null);
        while (true) {
            assertThat(page.uploads()).hasSizeLessThanOrEqualTo(1_000);
            page.uploads().forEach(upload -> found.add(upload.ref()));
            if (page.continuation() == null) {
                break;
            }
            store.abortUpload(found.getLast());
            page = store.listUploads(root(), page.continuation());
        }
        assertThat(found).containsExactlyInAnyOrderElementsOf(started);
    }
}
