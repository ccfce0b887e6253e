package io.intake.config;

import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads the name or address of a host. */
final class HostReader {
    /** RFC 1123, 2.1; IPv6 addresses without brackets. */
    private static final Pattern HOST = Pattern.compile(
            "(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\\.?"
                    + "|(?=.*:.*:)[0-9A-Fa-f:.]{2,45}");

    private HostReader() {}

    /** A host, which is looked up only when it is used. */
    static Optional<String> host(Node node, String key, Problems problems) {
        return Scalars.text(HOST, "a host's name or address, without scheme or port")
                .read(node, key, problems);
    }

    /** A port. */
    static Reader<Integer> port() {
        return Scalars.integer(1, 65_535);
    }
}
