package io.intake.config;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** The keys and values of a mapping, unknown and double keys having been reported. */
final class Fields {
    /** A key that cannot be a pasted secret: no digits, not long. Others are not repeated in messages. */
    private static final Pattern PRINTABLE_KEY = Pattern.compile("[A-Za-z][A-Za-z_-]{0,31}");

    private final Node mapping;
    private final Map<String, Node> values;
    private final Problems problems;

    private Fields(Node mapping, Map<String, Node> values, Problems problems) {
        this.mapping = mapping;
        this.values = values;
        this.problems = problems;
    }

    /**
     * Reads a mapping whose keys we define.
     *
     * @param what it is, for messages: "a feed"
     * @param known the keys it may have
     */
    static Optional<Fields> of(Node node, String what, Set<String> known, Problems problems) {
        return entries(node, what, problems).map(entries -> {
            Map<String, Node> values = new LinkedHashMap<>();
            entries.forEach((key, entry) -> {
                if (known.contains(key)) {
                    values.put(key, entry.getValueNode());
                } else {
                    problems.add(entry.getKeyNode(), unknown(key, what, known));
                }
            });
            return new Fields(node, values, problems);
        });
    }

    /** Reads a mapping whose keys the engineer chooses, in the order of the file. */
    static Optional<Map<String, NodeTuple>> entries(Node node, String what, Problems problems) {
        if (!(node instanceof MappingNode mapping)) {
            problems.add(node, what + " must be a mapping, as in 'key: value'");
            return Optional.empty();
        }
        Map<String, NodeTuple> entries = new LinkedHashMap<>();
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                problems.add(entry.getKeyNode(), "a key of " + what + " must be a word");
            } else {
                NodeTuple first = entries.putIfAbsent(key.getValue(), entry);
                if (first != null) {
                    problems.add(
                            key,
                            named("the key", key.getValue()) + " is given twice, first in line "
                                    + Problems.line(first.getKeyNode()));
                }
            }
        }
        return Optional.of(entries);
    }

    /** A key's value; a problem if it is absent. */
    <T> Optional<T> required(String key, Reader<T> reader) {
        if (!values.containsKey(key)) {
            problems.add(mapping, "'" + key + "' is missing");
        }
        return optional(key, reader);
    }

    /** A key's value; empty if it is absent. */
    <T> Optional<T> optional(String key, Reader<T> reader) {
        return node(key).flatMap(value -> reader.read(value, key, problems));
    }

    /** A key's node; empty if it is absent. */
    Optional<Node> node(String key) {
        return Optional.ofNullable(values.get(key));
    }

    private static String unknown(String key, String what, Collection<String> known) {
        String message = named("unknown key", key) + " in " + what;
        return NearestWord.of(key, known)
                .map(near -> message + "; did you mean '" + near + "'?")
                .orElseGet(() -> message + "; known are " + String.join(", ", new TreeSet<>(known)));
    }

    private static String named(String noun, String key) {
        return PRINTABLE_KEY.matcher(key).matches() ? noun + " '" + key + "'" : noun;
    }
}
