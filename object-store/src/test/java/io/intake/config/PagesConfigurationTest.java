package io.intake.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A schedule that is read otherwise than it was meant wakes somebody every night, or nobody on the night that counts. */
class PagesConfigurationTest {
    private static Configuration parse(String right, String wrong) {
        assertThat(Examples.EVERY_KEY).contains(right);
        return ConfigurationParser.parse("f", Examples.EVERY_KEY.replace(right, wrong));
    }

    private static Feed feed(String more) {
        return parse("id: daily\n", "id: daily\n        " + more + "\n")
                .partners()
                .getFirst()
                .feeds()
                .getFirst();
    }

    private static Expect expect(String keys) {
        return Objects.requireNonNull(feed("expect: { by: \"06:30\", zone: America/Chicago, " + keys + " }")
                .expect());
    }

    private static List<String> problems(String right, String wrong) {
        ConfigurationException refused = catchThrowableOfType(ConfigurationException.class, () -> parse(right, wrong));
        return Objects.requireNonNull(refused, "accepted").problems();
    }

    private static List<String> expectProblems(String keys) {
        return problems("id: daily\n", "id: daily\n        expect: { " + keys + " }\n");
    }

    @Test
    void aFeedIsLiveAndNotExpectedUnlessItSaysOtherwise() {
        assertThat(feed("parallel: 3").mode()).isEqualTo(FeedMode.LIVE);
        assertThat(feed("parallel: 3").expect()).isNull();
        assertThat(feed("mode: test").mode()).isEqualTo(FeedMode.TEST);
        assertThat(feed("mode: paused").mode()).isEqualTo(FeedMode.PAUSED);
        assertThat(problems("id: daily\n", "id: daily\n        mode: off\n"))
                .containsExactly("f:7: 'mode' must be one of live, test, paused");
    }

    @Test
    void whatAScheduleLeavesOutIsUsual() {
        Expect all = expect("grace: 2h");
        assertThat(all.graceSeconds()).isEqualTo(7_200);
        assertThat(all.by()).containsExactly("06:30");
        assertThat(all.files()).isOne();
        assertThat(all.minBytes()).isOne();
        assertThat(all.earlySeconds()).isNull();
        assertThat(all.on(LocalDate.parse("2026-12-26"))).isTrue();
        assertThat(all.zoneId().getId()).isEqualTo("America/Chicago");
    }

