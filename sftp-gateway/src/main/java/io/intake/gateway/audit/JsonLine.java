package io.intake.gateway.audit;

import org.jspecify.annotations.Nullable;

/** Builds one JSON object on one line. Not thread-safe. */
final class JsonLine {
    private final StringBuilder text = new StringBuilder("{");

    /** Adds a text; nothing where it is null. */
    JsonLine add(String name, @Nullable String value) {
        if (value != null) {
            name(name).append('"');
            value.codePoints().forEach(this::escape);
            text.append('"');
        }
        return this;
    }

    JsonLine add(String name, long value) {
        name(name).append(value);
        return this;
    }

    private StringBuilder name(String name) {
        if (text.length() > 1) {
            text.append(',');
        }
        return text.append('"').append(name).append("\":");
    }

    private void escape(int character) {
        if (character == '"' || character == '\\') {
            text.append('\\').appendCodePoint(character);
        } else if (character < 0x20 || character == 0x7f) {
            text.append("\\u%04x".formatted(character));
        } else {
            text.appendCodePoint(character);
        }
    }

    @Override
    public String toString() {
        return text + "}";
    }
}
