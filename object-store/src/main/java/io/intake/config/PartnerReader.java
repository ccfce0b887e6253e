package io.intake.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads one entry of {@code partners}. */
final class PartnerReader {
    private static final Set<String> KNOWN = Set.of("id", "login", "feeds");
    private static final Set<String> UNSUPPORTED = Set.of("quota");

    private final FeedReader feed;

    PartnerReader(FeedReader feed) {
        this.feed = feed;
    }

    Optional<Partner> read(Node node, String key, Problems problems) {
        return Fields.of(node, "a partner", KNOWN, UNSUPPORTED, problems).map(fields -> {
            Reader<Feed> distinctFeed = Lists.distinct(feed::read, "this feed's id", Feed::id);
            return new Partner(
                    fields.required("id", Scalars.id()).orElse(""),
                    fields.required("login", PartnerReader::login).orElse(List.of()),
                    fields.required("feeds", Lists.notEmpty(distinctFeed)).orElse(List.of()));
        });
    }

    private static Optional<List<String>> login(Node node, String key, Problems problems) {
        Reader<String> line = Lists.distinct(
                PublicKeyLine::read,
                "this public key",
                text -> List.of(text.split("[ \\t]+", 3)).subList(0, 2));
        return Fields.of(node, "'login'", Set.of("public-keys"), Set.of("password-hash", "allow-from"), problems)
                .flatMap(fields -> fields.required("public-keys", Lists.notEmpty(line)));
    }
}
