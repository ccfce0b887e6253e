package io.intake.processors.unzip;

import io.intake.processors.job.RefusedException;
import io.intake.processors.plan.Plan;
import io.intake.processors.unzip.UnzipCursor.Upload;
import io.intake.store.AbsentException;
import io.intake.store.ByteRange;
import io.intake.store.ConflictException;
import io.intake.store.Crc32;
import io.intake.store.Part;
import io.intake.store.PermanentStoreException;
import io.intake.store.UploadRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Copies an entry that is not compressed inside the store, so that its bytes pass through nobody. Each part's CRC-32 is the
 * store's own; together they must be the archive's, which the store is told again when the upload is completed. Not
 * thread-safe.
 */
final class StoredCopy {
    /** A part is so many times what a part is that passes through us: 256 MiB, which a store copies in seconds. */
    private static final int TIMES = 32;

    private final EntryObjects objects;
    private final Session session;
    private final int index;
    private final int partBytes;

    /**
     * @param index of the entry in the session
     * @param partBytes of parts that pass through us
     */
    StoredCopy(EntryObjects objects, Session session, int index, int partBytes) {
        this.objects = objects;
        this.session = session;
        this.index = index;
        this.partBytes = partBytes;
    }

    /** What became of a part. */
    sealed interface Result {
        /** It is there. */
        record Copied(Upload further) implements Result {}

        /** The upload is gone. */
        record Gone() implements Result {}

        /** The store cannot copy it, or does not say what it copied. */
        record Unverified() implements Result {}
    }

    /** Whether an entry's bytes are the archive's, and their checksum is known. */
    static boolean possible(Member member) {
        return member.method() == Methods.STORED && !member.encrypted() && member.crc32() >= 0;
    }

    /**
     * Copies the next part.
     *
     * @throws RefusedException if the archive was replaced, or the entry is not what the archive says of it
     */
    Result next(UploadRef ref, Upload upload, Plan.Entry entry) {
        long size = Math.max((long) TIMES * partBytes, Parts.size(entry.size(), partBytes));
        long length = Math.min(size, entry.size() - upload.offset());
        ByteRange range = new ByteRange(session.dataOffset(index) + upload.offset(), length);
        Part copied;
        try {
            copied = objects.copyPart(ref, upload.nextPart(), session.source(), range);
        } catch (ConflictException replaced) {
            throw Refusals.inputReplaced();
        } catch (AbsentException gone) {
            if (!objects.present(session.source())) {
                throw Refusals.inputReplaced();
            }
            return new Result.Gone();
        } catch (PermanentStoreException cannot) {
            return new Result.Unverified();
        }
        Long crc = copied.crc32();
        if (crc == null) {
            return new Result.Unverified();
        }
        List<Part> parts = new ArrayList<>(upload.parts());
        parts.add(new Part(copied.number(), length, copied.etag(), crc));
        Upload further =
                new Upload(upload.id(), upload.owner(), upload.nextPart() + 1, upload.offset() + length, parts, null);
        if (further.offset() == entry.size() && combined(parts) != entry.crc32()) {
            throw Refusals.crcMismatch(session.member(index).number());
        }
        return new Result.Copied(further);
    }

    private static long combined(List<Part> parts) {
        long crc = Crc32.EMPTY;
        for (Part part : parts) {
            crc = Crc32.combine(crc, Objects.requireNonNull(part.crc32()), part.size());
        }
        return crc;
    }
}
