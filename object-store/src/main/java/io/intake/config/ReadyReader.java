package io.intake.config;

import io.intake.config.Ready.Rule;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads {@code ready} and {@code ready-within}. */
final class ReadyReader {
    private static final String CHOICES =
            "'ready' must be close, rename, manifest, { marker: \".done\" }, { manifest: ... } or { stable: 120s }";
    private static final Pattern MARKER = Pattern.compile("[^/\\p{Cntrl}]{1,64}");

    private final @Nullable Collect collect;

    /** @param collect how the feed's files make sets; null where they do not */
    ReadyReader(@Nullable Collect collect) {
        this.collect = collect;
    }

    static Ready of(Fields fields, Node feed, @Nullable Collect collect, Problems problems) {
        Ready ready = fields.optional("ready", new ReadyReader(collect)::read).orElse(Ready.CLOSE);
        Optional<Duration> within = fields.optional(
                "ready-within", Scalars.duration(Duration.ofMinutes(1), Duration.ofDays(13), "from 1m to 13d"));
        if (within.isPresent() && ready.rule() == Rule.CLOSE) {
            fields.node("ready-within")
                    .ifPresent(node -> problems.add(node, "'ready-within' needs a 'ready' that files wait for"));
        }
        long seconds = within.map(Duration::toSeconds).orElse(ready.withinSeconds());
        if (ready.quietSeconds() >= seconds) {
            problems.add(feed, "'ready-within' must be longer than what 'stable' waits for");
        }
        return new Ready(ready.rule(), ready.marker(), ready.manifest(), ready.quietSeconds(), seconds);
    }

    private Optional<Ready> read(Node node, String key, Problems problems) {
        if (node instanceof ScalarNode word) {
            return word(node, word.getValue(), problems);
        }
        return Fields.of(node, "'ready'", Set.of("marker", "manifest", "stable"), problems)
                .flatMap(fields -> {
                    Optional<Ready> marker = fields.optional(
                                    "marker", Scalars.text(MARKER, "1 to 64 characters without a slash"))
                            .map(suffix -> ready(Rule.MARKER, suffix, null, 0));
                    Optional<Ready> manifest = fields.optional("manifest", CollectReader::manifest)
                            .map(list -> ready(Rule.MANIFEST, null, list, 0));
                    Optional<Ready> stable = fields.optional(
                                    "stable",
                                    Scalars.duration(Duration.ofSeconds(1), Duration.ofDays(1), "from 1s to 1d"))
                            .map(quiet -> ready(Rule.STABLE, null, null, quiet.toSeconds()));
                    check(node, fields, problems);
                    return marker.or(() -> manifest).or(() -> stable);
                });
    }

    private void check(Node node, Fields fields, Problems problems) {
        long given = Set.of("marker", "manifest", "stable").stream()
                .filter(each -> fields.node(each).isPresent())
                .count();
        if (given != 1) {
            problems.add(node, CHOICES);
        }
        if (fields.node("manifest").isPresent() && collect != null) {
            problems.add(node, "with 'collect' the list is given there, as 'manifest'");
        }
        if (fields.node("marker").isPresent() && collect != null && collect.marker() != null) {
            problems.add(node, "'collect' has a marker of its own, so that 'ready' cannot have one");
        }
    }

    private Optional<Ready> word(Node node, String word, Problems problems) {
        return switch (word) {
            case "close" -> Optional.of(Ready.CLOSE);
            case "rename" -> Optional.of(ready(Rule.RENAME, null, null, 0));
            case "manifest" -> {
                if (collect == null || collect.manifest() == null) {
                    problems.add(
                            node, "'ready: manifest' needs the list: 'collect.manifest', or { manifest: ... } here");
                }
                // A set with a manifest is not worked on before it names all files: nothing more to wait for
                yield Optional.of(Ready.CLOSE);
            }
            default -> {
                problems.add(node, CHOICES);
                yield Optional.empty();
            }
        };
    }

    private static Ready ready(Rule rule, @Nullable String marker, @Nullable Manifest manifest, long quietSeconds) {
        return new Ready(rule, marker, manifest, quietSeconds, Ready.DEFAULT_WITHIN_SECONDS);
    }
}
