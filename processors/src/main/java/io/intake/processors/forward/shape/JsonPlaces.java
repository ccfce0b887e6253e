package io.intake.processors.forward.shape;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Finds values in a template of JSON that are not where their escapes protect: outside of quotes a value could become
 * members of its own. There only {@code number} and {@code json} may stand, which write whole JSON values. Pure.
 */
final class JsonPlaces {
    private static final Set<String> WHOLE = Set.of("json", "number");

    private JsonPlaces() {}

    /** What is wrong, with the line; empty if nothing is. */
    static List<String> problems(String template) {
        List<String> problems = new ArrayList<>();
        boolean quoted = false;
        int line = 1;
        int i = 0;
        while (i < template.length()) {
            char c = template.charAt(i);
            if (template.startsWith("{{", i)) {
                int end = end(template, i);
                String tag = template.substring(Math.min(i + 2, end), end)
                        .replace("~", "")
                        .strip();
                if (isValue(tag)) {
                    boolean whole = WHOLE.contains(tag.split("\\s", 2)[0]);
                    if (whole && quoted) {
                        problems.add("line " + line + ": 'number' and 'json' bring their quotes along");
                    } else if (!whole && !quoted) {
                        problems.add(
                                "line " + line + ": a value must be in quotes, or be written by 'number' or 'json'");
                    }
                }
                line += (int) template.substring(i, end)
                        .chars()
                        .filter(each -> each == '\n')
                        .count();
                i = Math.min(template.length(), end + 2);
                continue;
            }
            if (c == '\\' && quoted) {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == '\n') {
                line++;
            }
            i++;
        }
        return problems;
    }

    private static int end(String template, int begin) {
        boolean comment = template.startsWith("{{!--", begin) || template.startsWith("{{~!--", begin);
        int end = template.indexOf(comment ? "--}}" : "}}", begin);
        return end < 0 ? template.length() : comment ? end + 2 : end;
    }

    private static boolean isValue(String tag) {
        return !tag.isEmpty() && "#/^!".indexOf(tag.charAt(0)) < 0 && !tag.equals("else") && !tag.startsWith("else ");
    }
}
