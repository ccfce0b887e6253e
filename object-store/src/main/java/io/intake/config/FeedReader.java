package io.intake.config;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads one entry of {@code feeds}. */
final class FeedReader {
    private static final Set<String> KNOWN = Set.of(
            "id",
            "match",
            "container",
            "format",
            "tables",
            "stitch",
            "deliver",
            "receipts",
            "parallel",
            "collect",
            "decrypt");
    private static final Set<String> UNSUPPORTED = Set.of("mode", "ready", "controls", "expect");
    private static final Pattern NO_PATTERN = Pattern.compile("");
    private static final int DEFAULT_BATCH = 500;

    private final Set<String> engines;

    /**
     * A reader of feeds.
     *
     * @param engines the ids that a feed may deliver to
     */
    FeedReader(Set<String> engines) {
        this.engines = engines;
    }

    private record Delivery(String engine, int batch) {}

    Optional<Feed> read(Node node, String key, Problems problems) {
        return Fields.of(node, "a feed", KNOWN, UNSUPPORTED, problems).map(fields -> {
            Format format = fields.optional("format", FormatReader.within(Format.DEFAULT))
                    .orElse(Format.DEFAULT);
            Delivery delivery = fields.required("deliver", this::delivery).orElse(new Delivery("", 1));
            List<Table> tables =
                    fields.optional("tables", new TableReader(format)::tables).orElse(List.of());
            JoinColumns columns = new JoinColumns(tables);
            Join stitch =
                    fields.optional("stitch", new JoinReader(columns)::read).orElse(null);
            Pattern match = fields.required("match", Regexes::regex).orElse(NO_PATTERN);
            CollectReader collect = new CollectReader(match.namedGroups().keySet());
            return new Feed(
                    fields.required("id", Scalars.id()).orElse(""),
                    match.pattern(),
                    fields.optional("container", FeedReader::container).orElse(ArchiveLimits.DEFAULT),
                    format,
                    stitch == null ? tables : columns.required(stitch.root()),
                    delivery.engine(),
                    delivery.batch(),
                    fields.optional("receipts", FeedReader::receipts).orElse(EnumSet.allOf(ReceiptKind.class)),
                    stitch,
                    fields.optional("parallel", Scalars.integer(1, 100)).orElse(Feed.DEFAULT_PARALLEL),
                    fields.optional("collect", collect::read).orElse(null),
                    fields.optional("decrypt", DecryptionReader::read).orElse(null));
        });
    }

    private Optional<Delivery> delivery(Node node, String key, Problems problems) {
        Reader<String> engine =
                (value, name, found) -> Scalars.text(value, name, found).filter(id -> {
                    // none at all is a mistake of its own, and enough
                    boolean known = engines.isEmpty() || engines.contains(id);
                    if (!known) {
                        String near = NearestWord.of(id, engines)
                                .map(word -> "; did you mean '" + word + "'?")
                                .orElse("");
                        found.add(value, "'engine' must be one of 'engines'" + near);
                    }
                    return known;
                });
        return Fields.of(node, "'deliver'", Set.of("engine", "batch"), Set.of("template", "ordered"), problems)
                .map(fields -> new Delivery(
                        fields.required("engine", engine).orElse(""),
                        fields.optional("batch", Scalars.integer(1, 100_000)).orElse(DEFAULT_BATCH)));
    }

    private static Optional<ArchiveLimits> container(Node node, String key, Problems problems) {
        return Fields.of(node, "'container'", Set.of("limits"), Set.of("unknown-member"), problems)
                .flatMap(fields -> fields.required("limits", FeedReader::limits));
    }

    private static Optional<ArchiveLimits> limits(Node node, String key, Problems problems) {
        return Fields.of(node, "'limits'", Set.of("entries", "bytes", "ratio"), Set.of("nesting"), problems)
                .map(fields -> new ArchiveLimits(
                        fields.optional("entries", Scalars.integer(1, 1_000_000))
                                .orElse(ArchiveLimits.DEFAULT.entries()),
                        fields.optional("bytes", Scalars::size).orElse(ArchiveLimits.DEFAULT.bytes()),
                        fields.optional("ratio", Scalars.integer(1, 1_000_000)).orElse(ArchiveLimits.DEFAULT.ratio())));
    }

    private static Optional<Set<ReceiptKind>> receipts(Node node, String key, Problems problems) {
        Reader<ReceiptKind> kind = Lists.distinct(FeedReader::receipt, "this receipt", id -> id);
        return Lists.of(kind).read(node, key, problems).map(kinds -> {
            Set<ReceiptKind> set = EnumSet.noneOf(ReceiptKind.class);
            set.addAll(kinds);
            return set;
        });
    }

    private static Optional<ReceiptKind> receipt(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).flatMap(text -> {
            Optional<ReceiptKind> kind = Stream.of(ReceiptKind.values())
                    .filter(each -> each.id().equals(text))
                    .findFirst();
            if (kind.isEmpty()) {
                String all = String.join(
                        ", ",
                        Stream.of(ReceiptKind.values()).map(ReceiptKind::id).toList());
                problems.add(
                        node,
                        text.equals("held")
                                ? "the receipt 'held' is not supported in this version"
                                : "a receipt must be one of " + all);
            }
            return kind;
        });
    }
}
