package io.intake.config;

import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads {@code engines} and {@code pager}: where records and pages go. */
final class EngineReader {
    /** What each type of engine reads by itself. */
    private static final Map<String, TargetReader> TYPES = Map.of(
            "http",
            new HttpTargetReader(),
            "redox",
            new RedoxTargetReader(),
            "fhir",
            new FhirTargetReader(),
            "mllp",
            new MllpTargetReader(),
            "s3",
            new S3TargetReader(),
            "sftp",
            new SftpTargetReader());

    /** What all engines have. */
    private static final Set<String> KNOWN = Set.of("type", "timeout", "rate", "concurrency", "page-after");

    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    /** What a header may hold without ending it (RFC 9110 section 5.5), or the name of a secret in Secrets Manager. */
    private static final Pattern SECRET = Pattern.compile(
            "(?!secret:)[\\x21-\\x7e](?:[\\x20-\\x7e]*[\\x21-\\x7e])?" + "|secret:[A-Za-z0-9/_+=.@-]{1,512}");

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
    private static final Target NOWHERE = new HttpTarget(URI.create("http://invalid/"), null);

    private EngineReader() {}

    /** A mapping of ids to engines, in the order of the file. A wrong engine keeps its id, so that feeds may name it. */
    static Optional<Map<String, Engine>> engines(Node node, String key, Problems problems) {
        return Fields.entries(node, "'engines'", problems).map(entries -> {
            Map<String, Engine> engines = new LinkedHashMap<>();
            entries.forEach((id, entry) -> {
                if (!ID.matcher(id).matches()) {
                    problems.add(
                            entry.getKeyNode(),
                            "an engine's id must be 1 to 63 lower-case letters, digits and hyphens, the first no hyphen");
                }
                engines.put(id, engine(id, entry.getValueNode(), problems));
            });
            if (entries.isEmpty()) {
                problems.add(node, "'engines' must have at least one entry");
            }
            return engines;
        });
    }

    private static Engine engine(String id, Node node, Problems problems) {
        TargetReader target = target(node);
        Set<String> known = new HashSet<>(KNOWN);
        known.addAll(target.keys());
        return Fields.of(node, "an engine", known, problems)
                .map(fields -> {
                    fields.required("type", EngineReader::type);
                    Target read = target.read(fields, problems);
                    return new Engine(
                            id,
                            read,
                            fields.optional("timeout", timeout()).orElse(DEFAULT_TIMEOUT),
                            LimitsReader.read(fields, read.limits()),
                            fields.optional("page-after", pageAfter()).orElse(Engine.PAGE_AFTER));
                })
                .orElseGet(() -> new Engine(id, NOWHERE, DEFAULT_TIMEOUT));
    }

    /** Which keys an engine may have depends on its type; where that is wrong, it is read as the commonest. */
    private static TargetReader target(Node node) {
        TargetReader usual = new HttpTargetReader();
        if (!(node instanceof MappingNode mapping)) {
            return usual;
        }
        return mapping.getValue().stream()
                .filter(entry -> entry.getKeyNode() instanceof ScalarNode key
                        && key.getValue().equals("type"))
                .map(entry -> entry.getValueNode() instanceof ScalarNode type
                        ? TYPES.getOrDefault(type.getValue(), usual)
                        : usual)
                .findFirst()
                .orElse(usual);
    }

    private static Optional<String> type(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).filter(type -> {
            if (!TYPES.containsKey(type)) {
                problems.add(node, "'type' must be " + String.join(", ", new TreeSet<>(TYPES.keySet())));
            }
            return TYPES.containsKey(type);
        });
    }

    /** A value that may be a secret of the vault. */
    static Reader<String> secret() {
        return Scalars.text(SECRET, "printable ASCII without blanks around it, or secret:NAME");
    }

    private static Reader<Duration> pageAfter() {
        return Scalars.duration(Duration.ofSeconds(1), Duration.ofDays(1), "from 1s to 1d");
    }

    private static Reader<Duration> timeout() {
        return Scalars.duration(Duration.ofSeconds(1), Duration.ofMinutes(10), "from 1s to 10m");
    }
}
