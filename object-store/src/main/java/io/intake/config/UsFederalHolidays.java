package io.intake.config;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.Month;
import java.time.MonthDay;
import java.time.temporal.TemporalAdjusters;
import java.util.List;

/**
 * The days on which federal offices of the US are closed (5 U.S.C. 6103): one that falls on a Saturday is kept on the Friday
 * before, one on a Sunday on the Monday after. Pure.
 */
final class UsFederalHolidays {
    private static final List<MonthDay> FIXED = List.of(
            MonthDay.of(Month.JANUARY, 1),
            MonthDay.of(Month.JUNE, 19),
            MonthDay.of(Month.JULY, 4),
            MonthDay.of(Month.NOVEMBER, 11),
            MonthDay.of(Month.DECEMBER, 25));

    private UsFederalHolidays() {}

    static boolean contains(LocalDate date) {
        return isMovable(date) || isKept(date);
    }

    private static boolean isKept(LocalDate date) {
        return switch (date.getDayOfWeek()) {
            case SATURDAY, SUNDAY -> isFixed(date);
            case MONDAY -> isFixed(date) || isFixed(date.minusDays(1));
            case FRIDAY -> isFixed(date) || isFixed(date.plusDays(1));
            case TUESDAY, WEDNESDAY, THURSDAY -> isFixed(date);
        };
    }

    private static boolean isFixed(LocalDate date) {
        return FIXED.contains(MonthDay.from(date));
    }

    private static boolean isMovable(LocalDate date) {
        return switch (date.getMonth()) {
            // Martin Luther King's birthday; Washington's birthday
            case JANUARY, FEBRUARY -> isNth(date, 3, DayOfWeek.MONDAY);
            // Memorial Day
            case MAY -> date.equals(date.with(TemporalAdjusters.lastInMonth(DayOfWeek.MONDAY)));
            // Labor Day
            case SEPTEMBER -> isNth(date, 1, DayOfWeek.MONDAY);
            // Columbus Day
            case OCTOBER -> isNth(date, 2, DayOfWeek.MONDAY);
            // Thanksgiving
            case NOVEMBER -> isNth(date, 4, DayOfWeek.THURSDAY);
            case MARCH, APRIL, JUNE, JULY, AUGUST, DECEMBER -> false;
        };
    }

    private static boolean isNth(LocalDate date, int nth, DayOfWeek day) {
        return date.equals(date.with(TemporalAdjusters.dayOfWeekInMonth(nth, day)));
    }
}
