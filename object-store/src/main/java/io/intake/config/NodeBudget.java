package io.intake.config;

import java.util.List;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Counts nodes as a reader meets them, each alias as all that its anchor holds. A few lines of aliases can stand for
 * billions of nodes, or hold themselves.
 */
final class NodeBudget {
    private int left;

    private NodeBudget(int nodes) {
        this.left = nodes;
    }

    /** Whether a tree is within its limits; adds a problem if it is not. */
    static boolean fits(Node root, int nodes, Problems problems) {
        boolean fits = new NodeBudget(nodes).spend(root, 0);
        if (!fits) {
            problems.add(
                    root,
                    "the aliases stand for too much: at most " + nodes + " nodes and " + YamlDocument.MAX_DEPTH
                            + " levels are allowed");
        }
        return fits;
    }

    private boolean spend(Node node, int depth) {
        if (--left < 0 || depth > YamlDocument.MAX_DEPTH) {
            return false;
        }
        for (Node child : children(node)) {
            if (!spend(child, depth + 1)) {
                return false;
            }
        }
        return true;
    }

    private static List<Node> children(Node node) {
        return switch (node) {
            case SequenceNode sequence -> sequence.getValue();
            case MappingNode mapping ->
                mapping.getValue().stream()
                        .flatMap(tuple -> Stream.of(tuple.getKeyNode(), tuple.getValueNode()))
                        .toList();
            default -> List.of();
        };
    }
}
