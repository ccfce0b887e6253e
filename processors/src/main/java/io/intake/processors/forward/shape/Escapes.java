package io.intake.processors.forward.shape;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** How a value is written so that it stays a value, whatever it holds. Pure. */
final class Escapes {
    private Escapes() {}

    static CharSequence of(Shaped.Kind kind, CharSequence value) {
        return switch (kind) {
            case JSON -> new String(JsonStringEncoder.getInstance().quoteAsString(value.toString()));
            case HL7 -> hl7(value);
            case XML -> xml(value);
            case TXT -> value;
        };
    }

    /**
     * HL7 v2.5.1, 2.7: the usual delimiters by their letters, line breaks by their codes.
     */
    private static CharSequence hl7(CharSequence value) {
        StringBuilder out = new StringBuilder(value.length() + 16);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '|' -> out.append("\\F\\");
                case '^' -> out.append("\\S\\");
                case '&' -> out.append("\\T\\");
                case '~' -> out.append("\\R\\");
                case '\\' -> out.append("\\E\\");
                default -> {
                    if (c < ' ' || c == 127) {
                        out.append("\\X").append("%02X".formatted((int) c)).append('\\');
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out;
    }

    /** XML 1.0, 2.2 and 2.4. What no document can hold is refused. */
    private static CharSequence xml(CharSequence value) {
        StringBuilder out = new StringBuilder(value.length() + 16);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&apos;");
                case '\t', '\n', '\r' -> out.append("&#").append((int) c).append(';');
                default -> {
                    if (c < ' ' || c == 0xfffe || c == 0xffff) {
                        throw new IllegalArgumentException("no character of XML");
                    }
                    out.append(c);
                }
            }
        }
        return out;
    }
}
