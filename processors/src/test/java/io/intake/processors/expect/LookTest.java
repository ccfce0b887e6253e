package io.intake.processors.expect;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.Expect;
import io.intake.config.FeedMode;
import io.intake.processors.expect.Watch.Level;
import io.intake.processors.page.PageEvent;
import io.intake.processors.page.PageEvent.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A file that does not come is noticed by nobody but the schedule; a schedule that cries every night is switched off. */
class LookTest {
    private static final Expect DAILY = rules(1);

    private final List<Instant> files = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private Watch watch = Watch.begin("", Instant.parse("2026-10-30T00:00:00Z"));

    private static Expect rules(int files) {
        return new Expect(
                List.of("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"),
                List.of(),
                List.of(),
                List.of("06:30"),
                "UTC",
                3_600,
                null,
                files,
                1,
                List.of(),
                false);
    }

    private void look(Expect rules, Instant now) {
        Schedule schedule = new Schedule(rules);
        Look look = new Look(
                rules, "d" + rules.hashCode(), new LatePages("p", "f", FeedMode.LIVE), slot -> (int) files.stream()
                        .filter(file -> !file.isAfter(now)
                                && !file.isBefore(slot.opens())
                                && file.isBefore(
                                        schedule.after(slot).orElseThrow().opens()))
                        .count());
        watch = look.at(watch, now);
        watch.pending().forEach(page -> told.add(word(page)));
        watch = watch.left();
    }

    private static String word(PageEvent page) {
        String what = page.dedupKey().substring(page.dedupKey().lastIndexOf('/') + 1);
        return page.action() == Action.TRIGGER ? page.details().getOrDefault("code", "") : what + " over";
    }

    private void look(String now) {
        look(DAILY, Instant.parse(now));
    }

    private void every5Minutes(String from, String to) {
        for (Instant now = Instant.parse(from); now.isBefore(Instant.parse(to)); now = now.plusSeconds(300)) {
            look(DAILY, now);
        }
    }

    @Test
    void aFileThatComesInTimeIsNotSpokenOf() {
        files.add(Instant.parse("2026-11-02T05:00:00Z"));
        files.add(Instant.parse("2026-11-03T06:29:59Z"));
        every5Minutes("2026-11-02T00:00:00Z", "2026-11-03T23:00:00Z");
        assertThat(told).isEmpty();
        assertThat(watch.level()).isEqualTo(Level.FINE);
    }

    @Test
    void aLateFileIsWarnedOfThenPagedAndResolvedWhenItComes() {
        files.add(Instant.parse("2026-11-02T08:10:00Z"));
        every5Minutes("2026-11-02T00:00:00Z", "2026-11-02T06:30:00Z");
        assertThat(told).isEmpty();
        look("2026-11-02T06:30:00Z");
        assertThat(told).containsExactly("FILE_DUE");
        every5Minutes("2026-11-02T06:35:00Z", "2026-11-02T07:30:00Z");
        assertThat(told).hasSize(1);
        every5Minutes("2026-11-02T07:30:00Z", "2026-11-02T08:05:00Z");
        assertThat(told).containsExactly("FILE_DUE", "FILE_LATE", "due over");
        look("2026-11-02T08:10:00Z");
        assertThat(told).containsExactly("FILE_DUE", "FILE_LATE", "due over", "late over");
        every5Minutes("2026-11-02T08:15:00Z", "2026-11-03T06:30:00Z");
        assertThat(told).hasSize(4);
    }

    @Test
    void aFileWithinTheGraceEndsTheWarningAndWakesNobody() {
        files.add(Instant.parse("2026-11-02T07:29:00Z"));
        every5Minutes("2026-11-02T00:00:00Z", "2026-11-02T12:00:00Z");
        assertThat(told).containsExactly("FILE_DUE", "due over");
    }

    @Test
    void aLateFileDoesNotStandForTheNextDays() {
        files.add(Instant.parse("2026-11-02T07:40:00Z"));
        every5Minutes("2026-11-02T00:00:00Z", "2026-11-03T08:00:00Z");
        assertThat(told)
                .containsExactly("FILE_DUE", "FILE_LATE", "due over", "late over", "FILE_DUE", "FILE_LATE", "due over");
    }

    @Test
    void aFeedThatIsSilentForDaysIsOneIncidentThatSaysHowManyTimesItWasMissed() {
        every5Minutes("2026-11-02T00:00:00Z", "2026-11-05T00:00:00Z");
        assertThat(told)
                .containsExactly("FILE_DUE", "FILE_LATE", "due over", "FILE_MISSING", "FILE_MISSING", "FILE_MISSING");
        assertThat(watch.missed()).isEqualTo(3);
        files.add(Instant.parse("2026-11-05T03:00:00Z"));
        look("2026-11-05T03:00:00Z");
        assertThat(told).hasSize(7).last().isEqualTo("late over");
        assertThat(watch.missed()).isZero();
    }

