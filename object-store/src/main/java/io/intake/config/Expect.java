package io.intake.config;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When a feed's files are expected. Of {@code weekdays}, {@code monthDays} and {@code workdays} one is given; none of them means
 * every day. Plain types, because a job's snapshot of its feed keeps it as JSON.
 *
 * @param weekdays as {@code MONDAY}
 * @param monthDays days of the month from 1; negative ones count from its end, -1 is the last
 * @param workdays as above, but only Monday to Friday without holidays are counted
 * @param by the times of day, as {@code 06:30}, ascending
 * @param zone where these times are read off the clock
 * @param graceSeconds how much later is still no reason to wake anybody
 * @param earlySeconds how long before its time a file may come; null for half the way from the one before
 * @param files how many are expected each time
 * @param minBytes a shorter file counts as empty
 * @param holidays days on which nothing is expected, as {@code 2026-12-25}
 * @param usFederal whether the federal holidays of the US are such days
 */
public record Expect(
        List<String> weekdays,
        List<Integer> monthDays,
        List<Integer> workdays,
        List<String> by,
        String zone,
        long graceSeconds,
        @Nullable Long earlySeconds,
        int files,
        long minBytes,
        List<String> holidays,
        boolean usFederal) {
    public Expect {
        weekdays = List.copyOf(weekdays);
        monthDays = List.copyOf(monthDays);
        workdays = List.copyOf(workdays);
        by = by.stream().sorted().toList();
        holidays = List.copyOf(holidays);
    }

    /** Whether files are expected on a date. Pure. */
    public boolean on(LocalDate date) {
        if (isHoliday(date)) {
            return false;
        }
        if (!weekdays.isEmpty()) {
            return weekdays.contains(date.getDayOfWeek().name());
        }
        if (!monthDays.isEmpty()) {
            int fromEnd = date.getDayOfMonth() - date.lengthOfMonth() - 1;
            return monthDays.contains(date.getDayOfMonth()) || monthDays.contains(fromEnd);
        }
        return workdays.isEmpty() || isCountedWorkday(date);
    }

    private boolean isCountedWorkday(LocalDate date) {
        if (!isWorkday(date)) {
            return false;
        }
        int fromStart = 0;
        int fromEnd = 0;
        for (int day = 1; day <= date.lengthOfMonth(); day++) {
            if (isWorkday(date.withDayOfMonth(day))) {
                fromStart += day <= date.getDayOfMonth() ? 1 : 0;
                fromEnd -= day >= date.getDayOfMonth() ? 1 : 0;
            }
        }
        return workdays.contains(fromStart) || workdays.contains(fromEnd);
    }

    private boolean isWorkday(LocalDate date) {
        return !Set.of(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY).contains(date.getDayOfWeek()) && !isHoliday(date);
    }

    private boolean isHoliday(LocalDate date) {
        return holidays.contains(date.toString()) || (usFederal && UsFederalHolidays.contains(date));
    }

    /** The times of day, ascending. */
    public List<LocalTime> times() {
        return by.stream().map(LocalTime::parse).toList();
    }

    /** The zone of the times. */
    public ZoneId zoneId() {
        return ZoneId.of(zone);
    }
}
