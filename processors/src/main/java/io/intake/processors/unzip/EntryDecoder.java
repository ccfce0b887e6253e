package io.intake.processors.unzip;

import io.intake.processors.job.RefusedException;
import io.intake.processors.plan.Plan;
import io.intake.processors.unzip.UnzipCursor.Resume;
import io.intake.processors.unzip.UnzipCursor.Upload;
import io.intake.store.Crc32;
import java.io.IOException;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The content of one entry, from its beginning on or from where an earlier decoder was saved. Checks its size and CRC-32,
 * which the library does not; stops at the first byte beyond the size that the archive gives. Not thread-safe.
 */
final class EntryDecoder implements AutoCloseable {
    private final ArchiveReader archive;
    private final Member member;
    private final Plan.Entry entry;
    private final EntrySource source;
    private long crc;
    private long position;

    private EntryDecoder(
            ArchiveReader archive, Member member, Plan.Entry entry, EntrySource source, long position, long crc) {
        this.archive = archive;
        this.member = member;
        this.entry = entry;
        this.source = source;
        this.position = position;
        this.crc = crc;
    }

    /** At the entry's beginning. */
    static EntryDecoder begin(ArchiveReader archive, Member member, Plan.Entry entry) {
        return new EntryDecoder(archive, member, entry, archive.source(member), 0, Crc32.EMPTY);
    }

    /**
     * Behind what is in the upload's parts, where that was saved in a form that we know; else at the entry's beginning, so
     * that the caller has to skip.
     */
    static EntryDecoder behind(ArchiveReader archive, Member member, Plan.Entry entry, Upload upload) {
        Resume resume = upload.resume();
        EntrySource source = resume == null ? null : archive.source(member, upload.offset(), resume);
        return resume == null || source == null
                ? begin(archive, member, entry)
                : new EntryDecoder(archive, member, entry, source, upload.offset(), resume.crc32());
    }

    int entryNumber() {
        return entry.number();
    }

    /** How many of the entry's bytes are behind it. */
    long position() {
        return position;
    }

    /** What a decoder needs that goes on from here; null where there is nothing to go on to, or no way to. */
    @Nullable
    Resume resume() {
        return position == entry.size() || source.dataOffset() < 0
                ? null
                : new Resume(source.dataOffset(), crc, source.inflater());
    }

    /**
     * Fills an array from its start.
     *
     * @param length at most what the entry has left by its size
     * @return the CRC-32 of these bytes; with the last of the entry, its whole content has been verified
     * @throws RefusedException if the content is damaged, ends early, goes on behind its size, or has another CRC-32
     */
    long read(byte[] target, int length) {
        long filled = archive.guard(member, () -> fill(target, length));
        crc = Crc32.combine(crc, filled, length);
        position += length;
        if (position == entry.size()) {
            verifyEnd();
        }
        return filled;
    }

    private long fill(byte[] target, int length) throws IOException {
        CRC32 sum = new CRC32();
        int filled = 0;
        while (filled < length) {
            int count = source.read(target, filled, length - filled);
            if (count < 0) {
                source.blame();
                throw Refusals.sizeMismatch(member.number());
            }
            sum.update(target, filled, count);
            filled += count;
        }
        return sum.getValue();
    }

    private void verifyEnd() {
        boolean ended = archive.guard(member, () -> {
            boolean end = source.read(new byte[1], 0, 1) < 0;
            if (!end) {
                source.blame();
            }
            return end;
        });
        if (!ended) {
            throw Refusals.sizeMismatch(member.number());
        }
        if (entry.crc32() >= 0 && crc != entry.crc32()) {
            throw Refusals.crcMismatch(member.number());
        }
    }

    /** Releases what the library holds. */
    @Override
    public void close() {
        try {
            source.close();
        } catch (IOException | RuntimeException e) {
            // only memory is released; what was read has been verified or refused already
        }
    }
}
