package io.intake.processors.stitch;

/**
 * Finds line ends and two other ASCII characters among 64 bytes at a time. The bytes' bits are put together, all lowest ones in
 * one word, all second ones in the next: to compare 64 bytes with a character takes one operation for each of its bits. Exact:
 * no byte is taken for one because of its neighbour. Not thread-safe.
 */
final class BytePlanes {
    /** How many bytes are looked at. */
    static final int BLOCK = Long.SIZE;
    /** No character. */
    static final int NONE = -1;

    private static final long FOURS = 0x0f0f_0f0f_0f0f_0f0fL;
    private static final long TWOS = 0x3333_3333_3333_3333L;
    private static final long ONES = 0x5555_5555_5555_5555L;

    private final Bits quote;
    private final Bits delimiter;
    /** All bits where there are quotes, none elsewhere. */
    private final long quoted;

    private long quotes;
    private long delimiters;
    private long lineEnds;

    /**
     * @param quote ASCII; {@link #NONE} if there is none
     * @param delimiter ASCII
     */
    BytePlanes(int quote, int delimiter) {
        this.quote = Bits.of(quote);
        this.delimiter = Bits.of(delimiter);
        this.quoted = quote == NONE ? 0 : -1;
    }

    /** Which bytes of the block are quotes, as bits that {@link #inOrder} puts in order. The last byte's bit is the last one. */
    long quotes() {
        return quotes;
    }

    /** Which ones are delimiters. */
    long delimiters() {
        return delimiters;
    }

    /** Which ones are LF or CR. */
    long lineEnds() {
        return lineEnds;
    }

    /** A character's bits, each of them 64 times. */
    private record Bits(long b0, long b1, long b2, long b3, long b4, long b5, long b6) {
        static Bits of(int character) {
            long[] all = new long[7];
            for (int i = 0; i < all.length; i++) {
                all[i] = -(character >>> i & 1L);
            }
            return new Bits(all[0], all[1], all[2], all[3], all[4], all[5], all[6]);
        }

        long unlikeLow(long p0, long p1, long p2, long p3) {
            return (p0 ^ b0) | (p1 ^ b1) | (p2 ^ b2) | (p3 ^ b3);
        }

        long unlikeHigh(long p4, long p5, long p6, long p7) {
            return (p4 ^ b4) | (p5 ^ b5) | (p6 ^ b6) | p7;
        }
    }

    /** Looks at a block. */
    void load(byte[] bytes, int at) {
        long a = Words.at(bytes, at);
        long b = Words.at(bytes, at + 8);
        long c = Words.at(bytes, at + 16);
        long d = Words.at(bytes, at + 24);
        long e = Words.at(bytes, at + 32);
        long f = Words.at(bytes, at + 40);
        long g = Words.at(bytes, at + 48);
        long h = Words.at(bytes, at + 56);
        long ae = ((a >>> 4) ^ e) & FOURS;
        long bf = ((b >>> 4) ^ f) & FOURS;
        long cg = ((c >>> 4) ^ g) & FOURS;
        long dh = ((d >>> 4) ^ h) & FOURS;
        low(a ^ (ae << 4), b ^ (bf << 4), c ^ (cg << 4), d ^ (dh << 4));
        high(e ^ ae, f ^ bf, g ^ cg, h ^ dh);
    }

    /** What the lower four bits of the bytes say. */
    private void low(long a, long b, long c, long d) {
        long ac = ((a >>> 2) ^ c) & TWOS;
        long bd = ((b >>> 2) ^ d) & TWOS;
        long a2 = a ^ (ac << 2);
        long b2 = b ^ (bd << 2);
        long c2 = c ^ ac;
        long d2 = d ^ bd;
        long ab = ((a2 >>> 1) ^ b2) & ONES;
        long cd = ((c2 >>> 1) ^ d2) & ONES;
        long p0 = a2 ^ (ab << 1);
        long p1 = b2 ^ ab;
        long p2 = c2 ^ (cd << 1);
        long p3 = d2 ^ cd;
        quotes = quote.unlikeLow(p0, p1, p2, p3);
        delimiters = delimiter.unlikeLow(p0, p1, p2, p3);
        // LF is 1010, CR is 1101
        lineEnds = p3 & (p2 ^ p1) & (p1 ^ p0);
    }

    /** Takes what the upper four bits say as well. The same steps as for the lower ones: a method cannot give back four words. */
    private void high(long a, long b, long c, long d) {
        long ac = ((a >>> 2) ^ c) & TWOS;
        long bd = ((b >>> 2) ^ d) & TWOS;
        long a2 = a ^ (ac << 2);
        long b2 = b ^ (bd << 2);
        long c2 = c ^ ac;
        long d2 = d ^ bd;
        long ab = ((a2 >>> 1) ^ b2) & ONES;
        long cd = ((c2 >>> 1) ^ d2) & ONES;
        long p4 = a2 ^ (ab << 1);
        long p5 = b2 ^ ab;
        long p6 = c2 ^ (cd << 1);
        long p7 = d2 ^ cd;
        quotes = ~(quotes | quote.unlikeHigh(p4, p5, p6, p7)) & quoted;
        delimiters = ~(delimiters | delimiter.unlikeHigh(p4, p5, p6, p7));
        lineEnds &= ~(p4 | p5 | p6 | p7);
    }

    /**
     * Marks with one bit for each byte in the order of the bytes, the first one lowest: planes have the first bytes of all words
     * together. Eight bytes of eight bits, transposed (Warren, Hacker's Delight, 7-3).
     */
    static long inOrder(long marks) {
        long bits = marks;
        long swapped = (bits ^ (bits >>> 7)) & 0x00AA_00AA_00AA_00AAL;
        bits ^= swapped ^ (swapped << 7);
        swapped = (bits ^ (bits >>> 14)) & 0x0000_CCCC_0000_CCCCL;
        bits ^= swapped ^ (swapped << 14);
        swapped = (bits ^ (bits >>> 28)) & 0x0000_0000_F0F0_F0F0L;
        return bits ^ swapped ^ (swapped << 28);
    }
}
