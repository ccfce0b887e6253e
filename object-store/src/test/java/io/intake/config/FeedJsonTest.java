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
                        "{\"id\":\"f\",\"match\":\"x\",\"limits\":{\"entries\":10000,\"bytes\":214748364800,\"ratio\":1100},"
                                + "\"format\":{\"delimiter\":null,\"quote\":\"\\\"\",\"header\":[],\"charset\":\"UTF-8\"},\"tables\":[],"
                                + "\"engine\":\"e\",\"batch\":7,\"receipts\":[\"RECEIVED\",\"REJECTED\",\"DELIVERED\"],\"stitch\":null,\"parallel\":8,\"collect\":null,\"decrypt\":null}");
    }

    @Test
    void aSnapshotOfAnEarlierVersionHasTheUsualConcurrency() throws Exception {
        Feed feed = new Feed("f", "x", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "e", 7, Set.of());
        String earlier =
                mapper.writeValueAsString(feed).replace(",\"parallel\":8,\"collect\":null,\"decrypt\":null", "");
        assertThat(mapper.readValue(earlier, Feed.class)).isEqualTo(feed);
    }
}
