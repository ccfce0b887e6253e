package io.intake.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code partners.yml}; docs/configuration.md says what may be in it. Pure and thread-safe. */
public final class ConfigurationParser {
    private static final Set<String> KNOWN = Set.of("partners", "engines", "pager");

    private ConfigurationParser() {}

    /**
     * Reads and validates a whole configuration. What is read is what is meant: unknown keys, and keys that DESIGN
     * promises but this version does not carry out, are mistakes.
     *
     * @param file its name, for messages
     * @param yaml its text, at most 1 MiB
     * @throws ConfigurationException with every mistake, each with file and line; no message repeats a value that may be
     *     a secret
     */
    public static Configuration parse(String file, String yaml) {
        Problems problems = new Problems(file);
        Optional<Configuration> configuration =
                YamlDocument.read(yaml, problems).flatMap(root -> read(root, problems));
        problems.throwIfAny();
        return configuration.orElseThrow(() -> new ConfigurationException(List.of(file + ":1: the file is empty")));
    }

    private static Optional<Configuration> read(Node root, Problems problems) {
        return Fields.of(root, "the file", KNOWN, problems).map(fields -> {
            // first, because feeds name engines
            Map<String, Engine> engines =
                    fields.required("engines", EngineReader::engines).orElse(Map.of());
            FeedReader feed = new FeedReader(engines);
            Reader<Partner> partner = Lists.distinct(new PartnerReader(feed)::read, "this partner's id", Partner::id);
            return new Configuration(
                    fields.required("partners", Lists.notEmpty(partner)).orElse(List.of()),
                    engines,
                    fields.optional("pager", PagerReader::read).orElse(null));
        });
    }
}
