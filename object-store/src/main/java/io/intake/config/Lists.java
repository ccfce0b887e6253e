package io.intake.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Readers of lists. Pure. */
final class Lists {
    private Lists() {}

    /** A list, maybe empty. */
    static <T> Reader<List<T>> of(Reader<T> element) {
        return (node, key, problems) -> elements(node, key, problems).map(nodes -> {
            List<T> values = new ArrayList<>();
            nodes.forEach(each -> element.read(each, key, problems).ifPresent(values::add));
            return values;
        });
    }

    /** A list of at least one. */
    static <T> Reader<List<T>> notEmpty(Reader<T> element) {
        return (node, key, problems) -> {
            if (node instanceof SequenceNode sequence && sequence.getValue().isEmpty()) {
                problems.add(node, "'" + key + "' must have at least one entry");
                return Optional.empty();
            }
            return of(element).read(node, key, problems);
        };
    }

    /**
     * Wraps an element's reader so that a second element with the same identity is a problem. To be made anew for each
     * list.
     *
     * @param what the identity is, for messages; the value itself is not repeated
     */
    static <T> Reader<T> distinct(Reader<T> element, String what, Function<T, Object> identity) {
        Map<Object, Integer> lines = new HashMap<>();
        return (node, key, problems) -> {
            Optional<T> value = element.read(node, key, problems);
            value.ifPresent(present -> {
                Object same = identity.apply(present);
                // an empty one stands for an identity that was itself a mistake
                Integer first = "".equals(same) ? null : lines.putIfAbsent(same, Problems.line(node));
                if (first != null) {
                    problems.add(node, what + " is given twice, first in line " + first);
                }
            });
            return value;
        };
    }

    private static Optional<List<Node>> elements(Node node, String key, Problems problems) {
        if (node instanceof SequenceNode sequence) {
            return Optional.of(sequence.getValue());
        }
        problems.add(node, "'" + key + "' must be a list");
        return Optional.empty();
    }
}
