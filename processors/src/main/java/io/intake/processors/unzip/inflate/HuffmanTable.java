package io.intake.processors.unzip.inflate;

import io.intake.processors.unzip.inflate.DeflateException.Fault;
import java.util.Arrays;

/**
 * A prefix code as a table that is indexed by the next bits: a primary table, and a secondary one behind it for each group of
 * longer codes. A table is rebuilt in place, so that a block costs no allocation.
 *
 * <p>An entry is an int: bit 31 says literal; bits 16 to 30 hold the literal, the smallest length or distance, or the place of
 * the secondary table; bit 15 says that it is none of these but {@link #SECONDARY}, {@link #END_OF_BLOCK} or, with neither,
 * no code; bits 8 to 11 hold the code's length, or the bits of the secondary table; bits 0 to 5 the code's length together
 * with its extra bits. (A shift of a long looks at no more than these six bits.) Not thread-safe while it is built.
 */
final class HuffmanTable {
    static final int EXCEPTIONAL = 1 << 15;
    static final int SECONDARY = 1 << 14;
    static final int END_OF_BLOCK = 1 << 13;

    /** Of the primary tables: what is looked up by as many bits is quick to build and stays in the processor's cache. */
    static final int LITERAL_BITS = 11;

    static final int DISTANCE_BITS = 8;

    private static final int MAX_LENGTH = 15;

    /** No code, found out after one bit: that is how much of a code that is not there zlib asks for. */
    private static final int INVALID = EXCEPTIONAL | (1 << 8) | 1;

    final int[] entries;
    private final int primaryBits;
    private final int[] symbols;
    private final Fault fault;
    private final boolean loneAllowed;
    private final int[] perLength = new int[MAX_LENGTH + 1];
    private final int[] nextCode = new int[MAX_LENGTH + 1];

    private HuffmanTable(int[] symbols, int primaryBits, int size, Fault fault, boolean loneAllowed) {
        this.symbols = symbols;
        this.primaryBits = primaryBits;
        this.entries = new int[size];
        this.fault = fault;
        this.loneAllowed = loneAllowed;
    }

    /**
     * For literals and lengths. A secondary table of b bits belongs to b + 1 codes or more, so 286 codes need 57 tables of 16
     * entries at most.
     */
    static HuffmanTable literals() {
        return new HuffmanTable(
                Symbols.LITERALS, LITERAL_BITS, (1 << LITERAL_BITS) + 58 * 16, Fault.LITERAL_CODE, true);
    }

    /** For distances. By the same reasoning, 30 codes need 4 secondary tables of 128 entries at most. */
    static HuffmanTable distances() {
        return new HuffmanTable(
                Symbols.DISTANCES, DISTANCE_BITS, (1 << DISTANCE_BITS) + 4 * 128, Fault.DISTANCE_CODE, true);
    }

    /** For code lengths, whose codes have 7 bits at most. */
    static HuffmanTable codeLengths() {
        return new HuffmanTable(Symbols.CODE_LENGTHS, 7, 128, Fault.CODE_LENGTH_CODE, false);
    }

    /**
     * Builds the table of a code.
     *
     * @param lengths in bits by symbol, 0 where a symbol is not used
     * @throws DeflateException if the lengths are over-subscribed or incomplete. As in zlib, a lone code of one bit is
     *     accepted for literals and distances, and so is no code at all; they fail where a missing code is used
     */
    void build(byte[] lengths, int from, int count) throws DeflateException {
        Arrays.fill(perLength, 0);
        for (int i = from; i < from + count; i++) {
            perLength[lengths[i]]++;
        }
        int used = count - perLength[0];
        perLength[0] = 0;
        int free = 1;
        int code = 0;
        for (int length = 1; length <= MAX_LENGTH; length++) {
            free = 2 * free - perLength[length];
            if (free < 0) {
                throw new DeflateException(fault);
            }
            code = (code + perLength[length - 1]) << 1;
            nextCode[length] = code;
        }
        if (free > 0) {
            requireLone(used);
            Arrays.fill(entries, 0, 1 << primaryBits, INVALID);
        }
        fill(lengths, from, count);
    }

    private void requireLone(int used) throws DeflateException {
        boolean lone = used == 0 || (used == 1 && perLength[1] == 1);
        if (!lone || !loneAllowed) {
            throw new DeflateException(fault);
        }
    }

    private void fill(byte[] lengths, int from, int count) {
        boolean secondary = false;
        for (int symbol = 0; symbol < count; symbol++) {
            int length = lengths[from + symbol];
            if (length > primaryBits) {
                secondary = true;
            } else if (length > 0) {
                int reversed = reverse(nextCode[length]++, length);
                int entry = entry(symbol, length);
                for (int i = reversed; i < 1 << primaryBits; i += 1 << length) {
                    entries[i] = entry;
                }
            }
        }
        if (secondary) {
            fillSecondary(lengths, from, count);
        }
    }

    /** Codes in order of length, the longest first: so the first one of a group says how large its table is. */
    private void fillSecondary(byte[] lengths, int from, int count) {
        int next = 1 << primaryBits;
        int mask = next - 1;
        for (int length = MAX_LENGTH; length > primaryBits; length--) {
            if (perLength[length] == 0) {
                continue;
            }
            int first = nextCode[length];
            for (int i = 0; i < perLength[length]; i++) {
                // what an earlier block left here must not be taken for this block's
                entries[reverse(first + i, length) & mask] = 0;
            }
        }
        for (int length = MAX_LENGTH; length > primaryBits; length--) {
            for (int symbol = 0; symbol < count && perLength[length] > 0; symbol++) {
                if (lengths[from + symbol] == length) {
                    int reversed = reverse(nextCode[length]++, length);
                    int bits = length - primaryBits;
                    if (entries[reversed & mask] == 0) {
                        entries[reversed & mask] = (next << 16) | EXCEPTIONAL | SECONDARY | (bits << 8) | primaryBits;
                        next += 1 << bits;
                    }
                    fillGroup(entries[reversed & mask], reversed >>> primaryBits, bits, entry(symbol, bits));
                }
            }
        }
    }

    private void fillGroup(int pointer, int reversed, int bits, int entry) {
        int base = pointer >>> 16;
        for (int i = reversed; i < 1 << ((pointer >>> 8) & 15); i += 1 << bits) {
            entries[base + i] = entry;
        }
    }

    private int entry(int symbol, int length) {
        return symbols[symbol] + (length << 8) + length;
    }

    private static int reverse(int code, int length) {
        return Integer.reverse(code) >>> (32 - length);
    }
}
