package io.intake.processors.quality;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Naming;
import io.intake.processors.Json;
import io.intake.processors.job.Job;
import io.intake.processors.job.RefusedException;
import io.intake.processors.receipt.Outbound;
import io.intake.processors.task.StageWork;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.processors.task.Task;
import io.intake.processors.task.TimeBudget;
import io.intake.store.AbsentException;
import io.intake.store.AlreadyPresentException;
import io.intake.store.ByteRange;
import io.intake.store.CompleteRequest;
import io.intake.store.Content;
import io.intake.store.ListRequest;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.ReadRequest;
import io.intake.store.RepeatedParts;
import io.intake.store.StoreException;
import io.intake.store.TransientStoreException;
import io.intake.store.UploadRef;
import io.intake.store.UploadRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts a job's rejected rows together into one file for their sender, {@code /outbound/rejects/<path>.<job>.ndjson}: the
 * objects that the tables and the join left, one after another, a part a step. Holds one part. The result is {@code
 * {"rejects":lines}}. Thread-safe.
 */
public final class RejectsWork implements StageWork<RejectsWork.Cursor> {
    private static final int PART_BYTES = 8 << 20;
    private static final String TYPE = "application/x-ndjson";
    private static final String JOB = "job";

    private final ObjectStore store;
    private final Naming naming;
    private final int partBytes;
    private final boolean refused;

    /** Of the rows that are not as agreed. */
    public RejectsWork(ObjectStore store, Naming naming) {
        this(store, naming, PART_BYTES);
    }

    /** @param partBytes smaller than S3 allows in scaled simulations only */
    RejectsWork(ObjectStore store, Naming naming, int partBytes) {
        this(store, naming, partBytes, false);
    }

    private RejectsWork(ObjectStore store, Naming naming, int partBytes, boolean refused) {
        this.store = store;
        this.naming = naming;
        this.partBytes = partBytes;
        this.refused = refused;
    }

    /**
     * Of the records that the engine refused, in a file beside the other, {@code <path>.<job>.refused.ndjson}: the first may be
     * in its sender's hands already when the second is known.
     */
    public static RejectsWork ofEngine(ObjectStore store, Naming naming) {
        return new RejectsWork(store, naming, PART_BYTES, true);
    }

    /**
     * How far the file is.
     *
     * @param upload null until it is known that the file needs several parts
     * @param parts sent
     * @param bytes in them
     * @param lines in them
     */
    public record Cursor(@Nullable String upload, List<Part> parts, long bytes, long lines) {
        public static final Cursor START = new Cursor(null, List.of(), 0, 0);

        public Cursor {
            parts = List.copyOf(parts);
        }
    }

    private record Result(long rejects) {}

    @Override
    public Class<Cursor> cursorType() {
        return Cursor.class;
    }

    @Override
    public Cursor begin(Job job, Task task) {
        return Cursor.START;
    }

    @Override
    public StepOutcome<Cursor> step(Job job, Task task, Cursor cursor, TimeBudget budget) {
        List<ObjectInfo> sources = sources(job.id());
        long size = sources.stream().mapToLong(ObjectInfo::size).sum();
        if (size == 0) {
            return finished(0);
        }
        String key = naming.key(refused ? Outbound.refused(naming, job) : Outbound.rejects(naming, job));
        if (size <= partBytes) {
            byte[] whole = read(sources, 0, size);
            store.put(new PutRequest(key, Content.of(whole), TYPE, Map.of(JOB, job.id()), Precondition.ALWAYS));
            return finished(lines(whole));
        }
        if (cursor.upload() == null) {
            String upload = store.startUpload(new UploadRequest(key, TYPE, Map.of(JOB, job.id())))
                    .uploadId();
            return new Advanced<>(new Cursor(upload, List.of(), 0, 0), true);
        }
        UploadRef upload = new UploadRef(key, cursor.upload());
        return cursor.bytes() < size
                ? part(upload, cursor, sources, Math.min(partBytes, size - cursor.bytes()))
                : complete(upload, cursor, job.id());
    }

