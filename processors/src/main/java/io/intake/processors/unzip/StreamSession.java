package io.intake.processors.unzip;

import io.intake.config.ArchiveLimits;
import io.intake.processors.job.Input;
import io.intake.processors.job.RefusedException;
import io.intake.processors.task.TimeBudget;
import io.intake.processors.unzip.StreamCursor.Open;
import io.intake.processors.unzip.stream.Compression;
import io.intake.processors.unzip.stream.Decryptor;
import io.intake.processors.unzip.stream.GzipState;
import io.intake.processors.unzip.stream.Packed;
import io.intake.processors.unzip.stream.TarFiles;
import io.intake.processors.unzip.stream.Unpacked;
import io.intake.processors.unzip.stream.Unpacking;
import io.intake.store.ObjectStore;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;

/** A file that is read from front to back, at the place where the task is. Not thread-safe. */
final class StreamSession extends Continuing {
    /** How much is unpacked again in one step on the way back to where an invocation was lost: about a second's work. */
    private static final long SKIP_BYTES = 256L << 20;

    /** Up to so much may grow as it likes: short runs of zeros are no bomb. */
    private static final long HARMLESS_BYTES = 64L << 20;

    private static final int BUFFER_BYTES = 64 << 10;

    /** Anything else is a link, a device or a pipe. */
    private static final Set<Byte> FILE_TYPES =
            Set.of(TarConstants.LF_OLDNORM, TarConstants.LF_NORMAL, TarConstants.LF_CONTIG);

    private static final String WHAT = "The file";

    private final RangedChannel channel;
    private final ArchiveLimits limits;
    private final long uploaded;
    private final boolean tar;
    private final Unpacked bytes;
    private byte @Nullable [] pending;

    private StreamSession(RangedChannel channel, ArchiveLimits limits, long uploaded, boolean tar, Unpacked bytes) {
        this.channel = channel;
        this.limits = limits;
        this.uploaded = uploaded;
        this.tar = tar;
        this.bytes = bytes;
    }