    @Test
    void timesAreAscendingHoweverTheyAreWritten() {
        Feed feed = feed("expect: { by: [\"18:00\", \"06:30\"], zone: UTC }");
        assertThat(Objects.requireNonNull(feed.expect()).by()).containsExactly("06:30", "18:00");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            days: mon-fri;               2026-11-20; true
            days: mon-fri;               2026-11-21; false
            days: [mon, thu];            2026-11-19; true
            days: [mon, thu];            2026-11-20; false
            days: fri-mon;               2026-11-22; true
            days: fri-mon;               2026-11-24; false
            days: daily;                 2026-11-22; true
            month-days: [1, last];       2026-02-28; true
            month-days: [1, last];       2028-02-28; false
            month-days: [1, last];       2028-02-29; true
            month-days: 31;              2026-11-30; false
            workdays: 1;                 2026-11-02; true
            workdays: 1;                 2026-11-01; false
            workdays: [last];            2026-10-30; true
            workdays: [last];            2026-10-31; false
            holidays: [2026-12-24];      2026-12-24; false
            holidays: us-federal;        2026-11-26; false
            holidays: us-federal;        2026-07-03; false
            holidays: us-federal;        2026-07-02; true
            holidays: us-federal;        2027-07-05; false
            holidays: us-federal;        2026-05-25; false
            holidays: us-federal;        2026-05-18; true
            holidays: us-federal;        2027-12-31; false
            'workdays: 1, holidays: us-federal'; 2027-01-01; false
            'workdays: 1, holidays: us-federal'; 2027-01-04; true
            """)
    void filesAreExpectedOnTheDaysThatWereMeant(String keys, LocalDate date, boolean expected) {
        assertThat(expect(keys).on(date))
                .as("%s on %s", keys, date.getDayOfWeek())
                .isEqualTo(expected);
    }

    @Test
    void allMistakesOfAScheduleAreReportedTogether() {
        assertThat(expectProblems("by: 6am, zone: CST6, grace: soon, days: weekdays, holidays: [xmas], files: 0"))
                .containsExactlyInAnyOrder(
                        "f:7: 'by' must be a time of day such as \"06:30\"",
                        "f:7: 'zone' must be a time zone such as America/Chicago or UTC",
                        "f:7: 'grace' must be a duration such as 30s or 5m, at most 31d",
                        "f:7: 'days' must be daily, or days and ranges of days such as mon-fri or [mon, thu]",
                        "f:7: 'holidays' must be us-federal or days such as 2026-12-25",
                        "f:7: 'files' must be a whole number from 1 to 1,000");
        assertThat(expectProblems("days: mon")).containsExactly("f:7: 'by' is missing", "f:7: 'zone' is missing");
        assertThat(expectProblems("by: \"06:30\", zone: UTC, days: mon, month-days: 1"))
                .containsExactly("f:7: only one of 'days', 'month-days' and 'workdays' can be given");
        assertThat(expectProblems("by: [\"06:30\", \"06:30\"], zone: UTC"))
                .containsExactly("f:7: this time is given twice, first in line 7");
    }

    @Test
    void aPageIsWorthWhatIsUsualUnlessThePolicySaysOtherwise() {
        Pager pager = Objects.requireNonNull(
                parse("pager:\n", "pager:\n  severity: { quarantined: error, unmatched: none, engine-down: info }\n")
                        .pager());
        assertThat(pager.severity(PageKind.QUARANTINED)).isEqualTo(PageSeverity.ERROR);
        assertThat(pager.severity(PageKind.UNMATCHED)).isEqualTo(PageSeverity.NONE);
        assertThat(pager.severity(PageKind.ENGINE_DOWN)).isEqualTo(PageSeverity.INFO);
        assertThat(pager.severity(PageKind.FAILED)).isEqualTo(PageSeverity.CRITICAL);
        assertThat(pager.severity(PageKind.LATE)).isEqualTo(PageSeverity.ERROR);
    }

    @Test
    void thePagerHasItsLinksItsProxyAndItsRegion() {
        Pager pager = Objects.requireNonNull(parse("  endpoint: https://events.example/v2/enqueue", """
                        region: eu
                        links: { runbook: https://wiki.example/runbook }
                        proxy: proxy.example:3128
                        stuck-after: 2h
                        parked-after: 1d
                        """.indent(2)
                        .stripTrailing())
                .pager());
        assertThat(pager.endpoint()).isEqualTo(Pager.EU);
        assertThat(pager.runbook()).isEqualTo(URI.create("https://wiki.example/runbook"));
        assertThat(pager.proxy()).isEqualTo(new Pager.Proxy("proxy.example", 3128));
        assertThat(pager.stuckAfter()).isEqualTo(Duration.ofHours(2));
        assertThat(pager.parkedAfter()).isEqualTo(Duration.ofDays(1));
    }

    @Test
    void allMistakesOfThePagerAreReportedWithTheirLines() {
        assertThat(problems("pager:\n", """
                        pager:
                          severity: { quarantine: warning, failed: high }
                          region: asia
                          proxy: nowhere
                          links: {}
                          stuck-after: 1s
                        """))
                .containsExactlyInAnyOrder(
                        "f:28: unknown key 'quarantine' in 'severity'; did you mean 'quarantined'?",
                        "f:28: 'failed' must be one of critical, error, warning, info, none",
                        "f:29: 'region' must be one of us, eu",
                        "f:28: 'endpoint' and 'region' cannot both be given",
                        "f:30: 'proxy' must be a host and a port, such as proxy.example.org:3128",
                        "f:31: 'runbook' is missing",
                        "f:32: 'stuck-after' must be a duration such as 30s or 5m, from 15m to 7d");
    }
}
