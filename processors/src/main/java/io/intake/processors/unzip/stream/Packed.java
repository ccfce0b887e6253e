package io.intake.processors.unzip.stream;

import java.io.IOException;

/** A file as it was uploaded, read at any place. Not thread-safe. */
public interface Packed {
    /**
     * Reads at least one byte, unless the place is at or behind the file's end.
     *
     * @return how many were read; negative at the end
     */
    int read(long position, byte[] target, int offset, int length) throws IOException;

    /** In bytes. */
    long size();
}
