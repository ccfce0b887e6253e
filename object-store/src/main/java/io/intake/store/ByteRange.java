package io.intake.store;

/**
 * A run of bytes inside an object.
 *
 * @param offset of the first byte, from 0
 * @param length in bytes, at least 1
 */
public record ByteRange(long offset, long length) {
    public ByteRange {
        if (offset < 0 || length < 1) {
            throw new IllegalArgumentException("range needs offset >= 0 and length >= 1: " + offset + "+" + length);
        }
    }

    /** The offset of the first byte behind the range. */
    public long end() {
        return offset + length;
    }
}
