package io.intake.processors.stitch;

/** Finds where bytes cease to be UTF-8 (The Unicode Standard, table 3-7). Pure. */
final class Utf8 {
    private Utf8() {}

    /** How far the bytes are whole characters: the offset of the first byte of what is none, or the end. */
    static int whole(byte[] bytes, int from, int to) {
        int at = ascii(bytes, from, to);
        while (at < to) {
            int length = length(bytes, at, to);
            if (length <= 0) {
                return at;
            }
            at += length;
            if (at < to && bytes[at] >= 0) {
                at = ascii(bytes, at, to);
            }
        }
        return to;
    }

    /** How far the bytes are ASCII: the offset of the first byte that is not, or the end. */
    static int ascii(byte[] bytes, int from, int to) {
        int at = from;
        while (to - at >= 8 * Long.BYTES && isAscii(bytes, at)) {
            at += 8 * Long.BYTES;
        }
        while (to - at >= Long.BYTES) {
            long high = Words.at(bytes, at) & Words.HIGH;
            if (high != 0) {
                return at + Words.first(high);
            }
            at += Long.BYTES;
        }
        while (at < to && bytes[at] >= 0) {
            at++;
        }
        return at;
    }

    private static boolean isAscii(byte[] bytes, int at) {
        long all = Words.at(bytes, at)
                | Words.at(bytes, at + Long.BYTES)
                | Words.at(bytes, at + 2 * Long.BYTES)
                | Words.at(bytes, at + 3 * Long.BYTES)
                | Words.at(bytes, at + 4 * Long.BYTES)
                | Words.at(bytes, at + 5 * Long.BYTES)
                | Words.at(bytes, at + 6 * Long.BYTES)
                | Words.at(bytes, at + 7 * Long.BYTES);
        return (all & Words.HIGH) == 0;
    }

    /** Whether the bytes up to the end may be the beginning of a character. */
    static boolean unfinished(byte[] bytes, int from, int to) {
        return length(bytes, from, to) < 0;
    }

    /** The length of the character; 0 if there is none, -1 if it is not whole. */
    private static int length(byte[] bytes, int at, int to) {
        int lead = bytes[at] & 0xff;
        if (lead < 0x80) {
            return 1;
        }
        if (lead < 0xc2 || lead > 0xf4) {
            return 0;
        }
        int length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        if (at + 1 == to) {
            return -1;
        }
        int second = bytes[at + 1] & 0xff;
        int least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        int most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if (second < least || second > most) {
            return 0;
        }
        for (int i = 2; i < length; i++) {
            if (at + i == to) {
                return -1;
            }
            if ((bytes[at + i] & 0xc0) != 0x80) {
                return 0;
            }
        }
        return length;
    }

    /** How many characters (code points) there are. */
    static int count(byte[] bytes, int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            count += (bytes[i] & 0xc0) != 0x80 ? 1 : 0;
        }
        return count;
    }

    /** How many of them are of four bytes: two units each in UTF-16. */
    static int countLong(byte[] bytes, int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            count += (bytes[i] & 0xf8) == 0xf0 ? 1 : 0;
        }
        return count;
    }
}
