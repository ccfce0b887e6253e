package io.intake.config;

import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads a value of one type from a node. */
@FunctionalInterface
interface Reader<T> {
    /**
     * Reads a value.
     *
     * @param key what the value belongs to, for messages
     * @return empty if it is wrong, and then a problem was added
     */
    Optional<T> read(Node node, String key, Problems problems);
}
