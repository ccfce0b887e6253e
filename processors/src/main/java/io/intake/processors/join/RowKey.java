package io.intake.processors.join;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The values of a row's key columns, as they are written in JSON: since the same code wrote all rows, equal values have equal
 * bytes. Immutable.
 */
final class RowKey {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final byte[] values;
    private final long hash;

    /** @param values with a zero behind each, which no JSON text holds */
    RowKey(byte[] values) {
        this.values = values;
        this.hash = hash(values);
    }

    /** The columns' values, each with a zero behind it. */
    byte[] values() {
        return values;
    }

    /** The partition of a key among a number of them; the same in every process. */
    int partition(int partitions) {
        return (int) Long.remainderUnsigned(hash, partitions);
    }

    /** The first 128 bits of its SHA-256. */
    void hash(MessageDigest digest, long[] target) {
        ByteBuffer bytes = ByteBuffer.wrap(digest.digest(values));
        target[0] = bytes.getLong();
        target[1] = bytes.getLong();
    }

    /** The partition of a row that has no key: any will do, so that they are spread. */
    static int partition(long ordinal, int partitions) {
        return (int) Long.remainderUnsigned(mix(ordinal), partitions);
    }

    /** FNV-1a (Fowler, Noll, Vo), of 64 bits, and a finish that lets every bit count. */
    private static long hash(byte[] bytes) {
        long hash = FNV_OFFSET;
        for (byte each : bytes) {
            hash = (hash ^ (each & 0xff)) * FNV_PRIME;
        }
        return mix(hash);
    }

    private static long mix(long bits) {
        long mixed = (bits ^ (bits >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RowKey key && hash == key.hash && Arrays.equals(values, key.values);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(hash >>> 17);
    }

    /** Without the values. */
    @Override
    public String toString() {
        return "RowKey";
    }
}
