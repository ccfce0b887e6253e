package io.intake.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * The mistakes found so far, so that all of them are reported together. Not thread-safe.
 *
 * <p>Messages say what is wanted, never what was written: any value may be a secret in the wrong place.
 */
final class Problems {
    /** More than anybody reads; keeps a hostile document from filling memory with messages. */
    static final int MAX = 1_000;

    private record Problem(int line, String message) {}

    private final String file;
    // a set, because an aliased node is read once per alias and its mistake is one mistake
    private final Set<Problem> found = new LinkedHashSet<>();

    Problems(String file) {
        this.file = file;
    }

    /** Adds a mistake at a node. */
    void add(Node node, String message) {
        add(line(node), message);
    }

    /** Adds a mistake at a line, the first being 1. */
    void add(int line, String message) {
        if (found.size() < MAX) {
            found.add(new Problem(line, message));
        }
    }

    /** The line a node begins at, the first being 1. */
    static int line(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }

    /**
     * Ends the reading if there was a mistake.
     *
     * @throws ConfigurationException with all mistakes in the order of the file
     */
    void throwIfAny() {
        if (found.isEmpty()) {
            return;
        }
        List<Problem> sorted = new ArrayList<>(found);
        sorted.sort(Comparator.comparingInt(Problem::line));
        throw new ConfigurationException(sorted.stream()
                .map(problem -> file + ":" + problem.line() + ": " + problem.message())
                .toList());
    }
}
