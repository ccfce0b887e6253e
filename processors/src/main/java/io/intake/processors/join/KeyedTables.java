package io.intake.processors.join;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.processors.job.Job;
import io.intake.processors.job.RefusedException;
import io.intake.processors.join.Piece.Form;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.Plan.TablePlan;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.stitch.EntryStream;
import io.intake.processors.stitch.StitchCursor;
import io.intake.processors.task.StageWork;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.processors.task.Task;
import io.intake.processors.task.TimeBudget;
import io.intake.store.ByteRange;
import io.intake.store.ObjectStore;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * Makes tables, and then sees that no two rows of one share the key that the feed gives it. A table of one chunk is checked
 * in memory. Of a longer one, the hashes of each chunk's keys are sorted by partition, a chunk a step; then each partition is
 * checked, a step each. Memory is one chunk's or one partition's hashes, whatever the table's size: a chunk with two equal
 * keys ends the job, so that equal keys never pile up in a partition. Thread-safe.
 */
final class KeyedTables implements StageWork<KeyedTables.Cursor> {
    private final StageWork<StitchCursor> tables;
    private final ObjectStore store;
    private final PlanStore plans;
    private final JoinObjects objects;
    private final Limits limits;

    /**
     * What bounds the memory.
     *
     * @param chunkBytes of a table whose keys are looked at in a step
     * @param partitionRows about how many keys a partition has
     */
    record Limits(long chunkBytes, long partitionRows) {
        static final Limits DEFAULT = new Limits(16L << 20, 1_500_000);
    }

    /**
     * How far a task is.
     *
     * @param inner of the tables; null once they are made
     * @param result of the tables; null until they are made
     * @param table how many of them are checked
     * @param chunk how many of the next one's chunks are sorted
     * @param partition how many of its partitions are checked
     */
    record Cursor(@Nullable StitchCursor inner, @Nullable JsonNode result, int table, int chunk, int partition) {
        Cursor nextTable() {
            return new Cursor(null, result, table + 1, 0, 0);
        }

        Cursor nextChunk() {
            return new Cursor(null, result, table, chunk + 1, 0);
        }

        Cursor nextPartition() {
            return new Cursor(null, result, table, chunk, partition + 1);
        }
    }

    KeyedTables(ObjectStore store, PlanStore plans, StageWork<StitchCursor> tables, Limits limits) {
        this.tables = tables;
        this.store = store;
        this.plans = plans;
        this.objects = new JoinObjects(store);
        this.limits = limits;
    }

    @Override
    public Class<Cursor> cursorType() {
        return Cursor.class;
    }

    @Override
    public Cursor begin(Job job, Task task) {
        return new Cursor(tables.begin(job, task), null, 0, 0, 0);
    }

    @Override
    public StepOutcome<Cursor> step(Job job, Task task, Cursor cursor, TimeBudget budget) {
        StitchCursor inner = cursor.inner();
        JsonNode result = cursor.result();
        if (inner != null) {
            return made(job, tables.step(job, task, inner, budget));
        }
        if (result == null) {
            // An earlier version's: beginning again writes what is there already
            return new Advanced<>(begin(job, task), false);
        }
        Plan plan = plans.require(job.id());
        Cursor at = cursor;
        while (at.table() < result.path("tables").size()) {
            JsonNode written = result.path("tables").path(at.table());
            TablePlan table = plan.tables().get(written.path("number").intValue());
            if (!table.quality().key().isEmpty()) {
                return new Advanced<>(check(job.id(), table, written, at), true);
            }
            at = at.nextTable();
        }
        return new Finished<>(result);
    }

