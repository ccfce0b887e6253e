package io.intake.processors.unzip.inflate;

import io.intake.processors.unzip.inflate.DeflateException.Fault;
import java.util.Arrays;

/**
 * The header of a block of type 2 (RFC 1951, section 3.2.7), read as far as the input goes and then further. Its fields are
 * what {@link InflaterState} saves. Not thread-safe.
 */
final class DynamicHeader {
    private static final int MAX_LITERALS = 286;
    private static final int MAX_DISTANCES = 30;
    private static final int[] ORDER = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

    final byte[] lengths = new byte[MAX_LITERALS + MAX_DISTANCES];
    final byte[] codeLengths = new byte[ORDER.length];

    /** 0 before the counts are read. */
    int literalCount;

    int distanceCount;
    int codeLengthCount;

    /** Whether {@link #codeLengths} is complete, so that {@link #have} counts {@link #lengths}. */
    boolean coded;

    /** How many of the lengths at hand are known. */
    int have;

    private final HuffmanTable code = HuffmanTable.codeLengths();

    void begin() {
        literalCount = 0;
        coded = false;
        have = 0;
    }

    /** Makes ready what follows from the fields, after they were restored. */
    void restored() throws DeflateException {
        if (coded) {
            code.build(codeLengths, 0, codeLengths.length);
        }
    }

    /** Goes on reading; false if the input ends before the header. */
    boolean read(BitReader in) throws DeflateException {
        return readCounts(in) && readCode(in) && readLengths(in);
    }

    private boolean readCounts(BitReader in) throws DeflateException {
        if (literalCount > 0) {
            return true;
        }
        if (!in.has(14)) {
            return false;
        }
        literalCount = in.take(5) + 257;
        distanceCount = in.take(5) + 1;
        codeLengthCount = in.take(4) + 4;
        if (literalCount > MAX_LITERALS || distanceCount > MAX_DISTANCES) {
            throw new DeflateException(Fault.TOO_MANY_CODES);
        }
        Arrays.fill(codeLengths, (byte) 0);
        return true;
    }

    private boolean readCode(BitReader in) throws DeflateException {
        if (coded) {
            return true;
        }
        while (have < codeLengthCount) {
            if (!in.has(3)) {
                return false;
            }
            codeLengths[ORDER[have++]] = (byte) in.take(3);
        }
        code.build(codeLengths, 0, codeLengths.length);
        coded = true;
        have = 0;
        return true;
    }

    private boolean readLengths(BitReader in) throws DeflateException {
        int all = literalCount + distanceCount;
        while (have < all) {
            in.refill();
            int entry = code.entries[(int) in.buffer & 127];
            int bits = entry & 63;
            // where the code itself is cut off, so are the bits that the entry was found by; it is longer than they are
            if (bits > in.count) {
                return false;
            }
            int codeBits = (entry >>> 8) & 15;
            in.drop(codeBits);
            add(entry >>> 16, in.take(bits - codeBits), all);
        }
        if (lengths[Symbols.END_OF_BLOCK] == 0) {
            throw new DeflateException(Fault.NO_END_OF_BLOCK);
        }
        return true;
    }

    private void add(int symbol, int extra, int all) throws DeflateException {
        if (symbol < 16) {
            lengths[have++] = (byte) symbol;
            return;
        }
        int times = extra + (symbol == 18 ? 11 : 3);
        if (have + times > all || (symbol == 16 && have == 0)) {
            throw new DeflateException(Fault.REPEAT);
        }
        byte repeated = symbol == 16 ? lengths[have - 1] : 0;
        Arrays.fill(lengths, have, have + times, repeated);
        have += times;
    }
}
