package io.intake.config;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads {@code tls} of an engine. */
final class TlsReader {
    private static final Pattern SECRET = Pattern.compile("secret:[A-Za-z0-9/_+=.@-]{1,512}");

    private TlsReader() {}

    /** True, or a mapping; empty for false too. */
    static Optional<TlsSetting> read(Node node, String key, Problems problems) {
        if (node instanceof ScalarNode) {
            return Scalars.bool(node, key, problems).filter(on -> on).map(on -> TlsSetting.DEFAULT);
        }
        return Fields.of(node, "'tls'", Set.of("ca", "certificate", "key", "server-name"), problems)
                .map(fields -> {
                    if (fields.node("certificate").isPresent()
                            != fields.node("key").isPresent()) {
                        problems.add(node, "'certificate' and 'key' are given together or not at all");
                    }
                    return new TlsSetting(
                            fields.optional("ca", reference()).orElse(null),
                            fields.optional("certificate", reference()).orElse(null),
                            fields.optional("key", reference()).orElse(null),
                            fields.optional("server-name", HostReader::host).orElse(null));
                });
    }

    /** The name of a secret: what it holds fits in no line of YAML, and belongs in none. */
    static Reader<String> reference() {
        return Scalars.text(SECRET, "secret:NAME, the name of a secret");
    }
}
