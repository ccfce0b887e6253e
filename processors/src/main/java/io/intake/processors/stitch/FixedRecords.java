package io.intake.processors.stitch;

import io.intake.config.Layout.FixedColumn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts lines at places, counted in characters (code points). Blanks at a field's ends fill it up and are no part of it. A
 * line that ends before its last column does has fewer fields: it was cut, or its blanks were. Not thread-safe.
 */
final class FixedRecords extends LineRecords {
    private final List<FixedColumn> columns;
    private final int[] starts;
    private final int[] ends;
    private int fields;

    FixedRecords(RecordWindow window, List<FixedColumn> columns, @Nullable String comment) {
        super(window, comment);
        this.columns = List.copyOf(columns);
        this.starts = new int[columns.size()];
        this.ends = new int[columns.size()];
    }

    @Override
    boolean cut() throws IOException {
        byte[] bytes = window.bytes;
        int at = window.start;
        while (at < window.limit && bytes[at] != '\n' && bytes[at] != '\r') {
            at++;
        }
        if (at == window.limit && !window.ended()) {
            return false;
        }
        boolean ascii = Utf8.count(bytes, window.start, at) == at - window.start;
        fields = 0;
        for (FixedColumn column : columns) {
            int from = place(column.from() - 1, window.start, at, ascii);
            int to = from < 0 ? -1 : place(column.length(), from, at, ascii);
            if (to >= 0) {
                trimmed(fields++, from, to);
            }
        }
        return ends(at);
    }

    /** The place so many characters further; -1 if the line ends before it. */
    private int place(int characters, int from, int end, boolean ascii) {
        if (ascii) {
            return end - from < characters ? -1 : from + characters;
        }
        int at = from;
        for (int i = 0; i < characters; i++) {
            if (at == end) {
                return -1;
            }
            at++;
            while (at < end && (window.bytes[at] & 0xc0) == 0x80) {
                at++;
            }
        }
        return at;
    }

    private void trimmed(int field, int from, int to) {
        int first = from;
        int last = to;
        while (first < last && window.bytes[first] == ' ') {
            first++;
        }
        while (last > first && window.bytes[last - 1] == ' ') {
            last--;
        }
        starts[field] = first - window.start;
        ends[field] = last - window.start;
    }

    @Override
    public int size() {
        return fields;
    }

    @Override
    public boolean isEmpty(int field) {
        return field >= fields || starts[field] == ends[field];
    }

    @Override
    public String text(int field) {
        return isEmpty(field)
                ? ""
                : new String(
                        window.bytes,
                        window.start + starts[field],
                        ends[field] - starts[field],
                        StandardCharsets.UTF_8);
    }

    @Override
    public void write(int field, NdjsonBuffer target) {
        int from = isEmpty(field) ? 0 : starts[field];
        int to = isEmpty(field) ? 0 : ends[field];
        target.string(window.bytes, window.start + from, window.start + to);
    }
}
