package io.intake.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.store.AbsentException;
import io.intake.store.ConflictException;
import io.intake.store.Content;
import io.intake.store.CopySource;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.ObjectStoreContractTest;
import io.intake.store.PermanentStoreException;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.UploadPage;
import io.intake.store.UploadRef;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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

    @Test
    void anObjectOfAnotherBucketIsCopiedWithItsTypeAndNotWhereItWasReplaced() {
        InMemoryObjectStore other = new InMemoryObjectStore(InstantSource.system());
        other.put(new PutRequest("a", Content.of(new byte[3]), "x/y", Map.of("m", "1"), Precondition.ALWAYS));
        store.beside("other", other);

        ObjectInfo copy = store.copy(new CopySource("a", null, null, "other"), "b");

        assertThat(copy.size()).isEqualTo(3);
        assertThat(copy.contentType()).isEqualTo("x/y");
        assertThat(copy.metadata()).containsEntry("m", "1");
        assertThatThrownBy(() -> store.copy(new CopySource("a", "replaced", null, "other"), "c"))
                .isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> store.copy(new CopySource("a", null, null, "none"), "c"))
                .isInstanceOf(PermanentStoreException.class);
        assertThatThrownBy(() -> store.copy(new CopySource("a", null, null), "c"))
                .isInstanceOf(AbsentException.class);
    }
}
