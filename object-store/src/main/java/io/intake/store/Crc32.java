package io.intake.store;

import java.util.zip.CRC32;

/**
 * CRC-32 of joined byte runs from the CRC-32 of each, without their bytes. Pure.
 *
 * <p>CRC-32 (the reflected polynomial 0xEDB88320 of ISO 3309, RFC 1952 and java.util.zip) is linear over GF(2): appending
 * n bytes to a run multiplies what the run contributes by x^(8n) modulo the polynomial, and the initial and final
 * inversions cancel out of the sum. So {@code crc(A B) = crc(A) * x^(8 |B|) + crc(B)}. The power is found by repeated
 * squaring: about 40 multiplications at most, whatever the length.
 */
public final class Crc32 {
    private static final int POLYNOMIAL = 0xEDB88320;

    /** The polynomial 1; in the reflected form the highest bit is the coefficient of x^0. */
    private static final int ONE = 0x80000000;

    /** x^8: one byte further. */
    private static final int X8 = 0x00800000;

    private Crc32() {}

    /** The CRC-32 of no bytes. */
    public static final long EMPTY = 0;

    /** The CRC-32 of an array, as an unsigned 32-bit number. */
    public static long of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    /** The CRC-32 of a run inside an array, as an unsigned 32-bit number. */
    public static long of(byte[] bytes, int offset, int length) {
        CRC32 crc = new CRC32();
        crc.update(bytes, offset, length);
        return crc.getValue();
    }

    /**
     * The CRC-32 of two runs joined.
     *
     * @param first of the first run, unsigned 32-bit
     * @param second of the second run, unsigned 32-bit
     * @param secondLength of the second run in bytes, at least 0
     */
    public static long combine(long first, long second, long secondLength) {
        if (secondLength < 0) {
            throw new IllegalArgumentException("a run has no negative length: " + secondLength);
        }
        int shifted = multiply((int) first, power(secondLength));
        return Integer.toUnsignedLong(shifted ^ (int) second);
    }

    /** x^(8 bytes) modulo the polynomial. */
    private static int power(long bytes) {
        int result = ONE;
        int square = X8;
        for (long rest = bytes; rest != 0; rest >>>= 1) {
            if ((rest & 1) != 0) {
                result = multiply(result, square);
            }
            square = multiply(square, square);
        }
        return result;
    }

    /** The product of two polynomials modulo the polynomial, all in reflected form. */
    private static int multiply(int a, int b) {
        int product = 0;
        int shifted = b;
        for (int bit = ONE; bit != 0; bit >>>= 1) {
            if ((a & bit) != 0) {
                product ^= shifted;
            }
            shifted = (shifted & 1) != 0 ? (shifted >>> 1) ^ POLYNOMIAL : shifted >>> 1;
        }
        return product;
    }
}
