package io.intake.processors.unzip.inflate;

import java.io.ByteArrayOutputStream;

/** Writes bits, the lowest of a byte first. */
final class BitWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int current;
    private int count;

    /** A number, its lowest bit first. */
    BitWriter number(int value, int bits) {
        for (int i = 0; i < bits; i++) {
            current |= ((value >>> i) & 1) << count;
            if (++count == 8) {
                bytes.write(current);
                current = 0;
                count = 0;
            }
        }
        return this;
    }

    /** A Huffman code, its highest bit first. */
    BitWriter code(int value, int bits) {
        for (int i = bits - 1; i >= 0; i--) {
            number(value >>> i, 1);
        }
        return this;
    }

    /** The beginning of a last block of type 2. */
    BitWriter dynamic(int literals, int distances, int codeLengths) {
        return number(1, 1)
                .number(2, 2)
                .number(literals - 257, 5)
                .number(distances - 1, 5)
                .number(codeLengths - 4, 4);
    }

    /** A dynamic header whose lengths are written as they are, four bits each. */
    BitWriter lengths(int[] literals, int[] distances) {
        dynamic(literals.length, distances.length, 19);
        number(0, 9);
        for (int i = 0; i < 16; i++) {
            number(4, 3);
        }
        for (int length : literals) {
            code(length, 4);
        }
        for (int length : distances) {
            code(length, 4);
        }
        return this;
    }

    byte[] bytes() {
        if (count > 0) {
            number(0, 8 - count);
        }
        return bytes.toByteArray();
    }
}
