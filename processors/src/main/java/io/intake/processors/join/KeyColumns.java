package io.intake.processors.join;

import io.intake.processors.stitch.NdjsonBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the key of a row in its JSON without parsing more of it than needed: our own rows, written by {@link
 * io.intake.processors.stitch.NdjsonRow} with nothing between their tokens. Immutable and pure.
 */
final class KeyColumns {
    private final byte[][] names;

    /** @param names of the columns, in the order in which their values make the key */
    KeyColumns(List<String> names) {
        this.names = names.stream().map(KeyColumns::quoted).toArray(byte[][]::new);
    }

    /** A text as a JSON string. */
    static byte[] quoted(String text) {
        NdjsonBuffer buffer = new NdjsonBuffer();
        buffer.string(text);
        return buffer.toByteArray();
    }

    /** The key; null where one of its columns is missing or blank: nothing, or nothing but spaces, tabs and line ends. */
    @Nullable
    RowKey of(byte[] json) {
        return of(json, 0);
    }

    /**
     * The same of a row that stands behind something else.
     *
     * @param begin where the object begins
     */
    @Nullable
    RowKey of(byte[] json, int begin) {
        int[] from = new int[names.length];
        int[] to = new int[names.length];
        int found = 0;
        for (int at = begin + 1; json[at] != '}' && found < names.length; ) {
            int nameEnd = stringEnd(json, at);
            int valueEnd = valueEnd(json, nameEnd + 1);
            int column = column(json, at, nameEnd);
            if (column >= 0) {
                from[column] = nameEnd + 1;
                to[column] = valueEnd;
                found++;
            }
            at = json[valueEnd] == ',' ? valueEnd + 1 : valueEnd;
        }
        return found < names.length ? null : key(json, from, to);
    }

    private @Nullable RowKey key(byte[] json, int[] from, int[] to) {
        int length = 0;
        for (int i = 0; i < names.length; i++) {
            if (blank(json, from[i] + 1, to[i] - 1)) {
                return null;
            }
            length += to[i] - from[i] - 1;
        }
        byte[] values = new byte[length];
        int at = 0;
        for (int i = 0; i < names.length; i++) {
            int size = to[i] - from[i] - 2;
            System.arraycopy(json, from[i] + 1, values, at, size);
            at += size + 1;
        }
        return new RowKey(values);
    }

    private int column(byte[] json, int from, int to) {
        for (int i = 0; i < names.length; i++) {
            if (Arrays.equals(json, from, to, names[i], 0, names[i].length)) {
                return i;
            }
        }
        return -1;
    }

    /** Whether a row has a field of one of the names. */
    boolean occursIn(byte[] json) {
        for (int at = 1; json[at] != '}'; ) {
            int nameEnd = stringEnd(json, at);
            if (column(json, at, nameEnd) >= 0) {
                return true;
            }
            int valueEnd = valueEnd(json, nameEnd + 1);
            at = json[valueEnd] == ',' ? valueEnd + 1 : valueEnd;
        }
        return false;
    }

    private static boolean blank(byte[] json, int from, int to) {
        for (int i = from; i < to; i++) {
            boolean escaped = json[i] == '\\' && (json[i + 1] == 't' || json[i + 1] == 'n' || json[i + 1] == 'r');
            if (escaped) {
                i++;
            } else if (json[i] != ' ') {
                return false;
            }
        }
        return true;
    }

    /** The place behind a string that begins at a place. */
    private static int stringEnd(byte[] json, int from) {
        int at = from + 1;
        while (json[at] != '"') {
            at += json[at] == '\\' ? 2 : 1;
        }
        return at + 1;
    }

    /** The place behind a value: a string, or a list that an earlier step nested. */
    private static int valueEnd(byte[] json, int from) {
        if (json[from] == '"') {
            return stringEnd(json, from);
        }
        int depth = 0;
        int at = from;
        do {
            switch (json[at]) {
                case '"' -> at = stringEnd(json, at) - 1;
                case '[', '{' -> depth++;
                case ']', '}' -> depth--;
                default -> {}
            }
            at++;
        } while (depth > 0);
        return at;
    }
}
