package io.intake.processors.forward;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.intake.bucket.BucketLayout;
import io.intake.processors.job.Job;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the records that the engine refused as lines for their sender: the only place with their values. Thread-safe. */
final class Refusals {
    private static final String TYPE = "application/x-ndjson";

    private final ObjectStore store;

    Refusals(ObjectStore store) {
        this.store = store;
    }

    /** Writes those of a batch; the same cursor and batch give the same object. */
    void write(Job job, int table, Batch batch, Split split) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (Split.Refusal refusal : split.refused()) {
            lines.writeBytes(line(job, batch, refusal));
        }
        store.put(PutRequest.of(
                BucketLayout.refused(job.id(), table, batch.first()), Content.of(lines.toByteArray()), TYPE));
    }

    private static byte[] line(Job job, Batch batch, Split.Refusal refusal) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        String head = "{\"table\":\"%s\",\"record\":%d,\"problems\":[{\"code\":\"%s\"}]"
                .formatted(quoted(batch.table()), batch.first() + refusal.index() + 1, quoted(refusal.code()));
        line.writeBytes(head.getBytes(StandardCharsets.UTF_8));
        if (job.requireFeed().files() == null) {
            line.writeBytes(",\"values\":".getBytes(StandardCharsets.UTF_8));
            line.writeBytes(batch.record(refusal.index()));
        }
        line.writeBytes("}\n".getBytes(StandardCharsets.UTF_8));
        return line.toByteArray();
    }

    private static String quoted(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(text));
    }
}
