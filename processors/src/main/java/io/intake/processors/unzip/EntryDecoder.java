package io.intake.processors.unzip;

import io.intake.processors.job.RefusedException;
import io.intake.processors.plan.Plan;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;

/**
 * The content of one entry, from its beginning on. Checks its size and CRC-32, which the library does not; stops at the
 * first byte beyond the size that the archive gives. Not thread-safe.
 */
final class EntryDecoder implements AutoCloseable {
    private final ArchiveReader archive;
    private final Member member;
    private final Plan.Entry entry;
    private final InputStream content;
    private final CRC32 crc = new CRC32();
    private long position;

    EntryDecoder(ArchiveReader archive, Member member, Plan.Entry entry) {
        this.archive = archive;
        this.member = member;
        this.entry = entry;
        this.content = archive.content(member);
    }

    int entryNumber() {
        return entry.number();
    }

    /** How many bytes were given. */
    long position() {
        return position;
    }

    /**
     * Fills an array from its start.
     *
     * @param length at most what the entry has left by its size
     * @return the CRC-32 of all bytes so far; after the last of them the content has been verified
     * @throws RefusedException if the content is damaged, ends early, goes on behind its size, or has another CRC-32
     */
    long read(byte[] target, int length) {
        archive.guard(member, () -> fill(target, length));
        if (position == entry.size()) {
            verifyEnd();
        }
        return crc.getValue();
    }

    private int fill(byte[] target, int length) throws IOException {
        int filled = 0;
        while (filled < length) {
            int count = content.read(target, filled, length - filled);
            if (count <= 0) {
                throw Refusals.sizeMismatch(member.number());
            }
            filled += count;
        }
        crc.update(target, 0, length);
        position += length;
        return filled;
    }

    private void verifyEnd() {
        if (archive.guard(member, content::read) >= 0) {
            throw Refusals.sizeMismatch(member.number());
        }
        if (crc.getValue() != entry.crc32()) {
            throw Refusals.crcMismatch(member.number());
        }
    }

    /** Releases the decoder's native memory. */
    @Override
    public void close() {
        try {
            content.close();
        } catch (IOException | RuntimeException e) {
            // only memory is released; what was read has been verified or refused already
        }
    }
}
