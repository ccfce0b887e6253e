package io.intake.processors.unzip;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.processors.job.RefusedException;
import io.intake.processors.plan.Plan;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.TimeBudget;
import io.intake.processors.unzip.UnzipCursor.Phase;
import io.intake.processors.unzip.UnzipCursor.Upload;
import io.intake.store.AbsentException;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.UploadRef;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * One step of a segment's extraction. Small entries are stored whole, several in a step; a larger one becomes a multipart
 * upload, one part in a step. A part or an entry is stored only after what went before it has been saved in the cursor, and
 * the last part of an entry only after the whole entry has been verified.
 */
final class Extraction {
    /** So many small entries in a step take seconds at most, whatever the store's latency. */
    private static final int ENTRIES_PER_STEP = 100;

    /** How much is unpacked again in one step on the way back to where an invocation was lost: about a second's work. */
    private static final long SKIP_BYTES = 256L << 20;

    private static final int SKIP_BUFFER_BYTES = 64 << 10;

    private final EntryObjects objects;
    private final Supplier<String> owners;
    private final int partBytes;
    private final String job;
    private final Session session;

    Extraction(EntryObjects objects, Supplier<String> owners, int partBytes, String job, Session session) {
        this.objects = objects;
        this.owners = owners;
        this.partBytes = partBytes;
        this.job = job;
        this.session = session;
    }

    /** @param continued whether the step before this one was taken in this session */
    StepOutcome<UnzipCursor> step(UnzipCursor cursor, boolean continued, TimeBudget budget) {
        Upload upload = cursor.upload();
        if (cursor.done() == session.entries().size()) {
            return finished();
        }
        if (upload == null) {
            return entry(cursor.done()).size() > partBytes ? begin(cursor) : small(cursor, budget);
        }
        try {
            return switch (cursor.phase()) {
                case COMMITTING -> commit(cursor, upload);
                case COPYING -> continued ? copy(cursor, upload) : takeOver(cursor, upload);
                case WRITING, ENTRIES -> continued ? write(cursor, upload, budget) : takeOver(cursor, upload);
            };
        } catch (RefusedException e) {
            objects.dropUploads(ref(cursor, upload).key());
            throw e;
        }
    }

    private StepOutcome<UnzipCursor> small(UnzipCursor cursor, TimeBudget budget) {
        int done = cursor.done();
        int limit = Math.min(session.entries().size(), done + ENTRIES_PER_STEP);
        long left = partBytes;
        do {
            Plan.Entry entry = entry(done);
            byte[] bytes = new byte[(int) entry.size()];
            long crc = session.decoder(done, null).read(bytes, bytes.length);
            session.closeDecoder();
            objects.put(job, entry, Content.of(crc, ByteBuffer.wrap(bytes)), session.member(done));
            left -= entry.size();
            done++;
        } while (done < limit && entry(done).size() <= left && !budget.spent());
        return done == session.entries().size() ? finished() : new StepOutcome.Advanced<>(cursor.after(done), true);
    }

    /** Starts an upload; its id is saved before anything is stored under it. */
    private StepOutcome<UnzipCursor> begin(UnzipCursor cursor) {
        Plan.Entry entry = entry(cursor.done());
        if (objects.present(job, entry, session.member(cursor.done()))) {
            return advanceBy(cursor);
        }
        session.closeDecoder();
        Phase phase = StoredCopy.possible(session.member(cursor.done())) ? Phase.COPYING : Phase.WRITING;
        return started(cursor, phase, entry);
    }

    private StepOutcome<UnzipCursor> started(UnzipCursor cursor, Phase phase, Plan.Entry entry) {
        UploadRef ref = objects.start(job, entry);
        Upload upload = new Upload(ref.uploadId(), owners.get(), 1, 0, List.of(), null);
        return new StepOutcome.Advanced<>(cursor.within(phase, upload), false);
    }

    /** Copies the next part of an entry that is not compressed; a store that does not say what it copied is not trusted. */
    private StepOutcome<UnzipCursor> copy(UnzipCursor cursor, Upload upload) {
        Plan.Entry entry = entry(cursor.done());
        StoredCopy copy = new StoredCopy(objects, session, cursor.done(), partBytes);
        return switch (copy.next(ref(cursor, upload), upload, entry)) {
            case StoredCopy.Result.Copied(Upload further) -> {
                boolean whole = further.offset() == entry.size();
                Phase next = whole ? Phase.COMMITTING : Phase.COPYING;
                yield new StepOutcome.Advanced<>(cursor.within(next, further), true);
            }
            case StoredCopy.Result.Gone() -> beginAnew(cursor);
            case StoredCopy.Result.Unverified() -> {
                objects.dropUploads(ref(cursor, upload).key());
                yield started(cursor, Phase.WRITING, entry);
            }
        };
    }

