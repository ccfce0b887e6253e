package io.intake.processors.status;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An HTML element. What is put into it is text and is escaped, whatever it holds: there is no way to put markup into it but
 * as elements. A template language would need the opposite to be remembered at each place. Immutable once it is written.
 */
final class Html {
    /** Elements without content or end tag (HTML Standard, "Void elements"). */
    private static final Set<String> VOID = Set.of("br", "input", "link", "meta");

    private final String tag;
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final List<Object> children = new ArrayList<>();

    private Html(String tag) {
        this.tag = tag;
    }

    /**
     * An element.
     *
     * @param children elements, lists of them, or anything else, whose text is taken
     */
    static Html of(String tag, Object... children) {
        return new Html(tag).add(children);
    }

    /** Sets an attribute. */
    Html with(String name, String value) {
        attributes.put(name, value);
        return this;
    }

    /** Sets an attribute that is there or not. */
    Html with(String name, boolean present) {
        if (present) {
            attributes.put(name, "");
        }
        return this;
    }

    Html add(Object... more) {
        for (Object child : more) {
            if (child instanceof List<?> several) {
                children.addAll(several);
            } else {
                children.add(child);
            }
        }
        return this;
    }

    /** A whole document. */
    String document() {
        StringBuilder out = new StringBuilder("<!doctype html>\n");
        write(out);
        return out.append('\n').toString();
    }

    private void write(StringBuilder out) {
        out.append('<').append(tag);
        attributes.forEach((name, value) -> {
            out.append(' ').append(name).append("=\"");
            escape(value, out);
            out.append('"');
        });
        out.append('>');
        if (VOID.contains(tag)) {
            return;
        }
        for (Object child : children) {
            if (child instanceof Html element) {
                element.write(out);
            } else if (tag.equals("style")) {
                // Raw text in HTML; only our own constant is ever put here
                out.append(child);
            } else {
                escape(child.toString(), out);
            }
        }
        out.append("</").append(tag).append('>');
    }

    private static void escape(String text, StringBuilder out) {
        for (int at = 0; at < text.length(); at++) {
            char character = text.charAt(at);
            switch (character) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(character);
            }
        }
    }
}
