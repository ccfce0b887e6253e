package io.intake.gateway.cipher;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The authenticator of RFC 8439, section 2.5, in limbs of 64 bits: two products of 128 bits for each half of a block. Takes
 * the same time for all messages of one length. One message for each {@link #start}. Not thread-safe.
 */
final class Poly1305 {
    /** In bytes. */
    static final int KEY_BYTES = 32;

    /** In bytes. */
    static final int TAG_BYTES = 16;

    private static final int BLOCK = 16;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] pending = new byte[BLOCK];
    private int pendingBytes;
    // r, clamped: r1 is a multiple of four, so a quarter more of it is 5 * r1 / 4, which is 2^128 * r1 / 4 modulo 2^130
    // - 5
    private long r0;
    private long r1;
    private long r1Folded;
    private long pad0;
    private long pad1;
    private long h0;
    private long h1;
    private long h2;

    /** Begins a message with a key that no other message has had. */
    void start(byte[] key) {
        r0 = (long) LONGS.get(key, 0) & 0x0ffffffc0fffffffL;
        r1 = (long) LONGS.get(key, 8) & 0x0ffffffc0ffffffcL;
        r1Folded = r1 + (r1 >>> 2);
        pad0 = (long) LONGS.get(key, 16);
        pad1 = (long) LONGS.get(key, 24);
        h0 = 0;
        h1 = 0;
        h2 = 0;
        pendingBytes = 0;
    }

    /** Takes a piece of the message. */
    void update(byte[] data, int offset, int length) {
        int at = offset;
        int left = length;
        if (pendingBytes > 0) {
            int count = Math.min(BLOCK - pendingBytes, left);
            System.arraycopy(data, at, pending, pendingBytes, count);
            pendingBytes += count;
            at += count;
            left -= count;
            if (pendingBytes < BLOCK) {
                return;
            }
            blocks(pending, 0, BLOCK, 1);
            pendingBytes = 0;
        }
        int whole = left & -BLOCK;
        blocks(data, at, whole, 1);
        System.arraycopy(data, at + whole, pending, 0, left - whole);
        pendingBytes = left - whole;
    }

    /** Ends the message and writes its tag. */
    void finish(byte[] target, int offset) {
        if (pendingBytes > 0) {
            pending[pendingBytes++] = 1;
            java.util.Arrays.fill(pending, pendingBytes, BLOCK, (byte) 0);
            blocks(pending, 0, BLOCK, 0);
        }
        // h - (2^130 - 5), taken if it is not negative, without a branch on secret bits
        long g0 = h0 + 5;
        long g1 = h1 + carry(g0, 5);
        long g2 = h2 + carry(g1, h1 == -1 && g1 == 0 ? 1 : 0);
        long take = -(g2 >>> 2);
        long t0 = (h0 & ~take) | (g0 & take);
        long t1 = (h1 & ~take) | (g1 & take);
        long sum = t0 + pad0;
        LONGS.set(target, offset, sum);
        LONGS.set(target, offset + 8, t1 + pad1 + carry(sum, pad0));
    }

    /** 1 if a sum is less than one of the two numbers it was made of, so that it went beyond 64 bits. */
    private static long carry(long sum, long addend) {
        // the sign of the borrow of sum - addend
        return ((~sum & addend) | ((~sum | addend) & (sum - addend))) >>> 63;
    }

    private void blocks(byte[] data, int offset, int length, long high) {
        long a0 = h0;
        long a1 = h1;
        long a2 = h2;
        long k0 = r0;
        long k1 = r1;
        long k1Folded = r1Folded;
        for (int at = offset, end = offset + length; at < end; at += BLOCK) {
            long m0 = (long) LONGS.get(data, at);
            long m1 = (long) LONGS.get(data, at + 8);
            a0 += m0;
            long c = carry(a0, m0);
            a1 += m1;
            long c1 = carry(a1, m1);
            a1 += c;
            c1 += carry(a1, c);
            a2 += c1 + high;

            // d0 = a0 * r0 + a1 * 5/4 r1
            long low = a0 * k0;
            long add = a1 * k1Folded;
            long d0 = low + add;
            long d0High = Math.unsignedMultiplyHigh(a0, k0) + Math.unsignedMultiplyHigh(a1, k1Folded) + carry(d0, add);
            // d1 = a0 * r1 + a1 * r0 + a2 * 5/4 r1, and what d0 has beyond 64 bits
            low = a0 * k1;
            add = a1 * k0;
            long d1 = low + add;
            long d1High = Math.unsignedMultiplyHigh(a0, k1) + Math.unsignedMultiplyHigh(a1, k0) + carry(d1, add);
            add = a2 * k1Folded;
            d1 += add;
            d1High += carry(d1, add);
            d1 += d0High;
            d1High += carry(d1, d0High);
            long d2 = a2 * k0 + d1High;

            // what is beyond 130 bits comes back five times
            long fold = (d2 >>> 2) + (d2 & ~3L);
            a0 = d0 + fold;
            c = carry(a0, fold);
            a1 = d1 + c;
            a2 = (d2 & 3) + carry(a1, c);
        }
        h0 = a0;
        h1 = a1;
        h2 = a2;
    }
}
