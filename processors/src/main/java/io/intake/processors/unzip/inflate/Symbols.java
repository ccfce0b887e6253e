package io.intake.processors.unzip.inflate;

/** What the symbols of RFC 1951 (sections 3.2.5 and 3.2.7) stand for, as entries of a {@link HuffmanTable} without length. */
final class Symbols {
    static final int LITERAL = 1 << 31;
    static final int END_OF_BLOCK = 256;

    /** 286 and 287 take part in the fixed code but never occur. */
    static final int[] LITERALS = literals();

    /** 30 and 31 take part in the fixed code but never occur. */
    static final int[] DISTANCES = distances();

    static final int[] CODE_LENGTHS = codeLengths();

    private Symbols() {}

    private static int[] literals() {
        int[] entries = new int[288];
        for (int symbol = 0; symbol < END_OF_BLOCK; symbol++) {
            entries[symbol] = LITERAL | (symbol << 16);
        }
        entries[END_OF_BLOCK] = HuffmanTable.EXCEPTIONAL | HuffmanTable.END_OF_BLOCK;
        int base = 3;
        for (int symbol = 257; symbol < 285; symbol++) {
            int extra = symbol < 265 ? 0 : (symbol - 261) / 4;
            entries[symbol] = (base << 16) | extra;
            base += 1 << extra;
        }
        entries[285] = 258 << 16;
        entries[286] = HuffmanTable.EXCEPTIONAL;
        entries[287] = HuffmanTable.EXCEPTIONAL;
        return entries;
    }

    private static int[] distances() {
        int[] entries = new int[32];
        int base = 1;
        for (int symbol = 0; symbol < 30; symbol++) {
            int extra = symbol < 4 ? 0 : (symbol - 2) / 2;
            entries[symbol] = (base << 16) | extra;
            base += 1 << extra;
        }
        entries[30] = HuffmanTable.EXCEPTIONAL;
        entries[31] = HuffmanTable.EXCEPTIONAL;
        return entries;
    }

    /** 16, 17 and 18 repeat, and have 2, 3 and 7 extra bits. */
    private static int[] codeLengths() {
        int[] entries = new int[19];
        for (int symbol = 0; symbol < entries.length; symbol++) {
            int extra = switch (symbol) {
                case 16 -> 2;
                case 17 -> 3;
                case 18 -> 7;
                default -> 0;
            };
            entries[symbol] = (symbol << 16) | extra;
        }
        return entries;
    }
}
