package io.intake.config;

import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Turns a text into YAML nodes within limits, so that no document exhausts the stack, memory or time.
 *
 * <p>The library's messages quote the text around a mistake, which may hold a secret; none of them is passed on.
 */
final class YamlDocument {
    /** In UTF-16 units: some thousand feeds. */
    static final int MAX_LENGTH = 1 << 20;

    /** Our deepest key is at 13; the composer recurses, so depth is stack. */
    static final int MAX_DEPTH = 40;

    /** Nodes with every alias expanded: what a "billion laughs" multiplies. */
    static final int MAX_NODES = 200_000;

    /** What the library's problem begins with, and what we say instead. */
    private record Hint(String problem, String words) {}

    private static final List<Hint> HINTS = List.of(
            new Hint(
                    "found undefined alias",
                    "this alias has no anchor before it; a value that begins with * needs quotes"),
            new Hint("found undefined tag handle", "tags are not allowed; a value that begins with ! needs quotes"),
            new Hint("mapping values are not allowed here", "a key is not expected here; check the indentation"),
            new Hint("sequence entries are not allowed here", "a list is not expected here; check the indentation"),
            new Hint("mapping keys are not allowed here", "a key is not expected here; check the indentation"),
            new Hint("expected <block end>", "check the indentation"),
            new Hint("expected the node content", "a value is missing"),
            new Hint("expected ',' or", "a comma or the closing bracket is missing"),
            new Hint("could not find expected ':'", "a colon after the key is missing"),
            new Hint("found unexpected end of stream", "a quote is not closed"),
            new Hint(
                    "found unknown escape character",
                    "in double quotes a backslash must be doubled; use single quotes"),
            new Hint("but found another document", "only one document is allowed"),
            new Hint("found character '\\t", "indent with spaces, not with tabs"));

    private final String text;
    private final Problems problems;
    private final LoadSettings settings = LoadSettings.builder()
            .setUseMarks(true)
            .setCodePointLimit(MAX_LENGTH)
            .setMaxAliasesForCollections(MAX_NODES)
            .setAllowRecursiveKeys(false)
            // refused by our reader, which knows the line
            .setAllowNonScalarKeys(true)
            .build();

    private YamlDocument(String text, Problems problems) {
        this.text = text;
        this.problems = problems;
    }

    /** The document's root, or a problem. */
    static Optional<Node> read(String text, Problems problems) {
        if (text.length() > MAX_LENGTH) {
            problems.add(1, "the file is longer than 1 MiB");
            return Optional.empty();
        }
        return new YamlDocument(text, problems).read();
    }

    private Optional<Node> read() {
        try {
            if (!acceptEvents()) {
                return Optional.empty();
            }
            Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty()) {
                problems.add(1, "the file is empty");
                return root;
            }
            return NodeBudget.fits(root.get(), MAX_NODES, problems) ? root : Optional.empty();
        } catch (MarkedYamlEngineException broken) {
            int line = broken.getProblemMark()
                    .or(broken::getContextMark)
                    .map(Mark::getLine)
                    .orElse(0);
            problems.add(line + 1, "this is not YAML" + phrase(broken.getProblem()));
        } catch (ReaderException broken) {
            problems.add(lineOf(broken.getPosition()), "this is not YAML: a character is not allowed in it");
        } catch (RuntimeException broken) {
            // whatever else the library throws at a hostile text must not stop a gateway's reload
            problems.add(1, "this is not YAML");
        }
        return Optional.empty();
    }

    /** The events come without recursion; what passes here is safe to compose. */
    private boolean acceptEvents() {
        int depth = 0;
        boolean accepted = true;
        for (Event event : new Parse(settings).parseString(text)) {
            if (event instanceof CollectionStartEvent && ++depth > MAX_DEPTH) {
                problems.add(line(event), "the file is nested deeper than " + MAX_DEPTH + " levels");
                return false;
            }
            if (event instanceof CollectionEndEvent) {
                depth--;
            }
            accepted &= acceptTag(event);
        }
        return accepted;
    }

    private boolean acceptTag(Event event) {
        boolean tagged = switch (event) {
            case ScalarEvent scalar -> scalar.getTag().isPresent();
            case CollectionStartEvent collection -> collection.getTag().isPresent();
            default -> false;
        };
        if (tagged) {
            problems.add(line(event), "tags are not allowed; a value that begins with ! needs quotes");
        }
        return !tagged;
    }

    private static int line(Event event) {
        return event.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }

    private int lineOf(int codePointIndex) {
        return 1
                + (int) text.codePoints()
                        .limit(Math.max(0, codePointIndex))
                        .filter(point -> point == '\n')
                        .count();
    }

    private static String phrase(String problem) {
        return HINTS.stream()
                .filter(hint -> problem.startsWith(hint.problem()))
                .map(hint -> ": " + hint.words())
                .findFirst()
                .orElse("");
    }
}
