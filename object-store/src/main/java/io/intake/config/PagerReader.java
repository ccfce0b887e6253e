package io.intake.config;

import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code pager}: who is paged, and of what. */
final class PagerReader {
    private static final Set<String> KNOWN =
            Set.of("routing-key", "endpoint", "region", "severity", "links", "proxy", "stuck-after", "parked-after");
    private static final Pattern PROXY =
            Pattern.compile("(?<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?):(?<port>[0-9]{1,5})");

    private PagerReader() {}

    private enum Region {
        US,
        EU
    }

    static Optional<Pager> read(Node node, String key, Problems problems) {
        return Fields.of(node, "'pager'", KNOWN, problems).map(fields -> {
            Optional<URI> endpoint = fields.optional("endpoint", Scalars::httpAddress);
            Optional<Region> region = fields.optional("region", Scalars.word(Region.class));
            if (fields.node("endpoint").isPresent() && fields.node("region").isPresent()) {
                problems.add(node, "'endpoint' and 'region' cannot both be given");
            }
            return new Pager(
                    fields.required("routing-key", EngineReader.secret()).orElse(""),
                    endpoint.orElse(region.orElse(Region.US) == Region.EU ? Pager.EU : null),
                    fields.optional("severity", PagerReader::severities).orElse(Map.of()),
                    fields.optional("links", PagerReader::runbook).orElse(null),
                    fields.optional("proxy", PagerReader::proxy).orElse(null),
                    fields.optional(
                                    "stuck-after",
                                    Scalars.duration(Duration.ofMinutes(15), Duration.ofDays(7), "from 15m to 7d"))
                            .orElse(Pager.STUCK_AFTER),
                    fields.optional(
                                    "parked-after",
                                    Scalars.duration(Duration.ofHours(1), Duration.ofDays(6), "from 1h to 6d"))
                            .orElse(Pager.PARKED_AFTER));
        });
    }

    private static Optional<Map<PageKind, PageSeverity>> severities(Node node, String key, Problems problems) {
        Map<String, PageKind> kinds = new TreeMap<>();
        for (PageKind kind : PageKind.values()) {
            kinds.put(kind.name().toLowerCase(Locale.ROOT).replace('_', '-'), kind);
        }
        return Fields.of(node, "'severity'", kinds.keySet(), problems).map(fields -> {
            Map<PageKind, PageSeverity> severities = new EnumMap<>(PageKind.class);
            kinds.forEach((word, kind) -> fields.optional(word, Scalars.word(PageSeverity.class))
                    .ifPresent(severity -> severities.put(kind, severity)));
            return severities;
        });
    }

    private static Optional<URI> runbook(Node node, String key, Problems problems) {
        return Fields.of(node, "'links'", Set.of("runbook"), problems)
                .flatMap(fields -> fields.required("runbook", Scalars::httpAddress));
    }

    private static Optional<Pager.Proxy> proxy(Node node, String key, Problems problems) {
        Optional<Pager.Proxy> proxy = Scalars.plain(node)
                .map(PROXY::matcher)
                .filter(Matcher::matches)
                .map(matcher -> new Pager.Proxy(matcher.group("host"), Integer.parseInt(matcher.group("port"))))
                .filter(found -> found.port() > 0 && found.port() <= 65_535);
        if (proxy.isEmpty()) {
            problems.add(node, "'proxy' must be a host and a port, such as proxy.example.org:3128");
        }
        return proxy;
    }
}
