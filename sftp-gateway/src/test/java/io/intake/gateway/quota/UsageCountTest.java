package io.intake.gateway.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.NaturalNaming;
import io.intake.store.Content;
import io.intake.store.Part;
import io.intake.store.PutRequest;
import io.intake.store.UploadRef;
import io.intake.store.UploadRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Bytes that are stored somewhere and counted nowhere would let a partner have more than it pays for. */
class UsageCountTest {
    private static final String TYPE = "application/octet-stream";
    private static final String PARKED = "parked/p/folder/file-upload-";

    private final InMemoryObjectStore store = new InMemoryObjectStore(InstantSource.system());

    private UploadRef upload(String key, int... sizes) {
        UploadRef upload = store.startUpload(new UploadRequest(key, TYPE, Map.of()));
        for (int i = 0; i < sizes.length; i++) {
            Part ignored = store.uploadPart(upload, i + 1, Content.of(new byte[sizes[i]]));
        }
        return upload;
    }

    private UsageCount count(boolean underWay) {
        return new UsageCount(store, "p", _ -> underWay).count(new NaturalNaming());
    }

    @Test
    void segmentsOfAnUnfinishedUploadAreBytesOfOneFile() {
        UploadRef whole = upload("inbound/p/x", 100, 200);
        store.put(PutRequest.of(PARKED + "00003.segment", Content.of(new byte[1_000]), TYPE));
        UploadRef open = upload(PARKED + "00004.segment", 30, 40);
        store.put(PutRequest.of("parked/p/folder/file-owner.tail", Content.of(new byte[7]), TYPE));
        store.put(PutRequest.of("parked/p/folder/file.json", Content.of(new byte[500]), "application/json"));
        assertThat(count(false).bytes()).isEqualTo(1_377);
        assertThat(count(false).files()).isEqualTo(1);
        assertThat(count(true).bytes()).as("counted by its session").isZero();
        store.abortUpload(whole);
        store.abortUpload(open);
    }
}
