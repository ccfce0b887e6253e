package io.intake.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.intake.config.Controls.Load;
import io.intake.config.Controls.OutOfSequence;
import io.intake.config.Controls.Sequence;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A rule that is read as another one drops tables in silence. */
class ContainerConfigurationTest {
    private static final String MATCH = "match: 'daily/.*\\.zip'\n";
    private static final String MATCHED = "match: 'daily/x(?<seq>\\d+)\\.zip'\n";

    private static Feed feed(String right, String wrong) {
        assertThat(Examples.EVERY_KEY).contains(right);
        return ConfigurationParser.parse("f", Examples.EVERY_KEY.replace(right, wrong))
                .partners()
                .getFirst()
                .feeds()
                .getFirst();
    }

    private static Feed controlled(String controls) {
        return feed(MATCH, MATCHED + "        controls: " + controls + "\n");
    }

    private static String mistakes(String right, String wrong) {
        assertThat(Examples.EVERY_KEY).contains(right);
        String yaml = Examples.EVERY_KEY.replace(right, wrong);
        ConfigurationException refused =
                catchThrowableOfType(ConfigurationException.class, () -> ConfigurationParser.parse("f", yaml));
        return String.join("\n", Objects.requireNonNull(refused, "accepted").problems());
    }

    @Test
    void archivesMayBeOpenedWithinArchivesAndFilesOfNoTableTreatedAsTheFeedSays() {
        Feed feed = feed("ratio: 5 }", "ratio: 5, nesting: 2 }, unknown-member: reject");

        assertThat(feed.limits()).isEqualTo(new ArchiveLimits(10, 2L << 30, 5, 2));
        assertThat(feed.unknownMember()).isEqualTo(UnknownMember.REJECT);
        assertThat(feed("{ limits: { entries: 10, bytes: 2 GiB, ratio: 5 } }", "{ unknown-member: ignore }"))
                .isEqualTo(
                        feed("ratio: 5", "ratio: 5").with(ArchiveLimits.DEFAULT).with(UnknownMember.IGNORE));
    }

    @Test
    void partsSayHowManyTheyAre() {
        Table table = feed("match: 'p(?<n>\\d+)\\.csv'", "match: 'p(?<n>\\d+)of(?<of>\\d+)\\.csv'")
                .tables()
                .getFirst();
        assertThat(table.expect()).isNull();

        String expecting = Examples.EVERY_KEY
                .replace("match: 'p(?<n>\\d+)\\.csv'", "match: 'p(?<n>\\d+)of(?<of>\\d+)\\.csv'")
                .replace("order: n", "order: n, expect: of");
        assertThat(ConfigurationParser.parse("f", expecting)
                        .partners()
                        .getFirst()
                        .feeds()
                        .getFirst()
                        .tables()
                        .getFirst()
                        .expect())
                .isEqualTo("of");
    }

    @Test
    void filesAreNumberedByAGroupOfTheirPath() {
        assertThat(controlled("{ sequence: seq }").controls().sequence())
                .isEqualTo(new Sequence("seq", OutOfSequence.HOLD));
        assertThat(controlled("{ sequence: { group: seq, policy: warn }, load: delta }")
                        .controls())
                .satisfies(controls -> {
                    assertThat(controls.sequence()).isEqualTo(new Sequence("seq", OutOfSequence.WARN));
                    assertThat(controls.load()).isEqualTo(Load.DELTA);
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ratio: 5 | ratio: 5, nesting: 6 | f:8: 'nesting' must be a whole number from 0 to 5",
                "ratio: 5 } | ratio: 5 }, unknown-member: drop"
                        + " | f:8: 'unknown-member' must be one of quarantine, hold, reject, ignore",
                "order: n | order: n, expect: of"
                        + " | f:13: 'expect' must name a group of the table's 'match', as n is in (?<n>\\d+)",
                "order: n | expect: n | f:13: 'order' is missing",
            })
    void eachMistakeIsReportedWithItsLine(String right, String wrong, String problem) {
        assertThat(mistakes(right, wrong)).contains(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ sequence: day } | f:8: 'sequence' must name a group of the feed's 'match', as seq is in (?<seq>\\d+)",
                "{ sequence: { policy: warn } } | f:8: 'group' is missing",
                "{ sequence: { group: seq, policy: skip } } | f:8: 'policy' must be one of warn, hold",
                "{ load: some } | f:8: 'load' must be one of full, delta",
                "{ load: delta, max-shrink: 5% }"
                        + " | f:8: 'max-shrink' compares full loads, so that it cannot be given with 'load: delta'",
            })
    void eachMistakeInControlsIsReportedWithItsLine(String controls, String problem) {
        assertThat(mistakes(MATCH, MATCHED + "        controls: " + controls + "\n"))
                .contains(problem);
    }

    @Test
    void theFilesOfASetHaveNoOrder() {
        assertThat(mistakes(
                        MATCH,
                        MATCHED + "        controls: { sequence: seq }\n        collect: { within: 1h, count: 2 }\n"))
                .contains("with 'collect' the files of a set have no order, so that 'sequence' cannot be given");
    }

    @Test
    void aSetCanBeCompleteByAList() {
        String collect =
                "        collect: { within: 1h, manifest: { match: 'm', style: columns, name: File, md5: Sum } }\n";
        Collect rules = Objects.requireNonNull(feed(MATCH, MATCH + collect).collect());

        assertThat(rules.manifest()).isEqualTo(new Manifest("m", Manifest.Style.COLUMNS, "File", null, "Sum", null));
        assertThat(rules.isManifest("m")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ style: columns, match: m } | f:8: 'name' is missing: the column with the names of files",
                "{ match: m, bytes: Size } | f:8: 'bytes' names a column, so that it needs 'style: columns'",
                "{ style: list, match: m } | f:8: 'style' must be one of names, columns, sums",
                "{ style: sums } | f:8: 'match' is missing",
                "{ match: m, rows: Rows } | f:8: 'rows' names a column, so that it needs 'style: columns'",
                "{ match: m, lines: Rows } | f:8: unknown key 'lines' in 'manifest'",
            })
    void eachMistakeInAManifestIsReportedWithItsLine(String manifest, String problem) {
        assertThat(mistakes(MATCH, MATCH + "        collect: { within: 1h, manifest: " + manifest + " }\n"))
                .contains(problem);
    }
}
