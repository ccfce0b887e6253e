package io.intake.processors.operator;

import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Adds a line to a list in a partners.yml by the places that the parser found, so that nothing else changes. Pure. */
final class PublicKeys {
    private PublicKeys() {}

    /**
     * The text with one more key.
     *
     * @throws ProblemException if there is no such partner, or it has no list of keys
     */
    static String add(String yaml, String partner, String line) {
        LoadSettings settings = LoadSettings.builder().setUseMarks(true).build();
        SequenceNode keys = new Compose(settings)
                .composeString(yaml)
                .flatMap(root -> child(root, "partners"))
                .flatMap(list -> named(list, partner))
                .flatMap(found -> child(found, "login"))
                .flatMap(login -> child(login, "public-keys"))
                .filter(SequenceNode.class::isInstance)
                .map(SequenceNode.class::cast)
                .filter(list -> !list.getValue().isEmpty())
                .orElseThrow(() -> new ProblemException(
                        ExitCode.NOT_FOUND, "there is no partner " + partner + " with a list of public-keys"));
        Node last = keys.getValue().getLast();
        int end = offset(yaml, last.getEndMark().orElseThrow().getIndex());
        String quoted = '"' + line.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        boolean flow = keys.getFlowStyle() == org.snakeyaml.engine.v2.common.FlowStyle.FLOW;
        if (flow) {
            return yaml.substring(0, end) + ", " + quoted + yaml.substring(end);
        }
        int column = last.getStartMark().orElseThrow().getColumn();
        int lineEnd = yaml.indexOf('\n', end);
        int at = lineEnd < 0 ? yaml.length() : lineEnd;
        return yaml.substring(0, at) + "\n" + " ".repeat(Math.max(0, column - 2)) + "- " + quoted + yaml.substring(at);
    }

    /** Marks count code points. */
    private static int offset(String text, int codePoints) {
        return text.offsetByCodePoints(0, codePoints);
    }

    private static Optional<Node> child(Node node, String key) {
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode name
                        && name.getValue().equals(key)) {
                    return Optional.of(tuple.getValueNode());
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Node> named(Node list, String partner) {
        if (list instanceof SequenceNode sequence) {
            for (Node each : sequence.getValue()) {
                boolean its = child(each, "id")
                        .filter(id -> id instanceof ScalarNode scalar
                                && scalar.getValue().equals(partner))
                        .isPresent();
                if (its) {
                    return Optional.of(each);
                }
            }
        }
        return Optional.empty();
    }
}
