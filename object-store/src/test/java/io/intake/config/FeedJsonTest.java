package io.intake.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A job keeps a snapshot of its feed as JSON. A field lost on the way would give the later stages of a job other rules
 * than the earlier ones had.
 */
class FeedJsonTest {
    private final JsonMapper mapper = JsonMapper.builder().build();

    @Test
    void aFeedSurvivesJsonWhole() throws Exception {
        Feed feed = ConfigurationParser.parse("partners.yml", Examples.EVERY_KEY)
                .partners()
                .getFirst()
                .feeds()
                .getFirst();

        Feed read = mapper.readValue(mapper.writeValueAsString(feed), Feed.class);

        assertThat(read).isEqualTo(feed);
        assertThat(read.matches("daily/a.zip")).isTrue();
        assertThat(read.tables().getFirst().matches("p07.csv").orElseThrow().group("n"))
                .isEqualTo("07");
    }

    @Test
    void theSnapshotHoldsTheRecordsFieldsAndNothingElse() throws Exception {
        Feed feed = new Feed(
                "f",
                "x",
                ArchiveLimits.DEFAULT,
                Format.DEFAULT,
                List.of(),
                "e",
                7,
                Set.of(ReceiptKind.DELIVERED, ReceiptKind.REJECTED, ReceiptKind.RECEIVED));

        assertThat(mapper.writeValueAsString(feed))
                .isEqualTo(
                        "{\"id\":\"f\",\"match\":\"x\",\"limits\":{\"entries\":10000,\"bytes\":214748364800,\"ratio\":1100,\"nesting\":0},"
                                + "\"format\":{\"delimiter\":null,\"quote\":\"\\\"\",\"header\":[],\"charset\":\"UTF-8\","
                                + "\"layout\":{\"detectQuote\":false,\"escape\":null,\"comment\":null,\"headerOnce\":false,\"leader\":null,"
                                + "\"trailer\":null,\"fixed\":[]}},\"tables\":[],"
                                + "\"engine\":\"e\",\"batch\":7,\"receipts\":[\"RECEIVED\",\"REJECTED\",\"DELIVERED\"],\"stitch\":null,\"parallel\":8,\"collect\":null,"
                                + "\"controls\":{\"maxRejects\":null,\"maxShrink\":null,\"sameBytes\":\"PROCESS\",\"sameBytesDays\":30,\"load\":\"FULL\",\"sequence\":null},"
                                + "\"files\":null,\"decrypt\":null,\"template\":null,\"mode\":\"LIVE\",\"expect\":null,\"delivery\":{\"ordered\":false,\"maxRefused\":null},\"unknownMember\":\"QUARANTINE\","
                                + "\"ready\":{\"rule\":\"CLOSE\",\"marker\":null,\"manifest\":null,\"quietSeconds\":0,\"withinSeconds\":86400}}");
    }

    @Test
    void aSnapshotOfAnEarlierVersionHasTheUsualConcurrency() throws Exception {
        Feed feed = new Feed("f", "x", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "e", 7, Set.of());
        String earlier = mapper.writeValueAsString(feed)
                .replace(",\"parallel\":8,\"collect\":null", "")
                .replace(",\"decrypt\":null", "")
                .replace(",\"delivery\":{\"ordered\":false,\"maxRefused\":null}", "")
                .replace(",\"unknownMember\":\"QUARANTINE\"", "")
                .replace(",\"ready\":" + mapper.writeValueAsString(Ready.CLOSE), "")
                .replace(",\"nesting\":0", "")
                .replace(",\"load\":\"FULL\",\"sequence\":null", "");
        assertThat(mapper.readValue(earlier, Feed.class)).isEqualTo(feed);
    }

    @Test
    void aSnapshotOfAnEarlierVersionMeansWhatItMeantThen() throws Exception {
        String earlier = "{\"id\":\"f\",\"match\":\"x\",\"limits\":{\"entries\":1,\"bytes\":2,\"ratio\":3},"
                + "\"format\":{\"delimiter\":null,\"quote\":\"\\\"\",\"header\":[],\"charset\":\"UTF-8\"},"
                + "\"tables\":[{\"name\":\"t\",\"match\":\"y\",\"order\":null,\"required\":true,\"format\":"
                + "{\"delimiter\":null,\"quote\":null,\"header\":[],\"charset\":\"UTF-8\"},"
                + "\"columns\":[{\"name\":\"A\",\"aliases\":[],\"required\":true}]}],"
                + "\"engine\":\"e\",\"batch\":7,\"receipts\":[\"RECEIVED\"],\"stitch\":null}";

        Feed feed = mapper.readValue(earlier, Feed.class);

        assertThat(feed.controls()).isEqualTo(Controls.DEFAULT);
        assertThat(feed.files()).isNull();
        assertThat(feed.tables().getFirst().quality()).isEqualTo(Quality.DEFAULT);
        assertThat(feed.tables().getFirst().columns().getFirst().rule()).isNull();
    }

    @Test
    void aSnapshotFromBeforeThereWereLayoutsReadsAsItWasMeant() throws Exception {
        String old =
                "{\"name\":\"t\",\"match\":\".*\",\"order\":null,\"required\":true,\"format\":{\"delimiter\":\"|\","
                        + "\"quote\":null,\"header\":[\"a\"],\"charset\":\"UTF-8\"},\"columns\":[]}";

        assertThat(mapper.readValue(old, Table.class))
                .isEqualTo(new Table("t", ".*", null, true, new Format("|", null, List.of("a"), "UTF-8"), List.of()));
    }

    @Test
    void aLayoutSurvivesJsonWhole() throws Exception {
        String yaml = Examples.EVERY_KEY
                .replace(
                        "charset: latin1 }",
                        "charset: auto, escape: \"\\\\\", comment: \"#\", header-record: '^HDR', trailer: 'TRL(?<rows>[0-9]+)',"
                                + " fixed: [{ name: a, from: 3, length: 4 }] }")
                .replace("quote: none", "quote: auto")
                .replace(
                        "match: 'v.csv'",
                        "match: 'v.csv'\n            format: { header: first, comment: none, trailer: none }"
                                + "\n            extra-columns: drop\n            missing-columns: empty\n            column-names: exact");
        Feed feed = ConfigurationParser.parse("partners.yml", yaml)
                .partners()
                .getFirst()
                .feeds()
                .getFirst();

        Feed read = mapper.readValue(mapper.writeValueAsString(feed), Feed.class);

        Layout expected = new Layout(
                true, '\\', "#", false, "^HDR", "TRL(?<rows>[0-9]+)", List.of(new Layout.FixedColumn("a", 3, 4)));
        assertThat(read).isEqualTo(feed);
        assertThat(read.format()).isEqualTo(new Format(";", '"', List.of(), "auto", expected));
        assertThat(read.tables().getLast().format().layout())
                .isEqualTo(new Layout(true, '\\', null, true, "^HDR", null, List.of()));
        assertThat(read.tables().getLast().rules())
                .isEqualTo(new ColumnRules(ColumnRules.Names.EXACT, ColumnRules.Missing.EMPTY, ColumnRules.Extra.DROP));
    }
}
