package io.intake.processors.unzip;

import io.intake.processors.unzip.stream.Compression;
import io.intake.store.Part;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a task of the unzip stage is. Everything a further invocation needs, besides the archive and the plan.
 *
 * @param done how many of the segment's entries are objects
 * @param phase what comes next
 * @param upload of the entry at hand; null between entries
 * @param stream where task 0 extracts the file too, because it can only be read from front to back; null for zip archives
 * @param shortfalls how many invocations in a row spent their time on unpacking again what is stored
 * @param source what is worked on, where the upload was wrapped into something; null for the upload itself
 */
public record UnzipCursor(
        int done,
        Phase phase,
        @Nullable Upload upload,
        @Nullable StreamCursor stream,
        int shortfalls,
        @Nullable Unwrapped source) {
    /** Before the task runner, which knows no reason, gives up. */
    private static final int MOST_SHORTFALLS = 2;

    /** Where the last invocation, if there was one, got further. */
    UnzipCursor(int done, Phase phase, @Nullable Upload upload, @Nullable StreamCursor stream) {
        this(done, phase, upload, stream, 0, null);
    }

    /** In a zip archive. */
    UnzipCursor(int done, Phase phase, @Nullable Upload upload) {
        this(done, phase, upload, null);
    }

    /** Somewhere in a stream, having got further. */
    static UnzipCursor streaming(
            Phase phase, @Nullable Upload upload, StreamCursor stream, @Nullable Unwrapped source) {
        return new UnzipCursor(0, phase, upload, stream, 0, source);
    }

    /** With a wrapping taken off. */
    static UnzipCursor unwrapped(Unwrapped source) {
        return new UnzipCursor(0, Phase.ENTRIES, null, null, 0, source);
    }

    /** With another stream. */
    UnzipCursor with(StreamCursor other) {
        return new UnzipCursor(done, phase, upload, other, shortfalls, source);
    }

    /**
     * What was in a wrapping.
     *
     * @param key of the object that it became
     * @param etag every read is pinned to it
     * @param size in bytes
     * @param wrappings that were taken off, the outermost first
     */
    public record Unwrapped(String key, String etag, long size, List<Compression> wrappings) {
        public Unwrapped {
            wrappings = List.copyOf(wrappings);
        }
    }

    /** What comes next. */
    public enum Phase {
        /** The next entry is begun. */
        ENTRIES,
        /** A part of the entry at hand, which is not compressed, is copied inside the store. */
        COPYING,
        /** A part of the entry at hand is written. */
        WRITING,
        /** Every part is written and verified; the upload is completed, perhaps for the second time. */
        COMMITTING
    }

    /**
     * A multipart upload of one entry. It is saved before its first part is sent, and whoever goes on in another invocation's
     * place saves a higher {@code nextPart} first: the other may still send the part that it was at, and that part must not
     * replace one of ours. (Equal bytes do not have equal ETags on S3 with SSE-KMS.)
     *
     * @param id the store's id of the upload
     * @param owner an id that whoever writes under {@code nextPart} made for this cursor: two invocations that take over from
     *     the same cursor must not get equal ones, or a third could not tell whose it found
     * @param nextPart the number of the next part
     * @param offset how many of the entry's bytes are in parts
     * @param parts as the store acknowledged them, in order
     * @param resume how to go on at the offset without unpacking again what is before it; null where that cannot be
     */
    public record Upload(
            String id,
            String owner,
            int nextPart,
            long offset,
            List<Part> parts,
            @Nullable Resume resume) {
        public Upload {
            parts = List.copyOf(parts);
        }

        /** In other hands. */
        Upload takenOver(String heir) {
            return new Upload(id, heir, nextPart, offset, parts, resume);
        }
    }

    /**
     * A decoder in the middle of an entry. It is part of the cursor, so that it is fenced, replaced and dropped with it.
     *
     * @param dataOffset of the entry's packed bytes in the archive
     * @param crc32 of the entry's bytes before this place
     * @param inflater a saved {@link io.intake.processors.unzip.inflate.ResumableInflater} in Base64, about 44,000 characters
     *     that hold the last 32 KiB before this place: never to be logged. Null for an entry that is not compressed
     */
    public record Resume(
            long dataOffset, long crc32, @Nullable String inflater) {
        /** Without the bytes of the file. */
        @Override
        public String toString() {
            return "Resume[dataOffset=" + dataOffset + "]";
        }
    }

    /** Where a task begins. */
    static UnzipCursor start() {
        return new UnzipCursor(0, Phase.ENTRIES, null);
    }

    /**
     * After an invocation whose time was up before it was where it had to go on: what cannot go on in the middle must be done
     * in the time of one, or it would be begun for ever.
     *
     * @param what as the start of a sentence for the partner
     * @throws io.intake.processors.job.RefusedException if that was so before
     */
    UnzipCursor missed(String what) {
        if (shortfalls + 1 >= MOST_SHORTFALLS) {
            throw Refusals.cannotResume(what);
        }
        return new UnzipCursor(done, phase, upload, stream, shortfalls + 1, source);
    }

    /** With the upload in other hands. */
    UnzipCursor takenOver(Upload heirs) {
        Phase next = phase == Phase.COPYING ? phase : Phase.WRITING;
        return new UnzipCursor(done, next, heirs, stream, shortfalls, source);
    }

    /** Between entries of an archive, when so many are done. */
    public UnzipCursor after(int entries) {
        return new UnzipCursor(entries, Phase.ENTRIES, null, null, 0, source);
    }

    /** In the entry of an archive that is at hand, having got further. */
    UnzipCursor within(Phase next, Upload further) {
        return new UnzipCursor(done, next, further, null, 0, source);
    }

    /**
     * Whether no entry was stored or begun. So it is before task 0 makes the plan, whether or not wrappings were taken off; where
     * it is so again later, because the first entry must be begun anew, the plan that is there is found.
     */
    boolean nothingExtracted() {
        return done == 0 && upload == null && stream == null;
    }
}
