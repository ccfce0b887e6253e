package io.intake.config;

import io.intake.config.Collect.Overdue;
import io.intake.config.Collect.Part;
import io.intake.config.Manifest.Style;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code collect}. */
final class CollectReader {
    private final Set<String> groups;

    /** @param groups the named groups of the feed's {@code match} */
    CollectReader(Set<String> groups) {
        this.groups = groups;
    }

    Optional<Collect> read(Node node, String key, Problems problems) {
        Set<String> known = Set.of("by", "parts", "count", "marker", "within", "overdue", "manifest");
        return Fields.of(node, "'collect'", known, problems)
                .map(fields -> new Collect(
                        fields.optional("by", Lists.of(Lists.distinct(this::group, "this group", name -> name)))
                                .orElse(List.of()),
                        fields.optional("parts", CollectReader::parts).orElse(List.of()),
                        fields.optional("count", Scalars.integer(1, 10_000)).orElse(0),
                        fields.optional("marker", Regexes::regex)
                                .map(Pattern::pattern)
                                .orElse(null),
                        fields.required(
                                        "within",
                                        Scalars.duration(Duration.ofMinutes(1), Duration.ofDays(14), "from 1m to 14d"))
                                .orElse(Duration.ofDays(1))
                                .toSeconds(),
                        fields.optional("overdue", CollectReader::overdue).orElse(Overdue.WAIT),
                        fields.optional("manifest", CollectReader::manifest).orElse(null)));
    }

    static Optional<Manifest> manifest(Node node, String key, Problems problems) {
        Set<String> known = Set.of("match", "style", "name", "bytes", "md5", "sha256", "rows");
        return Fields.of(node, "'manifest'", known, problems).map(fields -> {
            Style style = fields.optional("style", Words.of(Style.class)).orElse(Style.NAMES);
            for (String column : List.of("name", "bytes", "md5", "sha256", "rows")) {
                Optional<Node> given = fields.node(column);
                if (style != Style.COLUMNS) {
                    given.ifPresent(each ->
                            problems.add(each, "'" + column + "' names a column, so that it needs 'style: columns'"));
                }
            }
            if (style == Style.COLUMNS && fields.node("name").isEmpty()) {
                problems.add(node, "'name' is missing: the column with the names of files");
            }
            return new Manifest(
                    fields.required("match", Regexes::regex)
                            .map(Pattern::pattern)
                            .orElse(""),
                    style,
                    fields.optional("name", Scalars::text).orElse(""),
                    fields.optional("bytes", Scalars::text).orElse(null),
                    fields.optional("md5", Scalars::text).orElse(null),
                    fields.optional("sha256", Scalars::text).orElse(null),
                    fields.optional("rows", Scalars::text).orElse(null));
        });
    }

    private Optional<String> group(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).filter(name -> {
            boolean known = groups.contains(name);
            if (!known) {
                problems.add(node, "'by' names groups of the feed's 'match', as in (?<bizdate>...)");
            }
            return known;
        });
    }

    private static Optional<List<Part>> parts(Node node, String key, Problems problems) {
        return Fields.entries(node, "'parts'", problems).map(entries -> {
            List<Part> parts = new ArrayList<>();
            entries.forEach((name, entry) -> Fields.of(
                            entry.getValueNode(), "a part", Set.of("match", "required"), problems)
                    .ifPresent(fields -> parts.add(new Part(
                            name,
                            fields.required("match", Regexes::regex)
                                    .map(Pattern::pattern)
                                    .orElse(""),
                            fields.optional("required", Scalars::bool).orElse(true)))));
            return parts;
        });
    }

    private static Optional<Overdue> overdue(Node node, String key, Problems problems) {
        Optional<Overdue> found = Scalars.text(node, key, problems).flatMap(text -> {
            for (Overdue each : Overdue.values()) {
                if (each.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text)) {
                    return Optional.of(each);
                }
            }
            problems.add(node, "'overdue' must be wait, go-on or quarantine");
            return Optional.empty();
        });
        return found;
    }
}
