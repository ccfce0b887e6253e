package io.intake.gateway.upload;

/**
 * The CRC32 of two runs of bytes from the CRC32 of each, without the bytes. So a whole file's checksum comes from its
 * parts', also from parts that another process sent.
 *
 * <p>A CRC is the remainder of the message as a polynomial over GF(2). Appending n bytes multiplies the first run's
 * remainder by x^(8n) modulo the CRC's polynomial; the sum of that and the second run's CRC is the CRC of both (the
 * conditioning at both ends cancels out).
 */
final class Crc32Combination {
    /** The polynomial of CRC-32 (ISO 3309) with its bits reversed, as java.util.zip.CRC32 uses it. */
    private static final int POLYNOMIAL = 0xEDB88320;

    /** x^0 in reversed bits. */
    private static final int ONE = 0x80000000;

    private Crc32Combination() {}

    /**
     * The CRC32 of the first run followed by the second.
     *
     * @param secondLength of the second run, in bytes
     */
    static long combine(long first, long second, long secondLength) {
        int shifted = multiply((int) first, powerOfX(secondLength * 8));
        return Integer.toUnsignedLong(shifted ^ (int) second);
    }

    /** x^exponent modulo the polynomial, by repeated squaring. */
    private static int powerOfX(long exponent) {
        int result = ONE;
        int square = ONE >>> 1;
        for (long rest = exponent; rest != 0; rest >>>= 1) {
            if ((rest & 1) != 0) {
                result = multiply(result, square);
            }
            square = multiply(square, square);
        }
        return result;
    }

    /** The product modulo the polynomial: one factor's bits from x^0 up, the other multiplied by x at each step. */
    private static int multiply(int left, int right) {
        int product = 0;
        int shifted = right;
        for (int bit = ONE; bit != 0; bit >>>= 1) {
            if ((left & bit) != 0) {
                product ^= shifted;
            }
            shifted = (shifted & 1) == 0 ? shifted >>> 1 : (shifted >>> 1) ^ POLYNOMIAL;
        }
        return product;
    }
}
