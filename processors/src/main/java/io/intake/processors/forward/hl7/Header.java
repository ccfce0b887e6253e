package io.intake.processors.forward.hl7;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The fields of a header segment, numbered as in the standard: MSH-1 is the separator itself. Bytes are taken for ISO-8859-1,
 * so that what is not changed stays as it is in whatever charset. Not thread-safe.
 */
final class Header {
    /** No more fields than this are in any version. */
    private static final int MOST = 200;

    private final char separator;
    private final List<String> fields;

    private Header(char separator, List<String> fields) {
        this.separator = separator;
        this.fields = fields;
    }

    /** Reads an MSH segment. */
    static Header of(byte[] segment) throws UnsendableException {
        String text = new String(segment, StandardCharsets.ISO_8859_1);
        // Separator and four encoding characters; 2.7 has a fifth
        if (text.length() < 8 || !text.startsWith("MSH") || text.charAt(3) < '!') {
            throw new UnsendableException("MESSAGE_HEADER_INVALID");
        }
        char separator = text.charAt(3);
        List<String> fields = new ArrayList<>();
        int from = 4;
        for (int next = text.indexOf(separator, from); next >= 0; next = text.indexOf(separator, from)) {
            fields.add(text.substring(from, next));
            from = next + 1;
        }
        fields.add(text.substring(from));
        if (fields.getFirst().isEmpty() || fields.size() > MOST) {
            throw new UnsendableException("MESSAGE_HEADER_INVALID");
        }
        return new Header(separator, fields);
    }

    /** A field, 2 being the first; empty if there is none, or if it is HL7's null. */
    String field(int number) {
        int index = number - 2;
        String value = index < fields.size() ? fields.get(index).strip() : "";
        return value.equals("\"\"") ? "" : value;
    }

    /** A field's first component. */
    String component(int number) {
        String value = field(number);
        int end = value.indexOf(fields.getFirst().charAt(0));
        return end < 0 ? value : value.substring(0, end);
    }

    void set(int number, String value) {
        while (fields.size() < number - 1) {
            fields.add("");
        }
        fields.set(number - 2, value);
    }

    byte[] bytes() {
        return ("MSH" + separator + String.join(String.valueOf(separator), fields))
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