    private StepOutcome<Cursor> made(Job job, StepOutcome<StitchCursor> outcome) {
        return switch (outcome) {
            case Advanced<StitchCursor>(StitchCursor next, boolean progress) ->
                new Advanced<>(new Cursor(next, null, 0, 0, 0), progress);
            case StepOutcome.Waiting<StitchCursor> ignored -> throw new IllegalStateException("tables never wait");
            case StepOutcome.Refused<StitchCursor> refused -> new StepOutcome.Refused<>(refused.failure());
            case Finished<StitchCursor>(JsonNode result) -> {
                Plan plan = plans.require(job.id());
                boolean keyed = false;
                for (JsonNode written : result.path("tables")) {
                    int number = written.path("number").intValue();
                    keyed |= !plan.tables().get(number).quality().key().isEmpty();
                }
                yield keyed ? new Advanced<>(new Cursor(null, result, 0, 0, 0), true) : new Finished<>(result);
            }
        };
    }

    private Cursor check(String job, TablePlan table, JsonNode written, Cursor at) {
        long bytes = written.path("bytes").longValue();
        int chunks = Math.toIntExact(Math.ceilDiv(bytes, limits.chunkBytes()));
        int partitions =
                Math.toIntExact(Math.max(1, Math.ceilDiv(written.path("rows").longValue(), limits.partitionRows())));
        if (at.chunk() < chunks) {
            KeyHashes hashes = chunk(job, table, bytes, at.chunk());
            if (chunks == 1) {
                return at.nextTable();
            }
            objects.put(
                    BucketLayout.keys(job, table.number(), at.chunk()),
                    hashes.sorted(partitions).content());
            return at.nextChunk();
        }
        if (chunks > 1 && at.partition() < partitions) {
            partition(job, table, chunks, at.partition());
            return at.nextPartition();
        }
        return at.nextTable();
    }

    /** The keys of the rows that begin in a chunk. */
    private KeyHashes chunk(String job, TablePlan table, long bytes, int number) {
        Piece piece = new Piece(BucketLayout.stitched(job, table.number()), Form.STITCHED, bytes);
        long start = number * limits.chunkBytes();
        long end = Math.min(bytes, start + limits.chunkBytes());
        long from = Math.max(0, start - 1);
        KeyColumns columns = new KeyColumns(table.quality().key());
        MessageDigest digest = sha256();
        KeyHashes hashes = new KeyHashes();
        long[] hash = new long[2];
        long duplicates = 0;
        ByteRange range = new ByteRange(from, bytes - from);
        try (LineReader lines = RowReader.open(store, piece, range, 0, JoinLimits.DEFAULT.recordBytes())) {
            if (start > 0) {
                lines.next();
            }
            while (lines.offset() < end) {
                byte[] line = lines.next();
                RowKey key = line == null ? null : columns.of(line);
                if (key != null) {
                    key.hash(digest, hash);
                    duplicates += hashes.add(hash[0], hash[1]) ? 0 : 1;
                }
                if (line == null) {
                    break;
                }
            }
        }
        refuse(table, duplicates);
        return hashes;
    }

    private void partition(String job, TablePlan table, int chunks, int partition) {
        KeyHashes hashes = new KeyHashes();
        long duplicates = 0;
        for (int chunk = 0; chunk < chunks; chunk++) {
            String key = BucketLayout.keys(job, table.number(), chunk);
            ByteRange bounds = new ByteRange((long) partition * Long.BYTES, 2L * Long.BYTES);
            try (DataInputStream places = open(key, bounds)) {
                long from = places.readLong();
                long to = places.readLong();
                if (to > from) {
                    duplicates += add(key, new ByteRange(from, to - from), hashes);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        refuse(table, duplicates);
    }

    private long add(String key, ByteRange range, KeyHashes hashes) throws IOException {
        long duplicates = 0;
        try (DataInputStream in = open(key, range)) {
            for (long read = 0; read < range.length(); read += 2 * Long.BYTES) {
                duplicates += hashes.add(in.readLong(), in.readLong()) ? 0 : 1;
            }
        }
        return duplicates;
    }

    private DataInputStream open(String key, ByteRange range) {
        return new DataInputStream(new java.io.BufferedInputStream(EntryStream.range(store, key, range), 1 << 16));
    }

    private static void refuse(TablePlan table, long duplicates) {
        if (duplicates > 0) {
            throw new RefusedException(JoinFailures.sharedKeys(table.number() + 1, duplicates));
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
