package io.intake.processors.stitch;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Looks at eight bytes at a time. What is found is exact: no byte is taken for one because of its neighbour. Pure. */
final class Words {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    static final long HIGH = 0x8080_8080_8080_8080L;
    static final long LOW = ~HIGH;

    private Words() {}

    /** Eight bytes, the first one lowest. */
    static long at(byte[] bytes, int offset) {
        return (long) LONG.get(bytes, offset);
    }

    static void put(byte[] bytes, int offset, long word) {
        LONG.set(bytes, offset, word);
    }

    /** A byte eight times. */
    static long repeat(int value) {
        return (value & 0xff) * ONES;
    }

    /** The high bit of each byte that equals the pattern's. */
    static long equal(long word, long pattern) {
        long difference = word ^ pattern;
        return ~(((difference & LOW) + LOW) | difference | LOW);
    }

    /** The high bit of each byte that is below a limit, as unsigned numbers. */
    static long below(long word, int limit) {
        return ~((word & LOW) + (0x80 - limit) * ONES) & ~word & HIGH;
    }

    /** The place, from 0 to 7, of the first byte whose high bit is set. */
    static int first(long marks) {
        return Long.numberOfTrailingZeros(marks) >>> 3;
    }
}
