package io.intake.processors.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.config.ArchiveLimits;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.processors.Json;
import io.intake.processors.Records;
import io.intake.processors.TestClock;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobStore;
import io.intake.processors.page.PageEvent;
import io.intake.processors.page.PageTask;
import io.intake.processors.query.EngineQuery.EngineState;
import io.intake.processors.query.SetQuery.OpenSet;
import io.intake.processors.query.UploadQuery.Upload;
import io.intake.processors.query.UploadQuery.Waiting;
import io.intake.store.ConditionalWrites;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import io.intake.store.UploadRef;
import io.intake.store.UploadRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

/** What is parked, waits or was not said must be seen before somebody asks where it is. */
class SurroundingsTest {
    private final TestClock clock = new TestClock();
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    private final Records records = new Records(
            bucket, new ConditionalWrites(bucket, () -> UUID.randomUUID().toString(), pause -> {}));

    private void put(String key, String content) {
        bucket.put(PutRequest.of(key, Content.of(content.getBytes(StandardCharsets.UTF_8)), Json.TYPE));
    }

    private UploadRef begun(String key, int bytes) {
        UploadRef upload = bucket.startUpload(new UploadRequest(key, "text/plain", Map.of()));
        bucket.uploadPart(upload, 1, Content.of(new byte[bytes]));
        return upload;
    }

    @Test
    void unfinishedUploadsOfAllKindsAreListedOnceEachWithTheirDurableSizeAndWithoutNames() {
        UploadRef parked = begun("inbound/a/jane-doe.zip", 100);
        put(
                "parked/a/0011/22.json",
                "{\"key\":\"inbound/a/jane-doe.zip\",\"parked\":true,\"multipart\":{\"storeId\":\"%s\",\"parts\":[{\"size\":100}],\"segments\":[{\"size\":40}]},\"tail\":{\"size\":2}}"
                        .formatted(parked.uploadId()));
        put("parked/a/0011/22-x.tail", "ab");
        put("uploads/a/inbound/jane-doe.zip.filepart", "abc");
        put("uploads/a/withheld/0011", "");
        begun("inbound/b/john.zip", 7);
        assertThat(new UploadQuery(bucket, records).unfinished(null, 100))
                .extracting(Upload::partner, Upload::size, Upload::waits)
                .containsExactlyInAnyOrder(
                        Tuple.tuple("a", 142L, Waiting.RESUME),
                        Tuple.tuple("a", 3L, Waiting.RENAME),
                        Tuple.tuple("b", 7L, Waiting.SESSION));
        List<Upload> one = new UploadQuery(bucket, records).unfinished("b", 100);
        assertThat(one).hasSize(1);
        assertThat(one.toString()).doesNotContain("john");
    }

    @Test
    void anUploadWhosePartsTheStoreHasNoMoreIsNotSaidToBeSafe() {
        UploadRef gone = begun("inbound/a/jane-doe.zip", 100);
        bucket.abortUpload(gone);
        put(
                "parked/a/0011/22.json",
                "{\"key\":\"inbound/a/jane-doe.zip\",\"parked\":true,\"partsKey\":null,\"multipart\":{\"storeId\":\"%s\",\"parts\":[{\"size\":100}]},\"tail\":{\"size\":2}}"
                        .formatted(gone.uploadId()));
        put("parked/a/0011/33.json", "{\"key\":\"inbound/a/john.zip\",\"parked\":true,\"tail\":{\"size\":2}}");
        assertThat(new UploadQuery(bucket, records).unfinished(null, 100))
                .extracting(Upload::size, Upload::waits)
                .containsExactlyInAnyOrder(Tuple.tuple(0L, Waiting.SENDING), Tuple.tuple(2L, Waiting.RESUME));
    }

    @Test
    void pagesThatWereNotSentAreListed() {
        PageEvent event =
                new PageEvent(PageEvent.Action.TRIGGER, "k", PageEvent.Severity.ERROR, "summary", "job", Map.of());
        records.create(BucketLayout.task(Stage.PAGE, "20260304-00", 3), new PageTask(event, 2));
        assertThat(new OutboxQuery(bucket, records).unsent(10)).satisfiesExactly(unsent -> {
            assertThat(unsent.page().event().summary()).isEqualTo("summary");
            assertThat(unsent.writtenAt()).isEqualTo(clock.instant());
        });
    }

    @Test
    void statesOfEnginesAreListed() {
        put("engines/lab/state.json", "{\"open\":true}");
        put("engines/lab/leases/1", "{}");
        put("engines/idle/leases/1", "{}");
        assertThat(new EngineQuery(bucket, records).states())
                .extracting(EngineState::engine, EngineState::state)
                .containsExactly(Tuple.tuple(
                        "lab", Json.read("{\"open\":true}".getBytes(StandardCharsets.UTF_8), JsonNode.class)));
    }

    @Test
    void setsThatAreOpenAreListedAndClosedOnesAreNot() {
        Feed feed = new Feed("f", ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "e", 10, Set.of());
        JobStore jobs = new JobStore(records);
        jobs.open(Job.open(
                "20260304-00",
                "p",
                new Input("inbound/p/x", null, "e", 1, null, clock.instant()),
                feed,
                clock.instant()));
        put("open-sets/aa-1", "aa");
        put("open-sets/bb-2", "bb");
        put("open-sets/cc-1", "cc");
        put(
                "sets/aa.json",
                "{\"until\":\"2026-03-05T00:00:00Z\",\"job\":null,\"members\":[{\"job\":\"20260304-00\"}]}");
        put(
                "sets/bb.json",
                "{\"until\":\"2026-03-05T00:00:00Z\",\"job\":\"x\",\"members\":[{\"job\":\"20260304-00\"}]}");
        assertThat(new SetQuery(bucket, records, jobs).open())
                .extracting(OpenSet::id, OpenSet::partner, OpenSet::feed, OpenSet::files)
                .containsExactly(Tuple.tuple("aa", "p", "f", 1));
    }
}
