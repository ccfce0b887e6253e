package io.intake.processors.stitch;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Json;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.Plan.TablePlan;
import io.intake.processors.stitch.Splice.Slice;
import io.intake.processors.stitch.SplicePlan.Bytes;
import io.intake.processors.stitch.SplicePlan.Copied;
import io.intake.processors.stitch.SplicePlan.Piece;
import io.intake.processors.stitch.SplicePlan.Sent;
import io.intake.processors.stitch.StitchCursor.Open;
import io.intake.processors.stitch.StitchCursor.Opened;
import io.intake.store.ByteRange;
import io.intake.store.Content;
import io.intake.store.CopySource;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.PutRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * Joins a table's files as they stand, where all are written alike to the byte: looks at every row, then has the store put
 * the files' ranges together. Nothing but short ends passes through here. Thread-safe.
 */
final class Splicer {
    /** How many rows are looked at between two looks at the time. */
    private static final int ROWS_PER_LOOK = 4_096;
    /** A copy of this takes the store seconds; a step is not to wait much longer. */
    private static final long MAX_PART = 512L << 20;
    /** More files than this would make the cursor large. */
    private static final int MOST_FILES = 1_000;

    private final ObjectStore store;
    private final String job;
    private final TablePlan table;
    private final long maxRecord;
    private final int minPart;

    /** @param minPart the store's smallest part, in bytes */
    Splicer(ObjectStore store, String job, TablePlan table, long maxRecord, int minPart) {
        this.store = store;
        this.job = job;
        this.table = table;
        this.maxRecord = maxRecord;
        this.minPart = minPart;
    }

    /**
     * Whether a table is large enough, and of few enough files, that joining their bytes is worth a try.
     *
     * @param least its size, in bytes
     */
    static boolean mayJoin(Plan plan, TablePlan table, long least) {
        long bytes = table.entries().stream()
                .filter(entry -> entry < plan.entries().size())
                .mapToLong(entry -> plan.entries().get(entry).size())
                .sum();
        return bytes >= least && !table.entries().isEmpty() && table.entries().size() <= MOST_FILES;
    }

    /**
     * Looks at the files from a place on.
     *
     * @throws io.intake.processors.job.RefusedException as reading their rows does
     */
    Splice look(Splice from, BooleanSupplier pause) {
        Splice now = from;
        boolean fresh = now.at().opened() == null;
        try (TableFiles files = new TableFiles(store, job, table, now.at(), maxRecord)) {
            while (!files.ended()) {
                EntryReader file = files.file();
                if (fresh) {
                    Opened opened = file.opened(files.size());
                    if (opened == null || !now.fits(opened, file.headerLine())) {
                        return Splice.DECLINED;
                    }
                    // The first file's header goes along
                    now = now.opened(opened, file.headerLine(), now.head() == null ? 0 : opened.offset());
                }
                if (!lookedAt(files, file, pause)) {
                    return now.at(files.position());
                }
                Slice slice = slice(files, file, now.from());
                files.left(file);
                now = now.with(slice).at(files.position());
                fresh = true;
                if (pause.getAsBoolean()) {
                    return now;
                }
            }
        }
        return isWorthIt(now) ? now : Splice.DECLINED;
    }

    private static boolean lookedAt(TableFiles files, EntryReader file, BooleanSupplier pause) {
        while (true) {
            long count = file.skip(ROWS_PER_LOOK);
            files.count(count);
            if (count < ROWS_PER_LOOK) {
                return true;
            }
            if (pause.getAsBoolean()) {
                return false;
            }
        }
    }

    private static Slice slice(TableFiles files, EntryReader file, long from) {
        return new Slice(
                files.number(),
                Objects.requireNonNull(files.etag(), "an open file has an ETag"),
                files.size(),
                from,
                Math.max(from, file.bodyEnd()),
                file.bodyEndsLine(),
                file.shownCharset());
    }

    private boolean isWorthIt(Splice all) {
        int count = all.charset().isEmpty() ? 0 : pieces(all).size();
        return all.at().rows() > 0 && count > 0 && count <= ObjectStore.Limits.MAX_PARTS;
    }

    /** Whether all files have been looked at. */
    boolean isWhole(Splice splice) {
        return splice.slices().size() == table.entries().size();
    }

    /** Says how the object is read, and starts its upload, to be saved before its first part. */
    Open start(TableObject object, Splice splice) {
        Opened head = Objects.requireNonNull(splice.head(), "a file was opened");
        DelimitedTable form = DelimitedTable.of(
                table.format(),
                table.rules(),
                splice.at().columns(),
                head,
                splice.charset().orElseThrow(),
                pieces(splice).stream().mapToLong(Piece::length).sum());
        store.put(
                PutRequest.of(BucketLayout.stitchedForm(job, table.number()), Content.of(Json.bytes(form)), Json.TYPE));
        return object.start(DelimitedTable.TYPE);
    }

    /** Makes the next part. */
    Open next(TableObject object, Splice splice, Open open) {
        List<Piece> pieces = pieces(splice);
        int done = open.parts().size();
        Part part = switch (pieces.get(done)) {
            case Copied(Bytes bytes) ->
                object.copy(
                        open,
                        done + 1,
                        CopySource.pinned(key(bytes), bytes.slice().etag()),
                        new ByteRange(bytes.from(), bytes.length()),
                        bytes.slice().size());
            case Sent sent -> object.upload(open, done + 1, Content.of(gathered(splice, sent)));
        };
        Open more = open.add(part, splice.at());
        return done + 1 == pieces.size() ? more.committing() : more;
    }

    private byte[] gathered(Splice splice, Sent sent) {
        byte[] lineEnd = lineEnd(splice);
        byte[] all = new byte[Math.toIntExact(sent.length())];
        int at = 0;
        for (Bytes bytes : sent.all()) {
            int length = Math.toIntExact(bytes.length());
            if (length == 0) {
                System.arraycopy(lineEnd, 0, all, at, lineEnd.length);
                at += lineEnd.length;
            } else {
                read(bytes, all, at, length);
                at += length;
            }
        }
        return all;
    }

    private void read(Bytes bytes, byte[] target, int at, int length) {
        try (EntryStream stream =
                EntryStream.from(store, key(bytes), bytes.slice().etag(), bytes.from(), bytes.to())) {
            if (stream.readNBytes(target, at, length) < length) {
                throw new IllegalStateException("an entry lost bytes since it was looked at");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String key(Bytes bytes) {
        return BucketLayout.entry(job, bytes.slice().entry());
    }

    private List<Piece> pieces(Splice splice) {
        return SplicePlan.of(splice.slices(), minPart, MAX_PART, lineEnd(splice).length);
    }

    private static byte[] lineEnd(Splice splice) {
        return "\n".getBytes(Charset.forName(splice.charset().orElseThrow()));
    }
}
