package io.intake.config;

import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads regular expressions of {@link Pattern}. Pure. */
final class Regexes {
    /** Compiling recurses into groups, so that length is stack; the JDK reports an exhausted one as a syntax error. */
    private static final int MAX_LENGTH = 1_000;

    private Regexes() {}

    /** A regular expression that compiles. */
    static Optional<Pattern> regex(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).flatMap(text -> {
            if (text.length() > MAX_LENGTH) {
                problems.add(node, "'" + key + "' is longer than 1,000 characters");
                return Optional.empty();
            }
            try {
                return Optional.of(Pattern.compile(text));
            } catch (PatternSyntaxException broken) {
                String place = broken.getIndex() < 0 ? "" : " near character " + (broken.getIndex() + 1);
                problems.add(node, "'" + key + "' is no regular expression: " + broken.getDescription() + place);
                return Optional.empty();
            }
        });
    }
}
