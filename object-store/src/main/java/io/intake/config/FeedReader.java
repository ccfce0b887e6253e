package io.intake.config;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
            "controls",
            "decrypt",
            "mode",
            "expect",
            "ready",
            "ready-within");
    private static final Set<String> DELIVERY =
            Set.of("engine", "batch", "as", "content-type", "max-bytes", "template", "ordered", "max-refused");
    private static final Pattern NO_PATTERN = Pattern.compile("");
    private static final int DEFAULT_BATCH = 500;
    /** Whoever means well packs twice; each level is a round of tasks. */
    private static final int MOST_NESTING = 5;

    private final Map<String, Engine> engines;

    /**
     * A reader of feeds.
     *
     * @param engines what a feed may deliver to, by id
     */
    FeedReader(Map<String, Engine> engines) {
        this.engines = engines;
    }

    private record Delivery(
            String engine,
            int batch,
            @Nullable FileDelivery files,
            @Nullable String template,
            DeliveryRules rules) {}

    Optional<Feed> read(Node node, String key, Problems problems) {
        return Fields.of(node, "a feed", KNOWN, problems).map(fields -> {
            Format format = fields.optional("format", FormatReader.within(Format.DEFAULT))
                    .orElse(Format.DEFAULT);
            Delivery delivery = fields.required("deliver", this::delivery)
                    .orElse(new Delivery("", 1, null, null, DeliveryRules.DEFAULT));
            List<Table> tables =
                    fields.optional("tables", new TableReader(format)::tables).orElse(List.of());
            JoinColumns columns = new JoinColumns(tables);
            Join stitch =
                    fields.optional("stitch", new JoinReader(columns)::read).orElse(null);
            Pattern match = fields.required("match", Regexes::regex).orElse(NO_PATTERN);
            CollectReader collect = new CollectReader(match.namedGroups().keySet());
            if (delivery.files() != null && !tables.isEmpty()) {
                problems.add(node, "'deliver.as' makes requests of whole files, so that there can be no 'tables'");
            }
            Optional<Collect> collected = fields.optional("collect", collect::read);
            if (delivery.files() != null && collected.isPresent()) {
                problems.add(node, "'collect' makes one set of what files hold, so that 'deliver.as' cannot be given");
            }
            if (delivery.rules().ordered() && collected.isPresent()) {
                problems.add(node, "files of a set come in any order, so that 'deliver.ordered' cannot be given");
            }
            Optional<Decryption> decrypt = fields.optional("decrypt", DecryptionReader::read);
            if (delivery.files() != null && !delivery.files().members() && decrypt.isPresent()) {
                problems.add(
                        node, "'deliver.as: file' delivers the upload as it is, so that 'decrypt' cannot be given");
            }
            if (stitch != null && tables.stream().anyMatch(FeedReader::dropsUnlisted)) {
                fields.node("tables")
                        .ifPresent(each -> problems.add(
                                each, "with 'stitch', 'extra-columns: drop' and 'refuse' need the table's 'columns'"));
            }
            Container container =
                    fields.optional("container", FeedReader::container).orElse(Container.DEFAULT);
            if (container.unknownMember() != UnknownMember.QUARANTINE && delivery.files() != null) {
                problems.add(node, "'deliver.as' takes every file, so that 'unknown-member' cannot be given");
            }
            Controls controls = fields.optional(
                            "controls", new ControlsReader(match.namedGroups().keySet())::read)
                    .orElse(Controls.DEFAULT);
            if (collected.isPresent() && controls.sequence() != null) {
                problems.add(
                        node, "with 'collect' the files of a set have no order, so that 'sequence' cannot be given");
            }
            Ready ready = ReadyReader.of(fields, node, collected.orElse(null), problems);
            if (delivery.files() != null && ready.listsRows()) {
                problems.add(
                        node,
                        "'deliver.as' takes files as they are, so that a list cannot say how many 'rows' they hold");
            }
            return new Feed(
                    fields.required("id", Scalars.id()).orElse(""),
                    match.pattern(),
                    container.limits(),
                    format,
                    stitch == null ? tables : columns.required(stitch.root()),
                    delivery.engine(),
                    delivery.batch(),
                    fields.optional("receipts", FeedReader::receipts).orElse(EnumSet.allOf(ReceiptKind.class)),
                    stitch,
                    fields.optional("parallel", Scalars.integer(1, 100)).orElse(Feed.DEFAULT_PARALLEL),
                    collected.orElse(null),
                    controls,
                    delivery.files(),
                    decrypt.orElse(null),
                    delivery.template(),
                    fields.optional("mode", Scalars.word(FeedMode.class)).orElse(FeedMode.LIVE),
                    fields.optional("expect", ExpectReader::read).orElse(null),
                    delivery.rules(),
                    container.unknownMember(),
                    ready);
        });
    }

    /** The columns that a join needs count as listed, so that a table that lists none would have only these. */
    private static boolean dropsUnlisted(Table table) {
        return table.columns().isEmpty() && table.rules().extra() != ColumnRules.Extra.KEEP;
    }

    private Optional<Delivery> delivery(Node node, String key, Problems problems) {
        Reader<String> engine =
                (value, name, found) -> Scalars.text(value, name, found).filter(id -> {
                    // none at all is a mistake of its own, and enough
                    boolean known = engines.isEmpty() || engines.containsKey(id);
                    if (!known) {
                        String near = NearestWord.of(id, engines.keySet())
                                .map(word -> "; did you mean '" + word + "'?")
                                .orElse("");
                        found.add(value, "'engine' must be one of 'engines'" + near);
                    }
                    return known;
                });
        return Fields.of(node, "'deliver'", DELIVERY, problems).map(fields -> {
            String id = fields.required("engine", engine).orElse("");
            Engine known = engines.get(id);
            boolean inOnePiece = known == null || known.target().inOnePiece();
            Delivery delivery = new Delivery(
                    id,
                    fields.optional("batch", Scalars.integer(1, 100_000)).orElse(DEFAULT_BATCH),
                    FileDeliveryReader.read(fields, node, inOnePiece, problems),
                    fields.optional("template", TemplateRules.name()).orElse(null),
                    new DeliveryRules(
                            fields.optional("ordered", Scalars::bool).orElse(false),
                            fields.optional("max-refused", ControlsReader::rejects)
                                    .orElse(null)));
            if (known != null) {
                TemplateRules.check(
                        known.target(), delivery.template(), delivery.files() != null, fields, node, problems);
            }
            return delivery;
        });
    }

    private record Container(ArchiveLimits limits, UnknownMember unknownMember) {
        static final Container DEFAULT = new Container(ArchiveLimits.DEFAULT, UnknownMember.QUARANTINE);
    }

    private static Optional<Container> container(Node node, String key, Problems problems) {
        return Fields.of(node, "'container'", Set.of("limits", "unknown-member"), problems)
                .map(fields -> new Container(
                        fields.optional("limits", FeedReader::limits).orElse(ArchiveLimits.DEFAULT),
                        fields.optional("unknown-member", Words.of(UnknownMember.class))
                                .orElse(UnknownMember.QUARANTINE)));
    }

    private static Optional<ArchiveLimits> limits(Node node, String key, Problems problems) {
        return Fields.of(node, "'limits'", Set.of("entries", "bytes", "ratio", "nesting"), problems)
                .map(fields -> new ArchiveLimits(
                        fields.optional("entries", Scalars.integer(1, 1_000_000))
                                .orElse(ArchiveLimits.DEFAULT.entries()),
                        fields.optional("bytes", Scalars::size).orElse(ArchiveLimits.DEFAULT.bytes()),
                        fields.optional("ratio", Scalars.integer(1, 1_000_000)).orElse(ArchiveLimits.DEFAULT.ratio()),
                        fields.optional("nesting", Scalars.integer(0, MOST_NESTING))
                                .orElse(ArchiveLimits.DEFAULT.nesting())));
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
                problems.add(node, "a receipt must be one of " + all);
            }
            return kind;
        });
    }
}
