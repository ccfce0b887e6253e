package io.intake.processors.forward.s3;

import io.intake.config.Engine;
import io.intake.config.S3Target;
import io.intake.processors.Json;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.HandOver;
import io.intake.processors.forward.handover.Manifest;
import io.intake.processors.forward.handover.Manifest.Part;
import io.intake.processors.forward.handover.Notes;
import io.intake.processors.forward.handover.Places;
import io.intake.processors.job.Job;
import io.intake.store.AlreadyPresentException;
import io.intake.store.Content;
import io.intake.store.CopySource;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.StoreException;
import io.intake.store.TransientStoreException;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Copies a job's tables and files into another bucket, and writes a manifest when all are there. Lines of JSON and files are
 * copied inside the store, whatever their size, the long ones with checkpoints ({@link LongCopies}); tables that hold delimited
 * rows become objects of lines. What was handed over is noted in our own bucket, piece by piece, so that the manifest can be
 * made by another function. Thread-safe.
 */
public final class S3HandOver implements HandOver<S3Target> {
    static final String NDJSON = "application/x-ndjson";

    private final String bucket;
    private final Function<S3Target, ObjectStore> buckets;
    private final RowReader rows;
    private final InstantSource clock;
    private final Notes notes;
    private final LongCopies copies;
    private final Map<S3Target, ObjectStore> opened = new ConcurrentHashMap<>();

    /**
     * @param source our own bucket
     * @param bucket its name
     * @param buckets opens another bucket
     * @param rows reads the records of a table that holds delimited rows
     * @param copyBytes what is copied at most between two checkpoints, in bytes; a longer object is copied in parts of that size
     */
    public S3HandOver(
            ObjectStore source,
            String bucket,
            Function<S3Target, ObjectStore> buckets,
            RowReader rows,
            InstantSource clock,
            long copyBytes) {
        this.bucket = bucket;
        this.buckets = buckets;
        this.rows = rows;
        this.clock = clock;
        this.notes = new Notes(source);
        this.copies = new LongCopies(source, bucket, copyBytes);
    }

    @Override
    public Handed hand(Engine engine, S3Target target, Piece piece) {
        return piece.form() == Form.ROWS ? lines(target, piece) : copied(target, piece);
    }

    private Handed copied(S3Target target, Piece piece) {
        String key = prefix(target, piece.job()) + place(target, piece);
        return at(target, store -> {
            if (present(store, target, piece.job())) {
                return new Handed.Done(piece.files());
            }
            if (copies.isLong(piece)) {
                return copies.step(store, piece, key, there -> copied(target, piece, there));
            }
            CopySource what =
                    new CopySource(piece.object().key(), piece.object().etag(), null, bucket);
            ObjectInfo there = store.copy(what, key);
            copied(target, piece, there);
            return new Handed.Done(piece.files(), there.etag());
        });
    }

    private void copied(S3Target target, Piece piece, ObjectInfo there) {
        String table = Places.table(piece, target.names());
        notes.keep(piece, new Part(table, there.key(), there.size(), piece.files() + piece.row(), there.etag()));
    }

    private Handed lines(S3Target target, Piece piece) {
        Rows next = rows.read(piece.object().key(), piece.offset());
        if (next.records() == 0 && piece.row() > 0) {
            return new Handed.Done(0);
        }
        Job job = piece.job();
        String key = prefix(target, job) + place(target, piece);
        return at(target, store -> {
            String etag = null;
            if (!present(store, target, job)) {
                ObjectInfo there = store.put(PutRequest.of(key, Content.of(next.lines()), NDJSON));
                String table = Places.table(piece, target.names());
                notes.keep(piece, new Part(table, key, there.size(), next.records(), there.etag()));
                etag = there.etag();
            }
            return next.last() || next.records() == 0
                    ? new Handed.Done(next.records(), etag)
                    : new Handed.More(next.end(), next.records(), etag);
        });
    }

    /** Whether it was all handed over before: what somebody may be reading is not written again. */
    private static boolean present(ObjectStore store, S3Target target, Job job) {
        return store.head(prefix(target, job) + Manifest.NAME).isPresent();
    }

    @Override
    public Handed finish(Engine engine, S3Target target, Job job) {
        Manifest manifest = new Manifest(job.deliveryId(), job.partner(), job.feedId(), clock.instant(), notes.of(job));
        Content content = Content.of(Json.bytes(manifest));
        return at(target, store -> {
            try {
                store.put(new PutRequest(
                        prefix(target, job) + Manifest.NAME, content, Json.TYPE, Map.of(), Precondition.IF_ABSENT));
            } catch (AlreadyPresentException before) {
                return new Handed.Done(0);
            }
            return new Handed.Done(0);
        });
    }

    private static String prefix(S3Target target, Job job) {
        return target.prefixOf(job.partner(), job.feedId(), job.deliveryId());
    }

    private static String place(S3Target target, Piece piece) {
        return piece.form() == Form.FILE
                ? "files/" + Places.file(piece, target.names())
                : "%s/%s.ndjson".formatted(Places.plainTable(piece, target.names()), Places.rows(piece));
    }

    private Handed at(S3Target target, Function<ObjectStore, Handed> action) {
        if (target.bucket().equals(bucket)) {
            // What is written there raises events and is taken for our own
            return new Handed.Not(new Unavailable("S3_OWN_BUCKET", null, false));
        }
        try {
            return action.apply(opened.computeIfAbsent(target, buckets));
        } catch (TransientStoreException passing) {
            return new Handed.Not(new Unavailable("OUT_OF_REACH", null, true));
        } catch (StoreException refused) {
            return new Handed.Not(new Unavailable("S3_REFUSED", null, false));
        }
    }

    @Override
    public void close() {
        opened.values().forEach(ObjectStore::close);
    }
}