    /**
     * Goes on where another invocation was. It may still be sending the next part: the same bytes under the same number,
     * because parts are cut by their place in the entry.
     */
    private StepOutcome<UnzipCursor> takeOver(UnzipCursor cursor, Upload upload) {
        return new StepOutcome.Advanced<>(cursor.takenOver(upload.takenOver(owners.get())), false);
    }

    private StepOutcome<UnzipCursor> write(UnzipCursor cursor, Upload upload, TimeBudget budget) {
        Plan.Entry entry = entry(cursor.done());
        EntryDecoder decoder = session.decoder(cursor.done(), upload);
        if (decoder.position() < upload.offset()) {
            skip(decoder, upload.offset(), budget);
        }
        if (decoder.position() < upload.offset()) {
            String what = "Entry " + session.member(cursor.done()).number() + " of the archive";
            return new StepOutcome.Advanced<>(budget.spent() ? cursor.missed(what) : cursor, false);
        }
        if (upload.nextPart() > ObjectStore.Limits.MAX_PARTS) {
            throw Refusals.tooManyParts(session.member(cursor.done()).number());
        }
        int length = (int) Math.min(Parts.size(entry.size(), partBytes), entry.size() - upload.offset());
        byte[] bytes = session.memory(length);
        long crc = decoder.read(bytes, length);
        List<Part> parts = new ArrayList<>(upload.parts());
        try {
            Content content = Content.of(crc, ByteBuffer.wrap(bytes, 0, length));
            parts.add(objects.part(ref(cursor, upload), upload.nextPart(), content));
            session.giveBack(bytes);
        } catch (AbsentException gone) {
            return beginAnew(cursor);
        }
        Upload further = new Upload(
                upload.id(), upload.owner(), upload.nextPart() + 1, upload.offset() + length, parts, decoder.resume());
        return further.offset() < entry.size()
                ? writing(cursor, further, true)
                : new StepOutcome.Advanced<>(cursor.within(Phase.COMMITTING, further), true);
    }

    /**
     * Unpacks what is stored already, which brings the decoder and its checksum to where the next part begins: for entries
     * of methods that cannot go on in the middle.
     */
    private static void skip(EntryDecoder decoder, long target, TimeBudget budget) {
        byte[] dropped = new byte[SKIP_BUFFER_BYTES];
        long end = Math.min(target, decoder.position() + SKIP_BYTES);
        while (decoder.position() < end && !budget.spent()) {
            decoder.read(dropped, (int) Math.min(dropped.length, end - decoder.position()));
        }
    }

    private StepOutcome<UnzipCursor> commit(UnzipCursor cursor, Upload upload) {
        Plan.Entry entry = entry(cursor.done());
        Member member = session.member(cursor.done());
        return objects.complete(job, entry, ref(cursor, upload), upload.parts(), member)
                ? advanceBy(cursor)
                : beginAnew(cursor);
    }

    /** The upload is gone: a lifecycle rule ended it, or another invocation, which has then stored the entry. */
    private StepOutcome<UnzipCursor> beginAnew(UnzipCursor cursor) {
        session.closeDecoder();
        return new StepOutcome.Advanced<>(cursor.after(cursor.done()), false);
    }

    private StepOutcome<UnzipCursor> advanceBy(UnzipCursor cursor) {
        session.closeDecoder();
        return new StepOutcome.Advanced<>(cursor.after(cursor.done() + 1), true);
    }

    private static StepOutcome<UnzipCursor> writing(UnzipCursor cursor, Upload upload, boolean progress) {
        return new StepOutcome.Advanced<>(cursor.within(Phase.WRITING, upload), progress);
    }

    private StepOutcome<UnzipCursor> finished() {
        ObjectNode counts = JsonNodeFactory.instance.objectNode();
        counts.put("entries", session.entries().size());
        counts.put(
                "bytes", session.entries().stream().mapToLong(Plan.Entry::size).sum());
        return new StepOutcome.Finished<>(counts);
    }

    private Plan.Entry entry(int index) {
        return session.entries().get(index);
    }

    private UploadRef ref(UnzipCursor cursor, Upload upload) {
        return new UploadRef(objects.key(job, entry(cursor.done()).number()), upload.id());
    }
}