    /**
     * Opens a file where a cursor is, or at its beginning: see {@link #reach}.
     *
     * @param uploaded how large the file was before any wrapping was taken off
     */
    static StreamSession open(
            ObjectStore store, Input input, ArchiveLimits limits, long uploaded, StreamCursor at, Decryptor decryptor) {
        RangedChannel channel = new RangedChannel(store, input);
        channel.readAheadTo(input.size());
        try {
            Unpacked bytes = Guarded.read(
                    channel,
                    WHAT,
                    0,
                    () -> Unpacking.open(packed(channel), at.compression(), at.position(), at.gzip(), decryptor));
            return new StreamSession(channel, limits, uploaded, at.tar(), bytes);
        } catch (RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** A file's first bytes, as many as a tar's header has, through its compression. */
    static byte[] inspect(ObjectStore store, Input input, Compression compression) {
        try (RangedChannel channel = new RangedChannel(store, input)) {
            return Guarded.read(channel, WHAT, 0, () -> {
                try (Unpacked bytes = Unpacking.open(packed(channel), compression, 0, null, Decryptor.none())) {
                    return fill(bytes, TarFiles.BLOCK_BYTES);
                }
            });
        }
    }

    /** The first bytes of a file. */
    static byte[] head(ObjectStore store, Input input, int count) {
        try (RangedChannel channel = new RangedChannel(store, input)) {
            return Guarded.read(channel, WHAT, 0, () -> channel.bytes(0, (int) Math.min(count, input.size())));
        }
    }

    private static Packed packed(RangedChannel channel) {
        return new ChannelBytes(channel, 0, channel.size());
    }

    private <T> T guard(Guarded.Reading<T> reading) {
        T result = Guarded.read(channel, WHAT, 0, reading);
        long position = bytes.position();
        if (position > HARMLESS_BYTES && position / limits.ratio() > bytes.consumed()) {
            throw Refusals.suspiciousRatio(limits.ratio());
        }
        return result;
    }

    long position() {
        return bytes.position();
    }

    @Nullable
    GzipState save() {
        return bytes.save();
    }

    /**
     * Goes to a place; what cannot be gone to is unpacked again, so much in a step.
     *
     * @return whether it is there
     */
    boolean reach(long position, TimeBudget budget) {
        long end = Math.min(position, bytes.position() + SKIP_BYTES);
        byte[] dropped = new byte[BUFFER_BYTES];
        while (bytes.position() < end && !budget.spent()) {
            skip(dropped, end);
        }
        return bytes.position() == position;
    }

    /** Drops content that nobody wants. */
    void skip(long count) {
        byte[] dropped = new byte[BUFFER_BYTES];
        long end = bytes.position() + count;
        while (bytes.position() < end) {
            skip(dropped, end);
        }
    }

    private void skip(byte[] dropped, long end) {
        int length = (int) Math.min(dropped.length, end - bytes.position());
        if (guard(() -> bytes.read(dropped, 0, length)) < 0) {
            throw Refusals.damaged(WHAT);
        }
    }

    /**
     * The next member of the tar, its content coming next. The content of the one before must have been read.
     *
     * @param number of members that were seen
     * @return empty at the tar's end
     */
    Optional<Member> next(int number) {
        int padding = (int) (-bytes.position() & (TarFiles.BLOCK_BYTES - 1));
        skip(padding);
        TarArchiveEntry entry =
                guard(() -> Optional.ofNullable(TarFiles.next(bytes))).orElse(null);
        if (entry == null) {
            return Optional.empty();
        }
        long size = entry.getSize();
        Member member = new Member(number, entry.getName(), Methods.STORED, false, false, 0, size, size, -1);
        if (entry.isSparse()) {
            throw Refusals.sparse(member);
        }
        if (!entry.isDirectory() && !FILE_TYPES.contains(entry.getLinkFlag())) {
            throw Refusals.link(member);
        }
        return Optional.of(member);
    }

    /** Content: so many bytes, or fewer at the end of the file. */
    byte[] read(int length) {
        return guard(() -> fill(bytes, length));
    }

    private static byte[] fill(Unpacked from, int length) throws IOException {
        byte[] target = new byte[length];
        int filled = 0;
        while (filled < length) {
            int count = from.read(target, filled, length - filled);
            if (count < 0) {
                return Arrays.copyOf(target, filled);
            }
            filled += count;
        }
        return target;
    }

    /** Gives content back, to be taken by the next step. */
    void keep(byte[] content) {
        pending = content;
    }

    /** Content that was given back. */
    byte @Nullable [] takeKept() {
        byte[] kept = pending;
        pending = null;
        return kept;
    }

    /** Reads what is behind the last file, so that checksums at the end are verified; nothing of meaning may be there. */
    void finish() {
        byte[] rest = new byte[BUFFER_BYTES];
        while (true) {
            int count = guard(() -> bytes.read(rest, 0, rest.length));
            if (count < 0) {
                return;
            }
            if (!tar || !zeros(rest, count)) {
                throw Refusals.goesOn();
            }
        }
    }

    private static boolean zeros(byte[] bytes, int count) {
        for (int i = 0; i < count; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** @throws RefusedException if the files are larger together than the feed allows, or grew too much through all wrappings */
    void checkTotal(long total) {
        checkGrowth(total, uploaded, limits);
        if (total > limits.bytes()) {
            throw Refusals.tooLarge(limits.bytes());
        }
    }

    /** Wrappings each of which grows as much as it may are a bomb together. */
    static void checkGrowth(long total, long uploaded, ArchiveLimits limits) {
        if (total > HARMLESS_BYTES && total / limits.ratio() > uploaded) {
            throw Refusals.suspiciousRatio(limits.ratio());
        }
    }

    void checkCount(int members) {
        if (members > limits.entries()) {
            throw Refusals.tooManyEntries(members, limits.entries());
        }
    }

    boolean isTar() {
        return tar;
    }

    /** The only file of a stream that is no tar. */
    static Open single(String name) {
        return new Open(name, 0, -1);
    }

    @Override
    public void close() {
        bytes.close();
        channel.close();
    }
}
