package io.intake.processors.forward.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.processors.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Rows as RFC 4180 has them: a line of the columns' names, then a line for each record, lines ended by CR LF. Columns are all
 * that any of the records has, in the order of their first occurrence; what a record lacks, or has as null, is empty. Pure.
 */
final class CsvBody {
    private CsvBody() {}

    /** A record holds others, or is none. */
    static final class NotTabular extends Exception {
        private static final long serialVersionUID = 1;

        NotTabular() {
            super("a record is no row");
        }
    }

    static byte[] of(List<byte[]> records) throws NotTabular {
        List<JsonNode> rows = new ArrayList<>(records.size());
        Set<String> columns = new LinkedHashSet<>();
        for (byte[] each : records) {
            JsonNode row = row(each);
            row.fieldNames().forEachRemaining(columns::add);
            rows.add(row);
        }
        StringBuilder text = new StringBuilder();
        line(text, columns.iterator());
        for (JsonNode row : rows) {
            List<String> values = new ArrayList<>(columns.size());
            for (String column : columns) {
                values.add(value(row.path(column)));
            }
            line(text, values.iterator());
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static JsonNode row(byte[] record) throws NotTabular {
        try {
            JsonNode row = Json.exact().readTree(record);
            if (row.isObject()) {
                return row;
            }
        } catch (IOException notJson) {
            // Falls through
        }
        throw new NotTabular();
    }

    private static String value(JsonNode value) throws NotTabular {
        if (value.isContainerNode()) {
            throw new NotTabular();
        }
        return value.isNull() ? "" : value.asText();
    }

    private static void line(StringBuilder text, Iterator<String> values) {
        int begin = text.length();
        String separator = "";
        while (values.hasNext()) {
            text.append(separator);
            field(text, values.next());
            separator = ",";
        }
        if (text.length() == begin) {
            // A line with nothing in it would be taken for none
            text.append("\"\"");
        }
        text.append("\r\n");
    }

    private static void field(StringBuilder text, String value) {
        boolean quoted = value.chars().anyMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n')
                || !value.equals(value.strip());
        if (quoted) {
            text.append('"').append(value.replace("\"", "\"\"")).append('"');
        } else {
            text.append(value);
        }
    }
}
