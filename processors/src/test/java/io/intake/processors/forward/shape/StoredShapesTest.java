package io.intake.processors.forward.shape;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Records;
import io.intake.processors.TestClock;
import io.intake.processors.forward.Batch;
import io.intake.processors.forward.Deliverable;
import io.intake.processors.forward.EngineAnswer.Refused;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.job.Job;
import io.intake.store.ConditionalWrites;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A batch sent again under its key with other words in it is two deliveries, of which the engine keeps either. */
class StoredShapesTest {
    private static final Batch BATCH = Deliverable.batch("{\"A\":\"1\"}", "{\"A\":\"x\"}");

    private final InMemoryObjectStore bucket = new InMemoryObjectStore(new TestClock());
    private final AtomicInteger ids = new AtomicInteger();
    private final Job job = Deliverable.job(Deliverable.feed("patient.json"));

    /** As a new function has it. */
    private StoredShapes shapes() {
        return new StoredShapes(
                bucket, new Records(bucket, new ConditionalWrites(bucket, () -> "w" + ids.incrementAndGet(), _ -> {})));
    }

    private void template(String text) {
        bucket.put(PutRequest.of(
                BucketLayout.TEMPLATES + "patient.json",
                Content.of(text.getBytes(StandardCharsets.UTF_8)),
                "text/plain"));
    }

    private static List<String> texts(Shaped shaped) {
        return shaped instanceof Shaped.Ready ready
                ? ready.records().stream()
                        .map(each -> new String(each, StandardCharsets.UTF_8))
                        .toList()
                : List.of(shaped.toString());
    }

    @Test
    void withoutATemplateRecordsGoAsTheyAre() {
        assertThat(texts(shapes().of(Deliverable.job(), BATCH))).containsExactly("{\"A\":\"1\"}", "{\"A\":\"x\"}");
    }

    @Test
    void aJobKeepsTheTemplateItBeganWithAndTheNextTakesTheNew() {
        template("{\"a\":\"{{A}}\",\"r\":\"{{@row}}\"}");
        assertThat(texts(shapes().of(job, BATCH)))
                .containsExactly("{\"a\":\"1\",\"r\":\"1\"}", "{\"a\":\"x\",\"r\":\"2\"}");
        template("{\"b\":\"{{A}}\"}");
        assertThat(texts(shapes().of(job, BATCH.part(1, 2)))).containsExactly("{\"a\":\"x\",\"r\":\"2\"}");
        bucket.delete(BucketLayout.TEMPLATES + "patient.json");
        assertThat(texts(shapes().of(job, BATCH))).hasSize(2);
        bucket.delete(BucketLayout.templateOf(job.id()));
        template("{\"b\":\"{{A}}\"}");
        assertThat(texts(shapes().of(job, BATCH))).containsExactly("{\"b\":\"1\"}", "{\"b\":\"x\"}");
    }

    @Test
    void anAbsentOrWrongTemplateIsWaitedForAndNotKept() {
        StoredShapes shapes = shapes();
        assertThat(shapes.of(job, BATCH)).isEqualTo(new Shaped.Not(new Unavailable("TEMPLATE_ABSENT", null, false)));
        template("{\"a\":\"{{A\"}");
        assertThat(shapes.of(job, BATCH)).isEqualTo(new Shaped.Not(new Unavailable("TEMPLATE_INVALID", null, false)));
        template("{\"a\":\"{{A}}\"}");
        assertThat(texts(shapes.of(job, BATCH))).containsExactly("{\"a\":\"1\"}", "{\"a\":\"x\"}");
    }

    @Test
    void aRecordWithoutAShapeIsRefusedAndCuttingFindsIt() {
        template("{\"a\":{{number A}} }");
        StoredShapes shapes = shapes();
        assertThat(shapes.of(job, BATCH)).isEqualTo(new Shaped.Not(new Refused("TEMPLATE_FAILED")));
        assertThat(texts(shapes.of(job, BATCH.part(0, 1)))).containsExactly("{\"a\":1}");
        assertThat(shapes.of(job, BATCH.part(1, 2))).isEqualTo(new Shaped.Not(new Refused("TEMPLATE_FAILED")));
    }

    @Test
    void aRecordsNameDoesNotDependOnHowBatchesAreCut() {
        assertThat(RecordIds.of(job, BATCH, 1))
                .isEqualTo(RecordIds.of(job, BATCH.part(1, 2), 0))
                .matches("[0-9a-f]{32}")
                .isNotEqualTo(RecordIds.of(job, BATCH, 0));
    }
}
