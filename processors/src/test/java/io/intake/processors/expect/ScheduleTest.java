package io.intake.processors.expect;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.Expect;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An hour that a schedule is wrong by, twice a year, is a page at night for nothing, or none for a file that is missing. */
class ScheduleTest {
    private static final List<String> WORKDAYS = List.of("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY");
    private static final List<String> ZONES = List.of(
            "America/Chicago", "Europe/Berlin", "UTC", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu");

    private static Expect rules(List<String> days, List<String> by, String zone, long grace, @Nullable Long early) {
        return new Expect(days, List.of(), List.of(), by, zone, grace, early, 1, 1, List.of(), false);
    }

    private static Slot at(Expect rules, String instant) {
        return new Schedule(rules).at(Instant.parse(instant)).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            America/Chicago, 06:30, 2026-03-06, 2026-03-06T12:30:00Z
            America/Chicago, 06:30, 2026-03-09, 2026-03-09T11:30:00Z
            America/Chicago, 02:30, 2026-03-08, 2026-03-08T08:30:00Z
            America/Chicago, 01:30, 2026-11-01, 2026-11-01T07:30:00Z
            Europe/Berlin,   02:30, 2026-10-25, 2026-10-25T01:30:00Z
            Europe/Berlin,   02:30, 2026-03-29, 2026-03-29T01:30:00Z
            UTC,             00:00, 2026-12-31, 2026-12-31T00:00:00Z
            """)
    void aTimeIsReadOffTheClocksOfItsZone(String zone, String by, LocalDate date, Instant due) {
        Expect rules = rules(List.of(), List.of(by), zone, 3_600, null);
        assertThat(at(rules, due.toString()).due()).isEqualTo(due);
        assertThat(due.atZone(ZoneId.of(zone)).toLocalDate()).isEqualTo(date);
        assertThat(at(rules, due.toString()).deadline()).isEqualTo(due.plusSeconds(3_600));
    }

    @Test
    void aWindowOpensHalfWayBetweenTheDeadlineBeforeAndItsTime() {
        Expect rules = rules(WORKDAYS, List.of("06:30"), "UTC", 3_600, null);
        // Friday's deadline is 07:30, Monday's time 71 hours later
        Slot monday = at(rules, "2026-11-23T06:00:00Z");
        assertThat(monday.due()).isEqualTo(Instant.parse("2026-11-23T06:30:00Z"));
        assertThat(monday.opens()).isEqualTo(Instant.parse("2026-11-21T19:00:00Z"));
        assertThat(at(rules, "2026-11-21T18:59:59Z").due()).isEqualTo(Instant.parse("2026-11-20T06:30:00Z"));
    }

    @Test
    void aWindowOpensAsEarlyAsIsSaidButNotBeforeTheDeadlineBefore() {
        Expect early = rules(List.of(), List.of("06:30"), "UTC", 3_600, 7_200L);
        assertThat(at(early, "2026-11-23T06:00:00Z").opens()).isEqualTo(Instant.parse("2026-11-23T04:30:00Z"));
        Expect tooEarly = rules(List.of(), List.of("06:30"), "UTC", 3_600, 1_000_000L);
        assertThat(at(tooEarly, "2026-11-23T06:00:00Z").opens()).isEqualTo(Instant.parse("2026-11-22T07:30:00Z"));
    }

    @Test
    void severalTimesADayAreSlotsOfTheirOwn() {
        Expect rules = rules(List.of(), List.of("06:30", "18:00"), "UTC", 3_600, null);
        Slot morning = at(rules, "2026-11-23T06:30:00Z");
        Slot evening = new Schedule(rules).after(morning).orElseThrow();
        assertThat(evening.due()).isEqualTo(Instant.parse("2026-11-23T18:00:00Z"));
        assertThat(evening.opens()).isEqualTo(Instant.parse("2026-11-23T12:45:00Z"));
    }

    @Test
    void aDeadlineIsAtMostHalfWayToTheNextTime() {
        Expect rules = rules(List.of(), List.of("06:30", "07:00"), "UTC", 86_400, null);
        assertThat(at(rules, "2026-11-23T06:30:00Z").deadline()).isEqualTo(Instant.parse("2026-11-23T06:45:00Z"));
    }

    @Test
    void aScheduleThatNeverComesHasNoSlot() {
        Expect never = new Expect(
                List.of(), List.of(1), List.of(), List.of("06:30"), "UTC", 60, null, 1, 1, allFirsts(), false);
        assertThat(new Schedule(never).at(Instant.parse("2026-11-23T06:30:00Z")))
                .isEmpty();
    }

    private static List<String> allFirsts() {
        List<String> firsts = new ArrayList<>();
        for (LocalDate day = LocalDate.parse("2015-01-01"); day.getYear() < 2038; day = day.plusMonths(1)) {
            firsts.add(day.toString());
        }
        return firsts;
    }

    private static Expect random(Random random) {
        List<String> by = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            String time = "%02d:%02d".formatted(random.nextInt(24), random.nextInt(4) * 15);
            if (!by.contains(time)) {
                by.add(time);
            }
        }
        int form = random.nextInt(4);
        return new Expect(
                form == 0 ? WORKDAYS.subList(random.nextInt(4), 5) : List.of(),
                form == 1 ? List.of(1 + random.nextInt(31), -1) : List.of(),
                form == 2 ? List.of(1 + random.nextInt(5), -1) : List.of(),
                by,
                ZONES.get(random.nextInt(ZONES.size())),
                random.nextInt(50) * 1_800L,
                random.nextBoolean() ? null : 60L + random.nextInt(100_000),
                1,
                1,
                random.nextBoolean() ? List.of() : List.of("2026-11-02", "2026-03-09"),
                random.nextBoolean());
    }

    @Test
    void windowsFollowEachOtherWithoutGapAndEveryInstantIsInOne() {
        for (long seed = 1; seed <= 400; seed++) {
            Random random = new Random(seed);
            Expect rules = random(random);
            Schedule schedule = new Schedule(rules);
            Instant now = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(random.nextInt(366 * 86_400));
            Slot slot = schedule.at(now).orElseThrow();
            String what = "seed %d: %s at %s".formatted(seed, rules, now);
            for (int i = 0; i < 5; i++) {
                Slot next = schedule.after(slot).orElseThrow();
                assertThat(slot.opens()).as(what).isBefore(slot.due());
                assertThat(slot.due()).as(what).isBeforeOrEqualTo(slot.deadline());
                assertThat(slot.deadline()).as(what).isBeforeOrEqualTo(next.opens());
                if (i == 0) {
                    assertThat(now).as(what).isAfterOrEqualTo(slot.opens()).isBefore(next.opens());
                }
                assertThat(schedule.at(slot.opens())).as(what).contains(slot);
                assertThat(schedule.at(slot.due())).as(what).contains(slot);
                assertThat(schedule.at(next.opens().minusMillis(1))).as(what).contains(slot);
                assertThat(schedule.slot(slot.due())).as(what).isEqualTo(slot);
                slot = next;
            }
        }
    }

    @Test
    void timesAreAsTheClockSaysOnDaysOnWhichFilesAreExpectedAndNoneIsLeftOut() {
        for (long seed = 1; seed <= 60; seed++) {
            Random random = new Random(seed);
            Expect rules = random(random);
            ZoneId zone = rules.zoneId();
            LocalDate first = LocalDate.parse("2026-01-01").plusDays(random.nextInt(300));
            List<Instant> expected = new ArrayList<>();
            for (LocalDate day = first; day.isBefore(first.plusDays(70)); day = day.plusDays(1)) {
                for (LocalTime time : rules.times()) {
                    if (rules.on(day)) {
                        expected.add(byClock(day, time, zone));
                    }
                }
            }
            List<Instant> distinct = expected.stream().distinct().sorted().toList();
            List<Instant> found = new ArrayList<>();
            Schedule schedule = new Schedule(rules);
            Instant end = first.plusDays(70).atStartOfDay(zone).toInstant();
            Slot slot = schedule.at(first.atStartOfDay(zone).toInstant().minusNanos(1))
                    .orElseThrow();
            while (slot.due().isBefore(end)) {
                if (!slot.due().isBefore(first.atStartOfDay(zone).toInstant())) {
                    found.add(slot.due());
                }
                slot = schedule.after(slot).orElseThrow();
            }
            assertThat(found).as("seed %d: %s from %s", seed, rules, first).isEqualTo(distinct);
        }
    }

    /** By going along the time line in steps of a quarter of an hour, and looking at the clock. */
    private static Instant byClock(LocalDate day, LocalTime time, ZoneId zone) {
        Instant from = day.atStartOfDay(zone).toInstant();
        Instant found = null;
        for (int quarter = 0; quarter < 26 * 4; quarter++) {
            ZonedDateTime clock = from.plus(Duration.ofMinutes(15L * quarter)).atZone(zone);
            if (clock.toLocalDate().equals(day) && clock.toLocalTime().equals(time)) {
                found = clock.toInstant();
            }
        }
        return found != null ? found : day.atTime(time).atZone(zone).toInstant();
    }
}
