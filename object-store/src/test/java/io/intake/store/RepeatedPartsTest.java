package io.intake.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.store.memory.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A part sent again by a worker thought dead must not cost the whole upload, and never change what is published. */
class RepeatedPartsTest {
    private final InMemoryObjectStore store = new InMemoryObjectStore(InstantSource.system(), 1);
    private final UploadRef upload = store.startUpload(new UploadRequest("k", "text/plain", Map.of()));

    private Part send(int number, String text) {
        return store.uploadPart(upload, number, Content.of(text.getBytes(StandardCharsets.UTF_8)));
    }

    private CompleteRequest request(Part... parts) {
        return new CompleteRequest(upload, List.of(parts), null, null, Precondition.IF_ABSENT);
    }

    @Test
    void theSameBytesUnderAnotherEtagAreTaken() {
        Part one = send(1, "one");
        Part two = send(2, "two");
        Part before = new Part(2, two.size(), "the-etag-of-the-same-bytes-before", two.crc32());
        RepeatedParts.complete(store, request(one, before));
        assertThat(store.snapshot().get("k")).asString(StandardCharsets.UTF_8).isEqualTo("onetwo");
    }

    @Test
    void otherBytesAreRefusedAndNothingIsPublished() {
        Part one = send(1, "one");
        Part two = send(2, "two");
        send(2, "owt");
        assertThatThrownBy(() -> RepeatedParts.complete(store, request(one, two)))
                .isInstanceOf(PermanentStoreException.class);
        assertThat(store.snapshot()).isEmpty();
    }

    @Test
    void anythingElseThatIsWrongStaysWrong() {
        Part one = send(1, "one");
        CompleteRequest wrong = new CompleteRequest(upload, List.of(one), null, 1L, Precondition.IF_ABSENT);
        assertThatThrownBy(() -> RepeatedParts.complete(store, wrong)).isInstanceOf(PermanentStoreException.class);
        assertThat(store.snapshot()).isEmpty();
    }
}
