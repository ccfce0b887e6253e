package io.intake.config;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads one entry of {@code partners}. */
final class PartnerReader {
    private static final Set<String> KNOWN = Set.of("id", "login", "quota", "permissions", "feeds");
    private static final int MAX_SESSIONS = 10_000;
    private static final int MAX_FILES = 1_000_000_000;

    private final FeedReader feed;

    PartnerReader(FeedReader feed) {
        this.feed = feed;
    }

    Optional<Partner> read(Node node, String key, Problems problems) {
        return Fields.of(node, "a partner", KNOWN, problems).map(fields -> {
            Reader<Feed> distinctFeed = Lists.distinct(feed::read, "this feed's id", Feed::id);
            String id = fields.required("id", Scalars.id()).orElse("");
            return new Partner(
                    id,
                    fields.required("login", LoginReader::read)
                            .orElseGet(() -> Login.byKeys(List.of()))
                            .withPrincipal(id),
                    fields.optional("quota", PartnerReader::quota).orElse(Quota.DEFAULT),
                    fields.optional("permissions", PartnerReader::permissions).orElse(EnumSet.allOf(Permission.class)),
                    fields.required("feeds", Lists.notEmpty(distinctFeed)).orElse(List.of()));
        });
    }

    private static Optional<Quota> quota(Node node, String key, Problems problems) {
        return Fields.of(node, "'quota'", Set.of("sessions", "bytes", "files", "upload-rate"), problems)
                .map(fields -> new Quota(
                        fields.optional("sessions", Scalars.integer(1, MAX_SESSIONS))
                                .orElse(null),
                        fields.optional("bytes", Scalars::size).orElse(null),
                        fields.optional("files", Scalars.integer(1, MAX_FILES)).orElse(null),
                        fields.optional("upload-rate", Scalars::rate).orElse(null)));
    }

    private static Optional<Set<Permission>> permissions(Node node, String key, Problems problems) {
        Reader<Permission> permission = Lists.distinct(PartnerReader::permission, "this permission", id -> id);
        return Lists.of(permission).read(node, key, problems).map(list -> {
            Set<Permission> set = EnumSet.noneOf(Permission.class);
            set.addAll(list);
            return set;
        });
    }

    private static Optional<Permission> permission(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).flatMap(text -> {
            Optional<Permission> permission = Stream.of(Permission.values())
                    .filter(each -> each.id().equals(text))
                    .findFirst();
            if (permission.isEmpty()) {
                problems.add(
                        node,
                        "a permission must be one of "
                                + Stream.of(Permission.values())
                                        .map(Permission::id)
                                        .collect(Collectors.joining(", ")));
            }
            return permission;
        });
    }
}
