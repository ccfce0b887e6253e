package io.intake.processors.unzip.stream;

import java.io.EOFException;
import java.io.IOException;

/** The piece of a file that is being looked at. */
final class Window {
    private static final int BYTES = 64 << 10;

    private final Packed packed;
    final byte[] bytes = new byte[BYTES];
    private long start;
    private int length;

    Window(Packed packed) {
        this.packed = packed;
    }

    /** Makes sure that a place is inside; whether it is, and not behind the file's end. */
    boolean has(long offset) throws IOException {
        if (offset < start || offset >= start + length) {
            length = Math.max(0, packed.read(offset, bytes, 0, bytes.length));
            start = offset;
        }
        return length > 0;
    }

    /** The byte at a place, unsigned. */
    int at(long offset) throws IOException {
        if (!has(offset)) {
            throw new EOFException("the file ends early");
        }
        return bytes[index(offset)] & 0xFF;
    }

    /** Where in the array a place is that is inside. */
    int index(long offset) {
        return (int) (offset - start);
    }

    /** How many bytes from a place on are inside. */
    int rest(long offset) {
        return length - index(offset);
    }

    /** A little-endian number of four bytes, unsigned. */
    long number(long offset) throws IOException {
        return at(offset) | at(offset + 1) << 8 | at(offset + 2) << 16 | (long) at(offset + 3) << 24;
    }
}
