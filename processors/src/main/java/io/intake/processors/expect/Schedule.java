package io.intake.processors.expect;

import io.intake.config.Expect;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * Turns what an engineer wrote into slots on the time line. Pure.
 *
 * <p>Where clocks are put forward, a time that is left out is the one as long after it as was left out (02:30 becomes 03:30);
 * where they are put back, a time that comes twice is the later one: nobody is woken for a file that is not late. The windows
 * of slots follow each other without gap: a window opens {@code early} before its time, or half way between the deadline
 * before and its time, and never before that deadline.
 */
public final class Schedule {
    /** Longer than between two of any schedule that means something: 29 February of a leap year is the rarest day. */
    private static final int DAYS = 8 * 366 + 1;

    private final Expect rules;
    private final ZoneId zone;
    private final List<LocalTime> times;

    public Schedule(Expect rules) {
        this.rules = rules;
        this.zone = rules.zoneId();
        this.times = rules.times();
    }

    /** The slot in whose window an instant is; empty if there is none so far. */
    public Optional<Slot> at(Instant now) {
        Optional<Slot> next = dueAfter(now).map(this::slot);
        return next.filter(slot -> !now.isBefore(slot.opens()))
                .or(() -> dueAtOrBefore(now).map(this::slot));
    }

    /** The slot after one; empty if it is the last. */
    public Optional<Slot> after(Slot slot) {
        return dueAfter(slot.due()).map(this::slot);
    }

    /** The slot that was due at an instant. */
    public Slot slot(Instant due) {
        Instant deadline = deadline(due);
        Optional<Instant> before = dueAtOrBefore(due.minusNanos(1)).map(this::deadline);
        if (before.isEmpty()) {
            return new Slot(due.minus(rules.earlySeconds() == null ? Duration.ofDays(1) : early()), due, deadline);
        }
        Instant from = before.get();
        Instant opens = rules.earlySeconds() == null
                ? from.plus(Duration.between(from, due).dividedBy(2))
                : due.minus(early());
        return new Slot(opens.isBefore(from) ? from : opens, due, deadline);
    }

    private Duration early() {
        Long seconds = rules.earlySeconds();
        return seconds == null ? Duration.ZERO : Duration.ofSeconds(seconds);
    }

    /** At most half way to the next slot's time: what comes after that is for that one. */
    private Instant deadline(Instant due) {
        Instant deadline = due.plusSeconds(rules.graceSeconds());
        return dueAfter(due)
                .map(next -> due.plus(Duration.between(due, next).dividedBy(2)))
                .filter(half -> half.isBefore(deadline))
                .orElse(deadline);
    }

    private Optional<Instant> dueAfter(Instant instant) {
        LocalDate date = instant.atZone(zone).toLocalDate().minusDays(1);
        for (int day = 0; day < DAYS; day++, date = date.plusDays(1)) {
            if (rules.on(date)) {
                Optional<Instant> due = dues(date).stream()
                        .filter(each -> each.isAfter(instant))
                        .findFirst();
                if (due.isPresent()) {
                    return due;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Instant> dueAtOrBefore(Instant instant) {
        LocalDate date = instant.atZone(zone).toLocalDate().plusDays(1);
        for (int day = 0; day < DAYS; day++, date = date.minusDays(1)) {
            if (rules.on(date)) {
                Optional<Instant> due = dues(date).reversed().stream()
                        .filter(each -> !each.isAfter(instant))
                        .findFirst();
                if (due.isPresent()) {
                    return due;
                }
            }
        }
        return Optional.empty();
    }

    /** The times of a day, ascending: where clocks are put forward, two of them can be one, or change places. */
    private List<Instant> dues(LocalDate date) {
        return times.stream()
                .map(time -> date.atTime(time)
                        .atZone(zone)
                        .withLaterOffsetAtOverlap()
                        .toInstant())
                .distinct()
                .sorted()
                .toList();
    }
}
