package io.intake.processors.unzip.inflate;

import java.util.Arrays;

/** The two codes of a block. Not thread-safe while they are built. */
final class Codes {
    /** The codes of block type 1 (RFC 1951, section 3.2.6); never built again. */
    static final Codes FIXED = fixed();

    final HuffmanTable literals = HuffmanTable.literals();
    final HuffmanTable distances = HuffmanTable.distances();

    /** Builds both; the distances' lengths lie behind those of the literals. */
    void build(byte[] lengths, int literalCount, int distanceCount) throws DeflateException {
        literals.build(lengths, 0, literalCount);
        distances.build(lengths, literalCount, distanceCount);
    }

    private static Codes fixed() {
        byte[] lengths = new byte[288 + 32];
        Arrays.fill(lengths, 0, 144, (byte) 8);
        Arrays.fill(lengths, 144, 256, (byte) 9);
        Arrays.fill(lengths, 256, 280, (byte) 7);
        Arrays.fill(lengths, 280, 288, (byte) 8);
        Arrays.fill(lengths, 288, 320, (byte) 5);
        Codes codes = new Codes();
        try {
            codes.build(lengths, 288, 32);
        } catch (DeflateException impossible) {
            throw new IllegalStateException(impossible);
        }
        return codes;
    }
}
