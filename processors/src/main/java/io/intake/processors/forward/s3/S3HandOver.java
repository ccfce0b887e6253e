package io.intake.processors.forward.s3;

import io.intake.bucket.BucketLayout;
import io.intake.config.Engine;
import io.intake.config.S3Target;
import io.intake.processors.Json;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.HandOver;
import io.intake.processors.forward.s3.Manifest.Part;
import io.intake.processors.job.Job;
import io.intake.processors.stitch.DelimitedTable;
import io.intake.store.AlreadyPresentException;
import io.intake.store.ByteRange;
import io.intake.store.Content;
import io.intake.store.CopySource;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.ReadRequest;
import io.intake.store.StoreException;
import io.intake.store.TransientStoreException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Copies a job's tables and files into another bucket, and writes a manifest when all are there. Lines of JSON and files are
 * copied inside the store, whatever their size; tables that hold delimited rows become objects of lines. What was handed over
 * is noted in our own bucket, piece by piece, so that the manifest can be made by another function. Thread-safe.
 */
public final class S3HandOver implements HandOver<S3Target> {
    static final String NDJSON = "application/x-ndjson";
    static final String MANIFEST = "manifest.json";

    private final ObjectStore source;
    private final String bucket;
    private final Function<S3Target, ObjectStore> buckets;
    private final RowReader rows;
    private final InstantSource clock;
    private final long countedBytes;
    private final Map<S3Target, ObjectStore> opened = new ConcurrentHashMap<>();

    /**
     * @param bucket the source's name
     * @param buckets opens another bucket
     * @param rows reads the records of a table that holds delimited rows
     * @param countedBytes how many bytes of lines are counted between two checkpoints
     */
    public S3HandOver(
            ObjectStore source,
            String bucket,
            Function<S3Target, ObjectStore> buckets,
            RowReader rows,
            InstantSource clock,
            long countedBytes) {
        this.source = source;
        this.bucket = bucket;
        this.buckets = buckets;
        this.rows = rows;
        this.clock = clock;
        this.countedBytes = countedBytes;
    }

    @Override
    public Handed hand(Engine engine, S3Target target, Piece piece) {
        ObjectInfo from =
                source.head(piece.key()).orElseThrow(() -> new IllegalStateException("an object of this job is gone"));
        if (piece.job().requireFeed().files() != null) {
            return copied(target, piece, from, 1);
        }
        if (DelimitedTable.TYPE.equals(from.contentType())) {
            return lines(target, piece);
        }
        if (piece.offset() < from.size()) {
            return counted(piece, from);
        }
        return copied(target, piece, from, 0);
    }

    /** Lines are counted before they are copied: that every row arrives is checked by their number. */
    private Handed counted(Piece piece, ObjectInfo from) {
        long length = Math.min(countedBytes, from.size() - piece.offset());
        ByteRange range = new ByteRange(piece.offset(), length);
        try (ObjectContent content = source.read(new ReadRequest(piece.key(), range, from.etag(), null))) {
            return new Handed.More(piece.offset() + length, newlines(content.stream(), length));
        } catch (IOException lost) {
            throw new TransientStoreException("read", piece.key(), "connection lost", lost);
        }
    }

    private static int newlines(InputStream stream, long length) throws IOException {
        byte[] buffer = new byte[1 << 16];
        int count = 0;
        long left = length;
        while (left > 0) {
            int read = stream.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new EOFException("the stream ends early");
            }
            for (int i = 0; i < read; i++) {
                count += buffer[i] == '\n' ? 1 : 0;
            }
            left -= read;
        }
        return count;
    }

    private Handed copied(S3Target target, Piece piece, ObjectInfo from, int files) {
        Job job = piece.job();
        String key = prefix(target, job) + place(target, piece, "");
        CopySource what = new CopySource(piece.key(), from.etag(), null, bucket);
        return at(target, store -> {
            if (!present(store, target, job)) {
                ObjectInfo there = store.copy(what, key);
                note(piece, new Part(shown(target, piece), key, there.size(), files + piece.row(), there.etag()));
            }
            return new Handed.Done(files);
        });
    }

    private Handed lines(S3Target target, Piece piece) {
        Rows next = rows.read(piece.key(), piece.offset());
        if (next.records() == 0 && piece.row() > 0) {
            return new Handed.Done(0);
        }
        Job job = piece.job();
        String key = prefix(target, job) + place(target, piece, "-%012d".formatted(piece.row()));
        return at(target, store -> {
            if (!present(store, target, job)) {
                ObjectInfo there = store.put(PutRequest.of(key, Content.of(next.lines()), NDJSON));
                note(piece, new Part(shown(target, piece), key, there.size(), next.records(), there.etag()));
            }
            return next.last() || next.records() == 0
                    ? new Handed.Done(next.records())
                    : new Handed.More(next.end(), next.records());
        });
    }

    /** Whether it was all handed over before: what somebody may be reading is not written again. */
    private static boolean present(ObjectStore store, S3Target target, Job job) {
        return store.head(prefix(target, job) + MANIFEST).isPresent();
    }

    @Override
    public Handed finish(Engine engine, S3Target target, Job job) {
        Manifest manifest = new Manifest(job.deliveryId(), job.partner(), job.feedId(), clock.instant(), notes(job));
        Content content = Content.of(Json.bytes(manifest));
        return at(target, store -> {
            try {
                store.put(new PutRequest(
                        prefix(target, job) + MANIFEST, content, "application/json", Map.of(), Precondition.IF_ABSENT));
            } catch (AlreadyPresentException before) {
                return new Handed.Done(0);
            }
            return new Handed.Done(0);
        });
    }

    private void note(Piece piece, Part part) {
        String key = BucketLayout.handedOver(piece.job().id(), piece.number(), piece.row());
        source.put(PutRequest.of(key, Content.of(Json.bytes(part)), "application/json"));
    }

    private List<Part> notes(Job job) {
        List<Part> parts = new ArrayList<>();
        String prefix = BucketLayout.handedOverPrefix(job.id());
        ListPage page = source.list(ListRequest.under(prefix));
        while (true) {
            for (ObjectInfo note : page.objects()) {
                try (ObjectContent content = source.read(ReadRequest.whole(note.key()))) {
                    parts.add(Json.read(content.stream().readAllBytes(), Part.class));
                } catch (IOException lost) {
                    throw new TransientStoreException("read", note.key(), "connection lost", lost);
                }
            }
            String next = page.continuation();
            if (next == null) {
                return parts;
            }
            page = source.list(ListRequest.under(prefix).after(next));
        }
    }

    private static String prefix(S3Target target, Job job) {
        return target.prefixOf(job.partner(), job.feedId(), job.deliveryId());
    }

    private static String place(S3Target target, Piece piece, String within) {
        if (piece.job().requireFeed().files() != null) {
            String number = "files/%06d".formatted(piece.number());
            return target.names() ? number + "-" + plain(piece.table()) : number;
        }
        return "%s/%05d%s.ndjson".formatted(plain(shown(target, piece)), piece.number(), within);
    }

    /** A table that the feed does not name has its file's name. */
    private static String shown(S3Target target, Piece piece) {
        boolean named = piece.job().requireFeed().files() == null
                && !piece.job().requireFeed().tables().isEmpty();
        return named || target.names() ? piece.table() : "%05d".formatted(piece.number());
    }

    private static String plain(String name) {
        return name.replaceAll("[^A-Za-z0-9._-]", "_");
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
