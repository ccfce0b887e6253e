package io.intake.processors.join;

import java.nio.charset.StandardCharsets;

/** Writes rows that a join leaves out as lines of the rejects file, with what is nested in them. Immutable. */
final class RejectLines {
    private static final byte[] VALUES = "\"}],\"values\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "}\n".getBytes(StandardCharsets.US_ASCII);

    private final byte[] head;

    /** @param column the first of the columns by which rows of the table belong to others */
    RejectLines(String table, String column) {
        Bytes start = new Bytes(64);
        start.add("{\"table\":".getBytes(StandardCharsets.US_ASCII));
        start.add(KeyColumns.quoted(table));
        start.add(",\"problems\":[{\"column\":".getBytes(StandardCharsets.US_ASCII));
        start.add(KeyColumns.quoted(column));
        start.add(",\"code\":\"".getBytes(StandardCharsets.US_ASCII));
        this.head = start.toArray();
    }

    void add(String code, Row row, Bytes target) {
        target.add(head);
        target.add(code.getBytes(StandardCharsets.US_ASCII));
        target.add(VALUES);
        target.add(row.json());
        target.add(END);
    }
}
