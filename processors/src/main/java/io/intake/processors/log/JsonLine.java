package io.intake.processors.log;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds one JSON object on one line. A name that comes twice is written once, with its first value. Not thread-safe. */
public final class JsonLine {
    private final StringBuilder text = new StringBuilder(256).append('{');
    private final Set<String> names = new HashSet<>();

    /** Adds a text; nothing where it is null. */
    public JsonLine add(String name, @Nullable String value) {
        if (value != null && name(name)) {
            quoted(value);
        }
        return this;
    }

    /** Adds a whole number. */
    public JsonLine add(String name, long value) {
        if (name(name)) {
            text.append(value);
        }
        return this;
    }

    /** Adds a number or truth value as such, anything else as text. */
    public JsonLine addValue(String name, @Nullable Object value) {
        // No switch over types: linking its first one costs a cold start more than the rest of the line
        if (value instanceof Long || value instanceof Integer) {
            return add(name, ((Number) value).longValue());
        }
        return value instanceof Boolean
                ? addRaw(name, value.toString())
                : add(name, value == null ? null : value.toString());
    }

    /** Adds each as a text. */
    public JsonLine addAll(@Nullable Map<String, String> values) {
        if (values != null) {
            values.forEach(this::add);
        }
        return this;
    }

    /**
     * Adds JSON.
     *
     * @param json written as it is
     */
    public JsonLine addRaw(String name, String json) {
        if (name(name)) {
            text.append(json);
        }
        return this;
    }

    private boolean name(String name) {
        if (!names.add(name)) {
            return false;
        }
        if (text.length() > 1) {
            text.append(',');
        }
        quoted(name);
        text.append(':');
        return true;
    }

    private void quoted(String value) {
        text.append('"');
        for (int at = 0; at < value.length(); at++) {
            char character = value.charAt(at);
            switch (character) {
                case '"', '\\' -> text.append('\\').append(character);
                case '\n' -> text.append("\\n");
                case '\t' -> text.append("\\t");
                default -> {
                    if (isLone(value, at)) {
                        // no Unicode, which readers of JSON refuse
                        text.append('\ufffd');
                    } else if (character >= 0x20 && character != 0x7f && character != 0x2028 && character != 0x2029) {
                        text.append(character);
                    } else {
                        escape(character);
                    }
                }
            }
        }
        text.append('"');
    }

    private static boolean isLone(String value, int at) {
        char character = value.charAt(at);
        if (Character.isHighSurrogate(character)) {
            return at + 1 == value.length() || !Character.isLowSurrogate(value.charAt(at + 1));
        }
        return Character.isLowSurrogate(character) && (at == 0 || !Character.isHighSurrogate(value.charAt(at - 1)));
    }

    private void escape(char character) {
        text.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            text.append(Character.forDigit(character >> shift & 0xf, 16));
        }
    }

    /** The line, which ends with this. */
    @Override
    public String toString() {
        return text.append('}').toString();
    }
}