    @Test
    void whoDidNotLookForDaysTellsOnceAndAboutWhatIsSoNow() {
        look("2026-11-02T00:00:00Z");
        look("2026-11-06T23:00:00Z");
        assertThat(told).containsExactly("FILE_MISSING");
        assertThat(watch.missed()).isEqualTo(4);
    }

    @Test
    void whoDidNotLookForDaysIsNotFooledByFilesThatCame() {
        look("2026-11-02T00:00:00Z");
        for (int day = 2; day <= 6; day++) {
            files.add(Instant.parse("2026-11-0%dT05:00:00Z".formatted(day)));
        }
        look("2026-11-06T07:00:00Z");
        assertThat(told).isEmpty();
    }

    @Test
    void ofAFileThatMayHaveComeBeforeTheFeedWasExpectedNothingIsSaid() {
        watch = Watch.begin("", Instant.parse("2026-11-02T06:00:00Z"));
        every5Minutes("2026-11-02T06:00:00Z", "2026-11-02T12:00:00Z");
        assertThat(told).isEmpty();
        every5Minutes("2026-11-02T12:00:00Z", "2026-11-03T07:00:00Z");
        assertThat(told).containsExactly("FILE_DUE");
    }

    @Test
    void ofAScheduleThatWasChangedNoTimeCountsAsMissed() {
        files.add(Instant.parse("2026-11-02T05:00:00Z"));
        every5Minutes("2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z");
        Expect changed = new Expect(
                List.of(), List.of(), List.of(), List.of("02:00", "14:00"), "UTC", 3_600, null, 1, 1, List.of(), false);
        look(changed, Instant.parse("2026-11-03T00:05:00Z"));
        assertThat(told).isEmpty();
        look(changed, Instant.parse("2026-11-03T02:00:00Z"));
        assertThat(told).containsExactly("FILE_DUE");
    }

    @Test
    void ofSeveralFilesThatAreExpectedEachIsMissed() {
        files.add(Instant.parse("2026-11-02T05:00:00Z"));
        look(rules(2), Instant.parse("2026-11-02T06:30:00Z"));
        assertThat(told).containsExactly("FILE_DUE");
        files.add(Instant.parse("2026-11-02T06:31:00Z"));
        look(rules(2), Instant.parse("2026-11-02T06:35:00Z"));
        assertThat(told).containsExactly("FILE_DUE", "due over");
    }

    @Test
    void whateverComesWhenAndHoweverOftenSomebodyLooksWhatIsOpenIsSoAndNothingIsOpenedTwice() {
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            files.clear();
            told.clear();
            watch = Watch.begin("", Instant.parse("2026-10-30T00:00:00Z"));
            Instant end = Instant.parse("2026-11-14T00:00:00Z");
            for (Instant at = Instant.parse("2026-11-01T00:00:00Z");
                    at.isBefore(end);
                    at = at.plus(Duration.ofMinutes(1 + random.nextInt(3_000)))) {
                files.add(at);
            }
            TreeSet<String> open = new TreeSet<>();
            int seen = 0;
            for (Instant now = Instant.parse("2026-11-01T00:00:00Z");
                    now.isBefore(end);
                    now = now.plusSeconds(60 + random.nextInt(40_000))) {
                look(DAILY, now);
                for (String word : told.subList(seen, told.size())) {
                    String what = word.equals("FILE_DUE") || word.equals("due over") ? "due" : "late";
                    boolean changed = word.endsWith("over") ? open.remove(what) : open.add(what);
                    assertThat(changed || word.equals("FILE_MISSING"))
                            .as("seed %d: %s", seed, told)
                            .isTrue();
                }
                seen = told.size();
                Slot slot = new Schedule(DAILY).at(now).orElseThrow();
                Instant looked = now;
                boolean there = files.stream().anyMatch(file -> !file.isAfter(looked) && !file.isBefore(slot.opens()));
                if (there) {
                    assertThat(open).as("seed %d at %s", seed, now).isEmpty();
                } else if (!now.isBefore(slot.deadline())) {
                    assertThat(open).as("seed %d at %s", seed, now).containsExactly("late");
                } else if (!now.isBefore(slot.due())) {
                    assertThat(open).as("seed %d at %s", seed, now).hasSize(1);
                }
            }
        }
    }
}
