package io.intake.config;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A flat YAML file of settings, {@code key: value} with keys that whoever reads it knows. A list counts as its values with
 * commas between them. Pure.
 */
public final class SettingsFile {

    /**
     * A key's value.
     *
     * @param line where the key is, the first being 1
     */
    public record Value(String text, int line) {
        /** Without the text: it may be a secret. */
        @Override
        public String toString() {
            return "Value[line " + line + "]";
        }
    }

    private SettingsFile() {}

    /**
     * Reads a file.
     *
     * @param file its name, for messages
     * @return the values in the order of the file
     * @throws ConfigurationException with every mistake in it, each with its line; none repeats a value
     */
    public static Map<String, Value> parse(String file, String text) {
        Problems problems = new Problems(file);
        Map<String, Value> values = new LinkedHashMap<>();
        YamlDocument.read(text, problems)
                .flatMap(root -> Fields.entries(root, "the file", problems))
                .ifPresent(entries -> entries.forEach((key, entry) -> value(entry, problems)
                        .ifPresent(value -> values.put(key, new Value(value, Problems.line(entry.getKeyNode()))))));
        problems.throwIfAny();
        return values;
    }

    private static Optional<String> value(NodeTuple entry, Problems problems) {
        Node node = entry.getValueNode();
        if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
            return Optional.of(scalar.getValue());
        }
        if (node instanceof SequenceNode list
                && list.getValue().stream().allMatch(each -> each instanceof ScalarNode)) {
            List<String> texts = list.getValue().stream()
                    .map(each -> ((ScalarNode) each).getValue())
                    .toList();
            return Optional.of(String.join(",", texts));
        }
        problems.add(entry.getKeyNode(), "a key has no value, or one that is neither a text nor a list of texts");
        return Optional.empty();
    }

    /** The known word that an unknown one is probably meant to be. */
    public static Optional<String> nearest(String word, Collection<String> known) {
        return NearestWord.of(word, known);
    }
}
