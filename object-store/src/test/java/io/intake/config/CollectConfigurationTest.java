package io.intake.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.intake.config.Collect.Overdue;
import io.intake.config.Collect.Part;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A rule for sets that is read otherwise than it was written closes a set too early, or never. */
class CollectConfigurationTest {
    private static String with(String collect) {
        return Examples.EVERY_KEY
                .replace("'daily/.*\\.zip'", "'daily/(?<day>\\d+)/(?<seq>\\d+).*'")
                .replace(
                        "        receipts: [delivered, received]",
                        "        receipts: [delivered, received]\n        parallel: 3\n        collect: " + collect);
    }

    private static Feed feed(String collect) {
        return ConfigurationParser.parse("f", with(collect))
                .partners()
                .getFirst()
                .feeds()
                .getFirst();
    }

    private static List<String> problems(String collect) {
        ConfigurationException refused =
                Objects.requireNonNull(catchThrowableOfType(ConfigurationException.class, () -> feed(collect)));
        return List.of(String.valueOf(refused.getMessage()).split("\n"));
    }

    @Test
    void everyKeyReachesItsRecordAndASnapshotKeepsIt() throws Exception {
        Feed feed = feed("{ by: [day, seq], parts: { a: { match: '.*a' }, b: { match: '.*b', required: false } },"
                + " count: 4, marker: '.*done', within: 90m, overdue: go-on }");
        assertThat(feed.parallel()).isEqualTo(3);
        assertThat(feed.collect())
                .isEqualTo(new Collect(
                        List.of("day", "seq"),
                        List.of(new Part("a", ".*a", true), new Part("b", ".*b", false)),
                        4,
                        ".*done",
                        5_400,
                        Overdue.GO_ON));
        ObjectMapper mapper = new ObjectMapper();
        assertThat(mapper.readValue(mapper.writeValueAsString(feed), Feed.class))
                .isEqualTo(feed);
        assertThat(feed("{ within: 1h }").collect())
                .isEqualTo(new Collect(List.of(), List.of(), 0, null, 3_600, Overdue.WAIT));
    }

    @Test
    void whatWouldNotBeDoneIsRefused() {
        assertThat(problems("{ by: [night], within: 20d, overdue: never, manifest: 'x' }")
                        .toString())
                .contains("'by' names groups of the feed's 'match'")
                .contains("'within' must be a duration")
                .contains("'overdue' must be wait, go-on or quarantine")
                .contains("'manifest' must be a mapping");
        assertThat(problems("{ count: 2 }").toString()).contains("'within' is missing");
    }
}
