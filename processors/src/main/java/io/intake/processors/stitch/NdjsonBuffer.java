package io.intake.processors.stitch;

import io.intake.store.Content;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * JSON text as UTF-8 in memory that grows as needed. Written by hand because a tree or a generator per row costs more than
 * parsing it. The same calls give the same bytes. Not thread-safe.
 */
public final class NdjsonBuffer {
    /** Longest escape of one character, in bytes. */
    private static final int WIDEST = 6;

    private static final int RUN = 4_096;
    private static final long QUOTES = Words.repeat('"');
    private static final long BACKSLASHES = Words.repeat('\\');
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private byte[] bytes = new byte[1 << 14];
    private int size;

    /** In bytes. */
    int size() {
        return size;
    }

    /** What was written; valid until the next write. */
    Content content() {
        return Content.of(ByteBuffer.wrap(bytes, 0, size));
    }

    /** A copy of what was written. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    void clear() {
        size = 0;
    }

    void raw(char ascii) {
        ensure(1);
        bytes[size++] = (byte) ascii;
    }

    void raw(byte[] text) {
        ensure(text.length);
        System.arraycopy(text, 0, bytes, size, text.length);
        size += text.length;
    }

    /** A JSON string with its quotes. Half a surrogate pair, which is no character, is kept as an escape. */
    public void string(String text) {
        raw('"');
        int length = text.length();
        int from = 0;
        while (from < length) {
            int to = Math.min(length, from + RUN);
            if (to < length && Character.isHighSurrogate(text.charAt(to - 1))) {
                to++;
            }
            ensure((to - from) * WIDEST);
            for (int i = from; i < to; i++) {
                i = character(text, i, to);
            }
            from = to;
        }
        raw('"');
    }

    /** A JSON string of text that is UTF-8 already. */
    void string(byte[] text, int from, int to) {
        raw('"');
        int at = from;
        while (at < to) {
            int end = Math.min(to, at + RUN);
            ensure((end - at) * WIDEST + Long.BYTES);
            while (at < end) {
                at += text.length - at >= Long.BYTES ? word(text, at, end) : single(text[at]);
            }
        }
        raw('"');
    }

    /** Writes up to eight bytes, up to one that must be escaped, or that one; returns how many. */
    private int word(byte[] text, int at, int end) {
        long word = Words.at(text, at);
        long marks = Words.below(word, ' ') | Words.equal(word, QUOTES) | Words.equal(word, BACKSLASHES);
        int plain = Math.min(end - at, marks == 0 ? Long.BYTES : Words.first(marks));
        if (plain == 0) {
            escape((char) text[at]);
            return 1;
        }
        // There is room for all eight; those that are too many are written over
        Words.put(bytes, size, word);
        size += plain;
        return plain;
    }

    private int single(byte value) {
        if (value >= 0 && (value < ' ' || value == '"' || value == '\\')) {
            escape((char) value);
        } else {
            bytes[size++] = value;
        }
        return 1;
    }

    /** Writes the character at a place for which there is room; returns the place of its last half. */
    private int character(String text, int at, int end) {
        char c = text.charAt(at);
        if (c < 0x80) {
            if (c >= ' ' && c != '"' && c != '\\') {
                bytes[size++] = (byte) c;
            } else {
                escape(c);
            }
        } else if (c < 0x800) {
            bytes[size++] = (byte) (0xc0 | (c >> 6));
            bytes[size++] = (byte) (0x80 | (c & 0x3f));
        } else if (!Character.isSurrogate(c)) {
            bytes[size++] = (byte) (0xe0 | (c >> 12));
            bytes[size++] = (byte) (0x80 | (c >> 6 & 0x3f));
            bytes[size++] = (byte) (0x80 | (c & 0x3f));
        } else if (at + 1 < end && Character.isSurrogatePair(c, text.charAt(at + 1))) {
            int point = Character.toCodePoint(c, text.charAt(at + 1));
            bytes[size++] = (byte) (0xf0 | (point >> 18));
            bytes[size++] = (byte) (0x80 | (point >> 12 & 0x3f));
            bytes[size++] = (byte) (0x80 | (point >> 6 & 0x3f));
            bytes[size++] = (byte) (0x80 | (point & 0x3f));
            return at + 1;
        } else {
            unicodeEscape(c);
        }
        return at;
    }

    private void escape(char c) {
        char letter = switch (c) {
            case '"', '\\' -> c;
            case '\b' -> 'b';
            case '\t' -> 't';
            case '\n' -> 'n';
            case '\f' -> 'f';
            case '\r' -> 'r';
            default -> 0;
        };
        if (letter == 0) {
            unicodeEscape(c);
        } else {
            bytes[size++] = '\\';
            bytes[size++] = (byte) letter;
        }
    }

    private void unicodeEscape(char c) {
        bytes[size++] = '\\';
        bytes[size++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
            bytes[size++] = HEX[c >> shift & 0xf];
        }
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            long wanted = Math.max(size + (long) more, bytes.length + (bytes.length >> 1));
            bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
        }
    }
}