    private StepOutcome<Cursor> part(UploadRef upload, Cursor cursor, List<ObjectInfo> sources, long length) {
        byte[] bytes = read(sources, cursor.bytes(), length);
        int number = cursor.parts().size() + 1;
        Content content = Content.of(bytes);
        List<Part> parts = new ArrayList<>(cursor.parts());
        try {
            String etag = store.uploadPart(upload, number, content).etag();
            parts.add(new Part(number, bytes.length, etag, content.crc32()));
        } catch (AbsentException gone) {
            return new Advanced<>(Cursor.START, false);
        }
        return new Advanced<>(
                new Cursor(cursor.upload(), parts, cursor.bytes() + bytes.length, cursor.lines() + lines(bytes)), true);
    }

    private StepOutcome<Cursor> complete(UploadRef upload, Cursor cursor, String job) {
        try {
            RepeatedParts.complete(
                    store, new CompleteRequest(upload, cursor.parts(), cursor.bytes(), null, Precondition.IF_ABSENT));
        } catch (AbsentException gone) {
            if (store.head(upload.key()).isEmpty()) {
                return new Advanced<>(Cursor.START, false);
            }
            requireOurs(upload.key(), cursor.bytes(), job);
        } catch (AlreadyPresentException there) {
            requireOurs(upload.key(), cursor.bytes(), job);
            abandon(upload);
        }
        return finished(cursor.lines());
    }

    /** Drops an upload of what is there already; if that fails, the bucket's rules for old uploads do. */
    private void abandon(UploadRef upload) {
        try {
            store.abortUpload(upload);
        } catch (StoreException ignored) {
            // The file is there
        }
    }

    private void requireOurs(String key, long bytes, String job) {
        boolean ours = store.head(key)
                .filter(info ->
                        info.size() == bytes && job.equals(info.metadata().get(JOB)))
                .isPresent();
        if (!ours) {
            throw RefusedException.broken(
                    "OUTPUT_CONFLICT",
                    "The rejects file exists already and is not what this job writes.",
                    "Find out who writes there, then replay the job.");
        }
    }

    private static StepOutcome<Cursor> finished(long lines) {
        return new Finished<>(Json.mapper().valueToTree(new Result(lines)));
    }

    private static long lines(byte[] bytes) {
        long lines = 0;
        for (byte each : bytes) {
            lines += each == '\n' ? 1 : 0;
        }
        return lines;
    }

    /** In the order of their keys, which is that of the tables and their rows. They do not change any more. */
    private List<ObjectInfo> sources(String job) {
        List<ObjectInfo> sources = new ArrayList<>();
        String prefix = refused ? BucketLayout.refusedPrefix(job) : BucketLayout.rejectsPrefix(job);
        ListRequest.under(prefix).each(store, sources::add);
        return sources;
    }

    /** A stretch of all sources together. */
    private byte[] read(List<ObjectInfo> sources, long from, long length) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) length);
        long start = 0;
        for (ObjectInfo source : sources) {
            long offset = Math.max(0, from - start);
            long count = Math.min(source.size(), from + length - start) - offset;
            if (count > 0) {
                copy(source, new ByteRange(offset, count), bytes);
            }
            start += source.size();
        }
        return bytes.toByteArray();
    }

    private void copy(ObjectInfo source, ByteRange range, ByteArrayOutputStream target) {
        try (ObjectContent content = store.read(ReadRequest.range(source.key(), range, source.etag()))) {
            byte[] read = content.stream().readNBytes((int) range.length());
            if (read.length < range.length()) {
                throw new IOException("stream ends early");
            }
            target.writeBytes(ByteBuffer.wrap(read).array());
        } catch (IOException lost) {
            throw new TransientStoreException("read", source.key(), "connection lost", lost);
        }
    }
}
