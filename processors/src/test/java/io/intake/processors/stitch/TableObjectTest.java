package io.intake.processors.stitch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.bucket.BucketLayout;
import io.intake.processors.TestClock;
import io.intake.processors.stitch.StitchCursor.Open;
import io.intake.processors.stitch.StitchCursor.Position;
import io.intake.store.Content;
import io.intake.store.PermanentStoreException;
import io.intake.store.UploadRef;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Two who publish the same table must both believe that it is there, and be right. */
class TableObjectTest {
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(new TestClock(), 4);
    private final TableObject object = new TableObject(bucket, "j", 7);
    private final String key = BucketLayout.stitched("j", 7);

    private static Content content(String text) {
        return Content.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private Open twoParts() {
        Open open = object.start();
        open = open.add(object.upload(open, 1, content("rows\n")), Position.START);
        return open.add(object.upload(open, 2, content("more\n")), Position.START)
                .committing();
    }

    @Test
    void publishingTwiceIsPublishing() {
        Open open = twoParts();

        assertThat(object.complete(open)).isTrue();
        assertThat(object.complete(open)).isTrue();
        assertThat(bucket.snapshot().get(key)).asString().isEqualTo("rows\nmore\n");
        bucket.assertNoOpenUploads();
    }

    @Test
    void theSecondUploadOfATableIsDropped() {
        Open first = twoParts();
        Open second = twoParts();

        assertThat(object.complete(first)).isTrue();
        assertThat(object.complete(second)).isTrue();
        bucket.assertNoOpenUploads();
    }

    @Test
    void aPartThatWasSentAgainWithTheSameBytesDoesNotHinder() {
        Open open = twoParts();
        object.upload(open, 1, content("rows\n"));

        assertThat(object.complete(open)).isTrue();
        assertThat(bucket.snapshot().get(key)).asString().isEqualTo("rows\nmore\n");
    }

    @Test
    void aPartThatWasSentAgainWithOtherBytesIsNotPublished() {
        Open open = twoParts();
        object.upload(open, 1, content("ROWS\n"));

        assertThatThrownBy(() -> object.complete(open)).isInstanceOf(PermanentStoreException.class);
        assertThat(bucket.head(key)).isEmpty();
    }

    @Test
    void anUploadThatIsGoneIsToldFromOneThatIsPublished() {
        Open open = twoParts();
        bucket.abortUpload(new UploadRef(key, open.uploadId()));

        assertThat(object.complete(open)).isFalse();
    }

    @Test
    void aShortTableMayBePutAgainButNotOverAnother() {
        object.put(content("rows\n"));
        object.put(content("rows\n"));

        assertThatThrownBy(() -> object.put(content("other rows\n"))).hasMessageStartingWith("OUTPUT_CONFLICT");
        assertThatThrownBy(() -> object.put(content("ROWS\n"))).hasMessageStartingWith("OUTPUT_CONFLICT");
    }
}
