package io.intake.processors.unzip.stream;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file's bytes with its compression taken off, in order. Not thread-safe. */
public interface Unpacked extends AutoCloseable {
    /**
     * Reads at least one byte, unless no more follow.
     *
     * @param length at least 1
     * @return how many were read; negative at the end, where everything has been verified that the format can verify
     * @throws IOException if the file is damaged or ends early
     */
    int read(byte[] target, int offset, int length) throws IOException;

    /** How many bytes were read or skipped, from the beginning. */
    long position();

    /** About how many bytes of the file that took. */
    long consumed();

    /** What is needed, besides the position, to go on here without unpacking again; null where there is nothing or no way. */
    @Nullable
    GzipState save();

    @Override
    void close();
}
