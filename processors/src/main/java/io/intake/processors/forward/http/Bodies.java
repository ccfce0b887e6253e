package io.intake.processors.forward.http;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.intake.config.HttpBody.Form;
import io.intake.processors.forward.Batch;
import io.intake.processors.job.Job;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Requests' bodies made of records. Pure. */
public final class Bodies {
    private static final byte[] BETWEEN = {',', '\n'};
    private static final byte[] END_OF_LINE = {'\n'};
    private static final byte[] NOTHING = {};

    private Bodies() {}

    /**
     * Records as an engine wants them.
     *
     * @throws CsvBody.NotTabular if they are no rows, and rows are wanted
     */
    static byte[] of(Form form, Job job, Batch batch, List<byte[]> records) throws CsvBody.NotTabular {
        return switch (form) {
            case JSON -> joined(head(job, batch), BETWEEN, records, "\n]}");
            case JSON_ARRAY -> joined("[\n", BETWEEN, records, "\n]\n");
            case NDJSON -> joined("", END_OF_LINE, records, "\n");
            case CSV -> CsvBody.of(records);
            case TEXT -> joined("", NOTHING, records, "");
        };
    }

    /** Compressed, always to the same bytes. */
    public static byte[] gzip(byte[] body) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(body.length / 4 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed, 1 << 16)) {
            gzip.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail", e);
        }
        return compressed.toByteArray();
    }

    private static byte[] joined(String begin, byte[] between, List<byte[]> records, String end) {
        int size = begin.length() * 3 + end.length();
        for (byte[] each : records) {
            size += each.length + between.length;
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream(size);
        body.writeBytes(begin.getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < records.size(); i++) {
            if (i > 0) {
                body.writeBytes(between);
            }
            body.writeBytes(records.get(i));
        }
        body.writeBytes(end.getBytes(StandardCharsets.US_ASCII));
        return body.toByteArray();
    }

    private static String head(Job job, Batch batch) {
        return "{\"job\":\"%s\",\"partner\":\"%s\",\"feed\":\"%s\",\"table\":%s,\"batch\":%d,\"records\":[\n"
                .formatted(job.id(), job.partner(), job.feedId(), quoted(batch.table()), batch.number());
    }

    private static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }
}
