package io.intake.processors.join;

import io.intake.store.Content;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes that are gathered to be stored, without a copy at the end. Not thread-safe. */
final class Bytes {
    private byte[] bytes;
    private int size;

    /** @param expected how many there will be; more are taken too */
    Bytes(long expected) {
        bytes = new byte[(int) Math.min(Math.max(expected, 64), Integer.MAX_VALUE - 8)];
    }

    int size() {
        return size;
    }

    void add(byte[] more) {
        add(more, more.length);
    }

    /** Adds the first bytes of an array. */
    void add(byte[] more, int length) {
        ensure(length);
        System.arraycopy(more, 0, bytes, size, length);
        size += length;
    }

    void add(char ascii) {
        ensure(1);
        bytes[size++] = (byte) ascii;
    }

    /** Replaces the first bytes. */
    void set(byte[] head) {
        System.arraycopy(head, 0, bytes, 0, head.length);
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, (int)
                    Math.min(Math.max(size + (long) more, size * 3L / 2), Integer.MAX_VALUE - 8));
        }
    }

    /** A copy of what was gathered. */
    byte[] toArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** What was gathered; valid until more is. */
    Content content() {
        return Content.of(ByteBuffer.wrap(bytes, 0, size));
    }
}
