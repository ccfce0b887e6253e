package io.intake.config;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads {@code expect}. */
final class ExpectReader {
    private static final Set<String> KNOWN =
            Set.of("days", "month-days", "workdays", "by", "zone", "grace", "early", "files", "min-bytes", "holidays");
    private static final List<String> WEEK = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
    private static final Pattern TIME = Pattern.compile("([01][0-9]|2[0-3]):[0-5][0-9]");
    private static final String US_FEDERAL = "us-federal";
    private static final Duration DEFAULT_GRACE = Duration.ofHours(1);

    private ExpectReader() {}

    static Optional<Expect> read(Node node, String key, Problems problems) {
        return Fields.of(node, "'expect'", KNOWN, problems).map(fields -> {
            List<String> holidays = fields.optional("holidays", listOrOne(ExpectReader::holiday, "this day"))
                    .orElse(List.of());
            if (Stream.of("days", "month-days", "workdays")
                            .filter(each -> fields.node(each).isPresent())
                            .count()
                    > 1) {
                problems.add(node, "only one of 'days', 'month-days' and 'workdays' can be given");
            }
            Duration longest = Duration.ofDays(31);
            return new Expect(
                    fields.optional("days", ExpectReader::weekdays).orElse(List.of()),
                    fields.optional("month-days", listOrOne(number(31), "this day"))
                            .orElse(List.of()),
                    fields.optional("workdays", listOrOne(number(23), "this day"))
                            .orElse(List.of()),
                    fields.required("by", listOrOne(Scalars.text(TIME, "a time of day such as \"06:30\""), "this time"))
                            .orElse(List.of()),
                    fields.required("zone", ExpectReader::zone).orElse("UTC"),
                    fields.optional("grace", Scalars.duration(Duration.ZERO, longest, "at most 31d"))
                            .orElse(DEFAULT_GRACE)
                            .toSeconds(),
                    early(fields, longest),
                    fields.optional("files", Scalars.integer(1, 1_000)).orElse(1),
                    fields.optional("min-bytes", Scalars::size).orElse(1L),
                    holidays.stream().filter(each -> !each.equals(US_FEDERAL)).toList(),
                    holidays.contains(US_FEDERAL));
        });
    }

    private static @Nullable Long early(Fields fields, Duration longest) {
        return fields.optional("early", Scalars.duration(Duration.ofMinutes(1), longest, "from 1m to 31d"))
                .map(Duration::toSeconds)
                .orElse(null);
    }

    /** A list, or its only element by itself. */
    private static <T> Reader<List<T>> listOrOne(Reader<T> element, String what) {
        return (node, key, problems) -> node instanceof SequenceNode
                ? Lists.notEmpty(Lists.distinct(element, what, each -> each)).read(node, key, problems)
                : element.read(node, key, problems).map(List::of);
    }

    /** {@code mon}, {@code mon-fri}, {@code daily}, or a list of the first two. */
    private static Optional<List<String>> weekdays(Node node, String key, Problems problems) {
        Reader<List<Integer>> range = (value, name, found) -> {
            Optional<List<Integer>> days = Scalars.plain(value).flatMap(ExpectReader::range);
            if (days.isEmpty()) {
                found.add(value, "'days' must be daily, or days and ranges of days such as mon-fri or [mon, thu]");
            }
            return days;
        };
        return listOrOne(range, "this day")
                .read(node, key, problems)
                .map(ranges -> ranges.stream()
                        .flatMap(List::stream)
                        .distinct()
                        .sorted()
                        .map(day -> DayOfWeek.of(day + 1).name())
                        .toList());
    }

    private static Optional<List<Integer>> range(String text) {
        if (text.equals("daily")) {
            return Optional.of(List.of(0, 1, 2, 3, 4, 5, 6));
        }
        String[] ends = text.split("-", -1);
        int from = WEEK.indexOf(ends[0]);
        int to = WEEK.indexOf(ends[ends.length - 1]);
        if (ends.length > 2 || from < 0 || to < 0) {
            return Optional.empty();
        }
        List<Integer> days = new ArrayList<>();
        for (int day = from; ; day = (day + 1) % WEEK.size()) {
            days.add(day);
            if (day == to) {
                return Optional.of(days);
            }
        }
    }

    /** 1 and more, or {@code last}. */
    private static Reader<Integer> number(int most) {
        Reader<Integer> number = Scalars.integer(1, most);
        return (node, key, problems) -> Scalars.plain(node)
                .filter(text -> text.equals("last"))
                .map(last -> -1)
                .or(() -> number.read(node, key, problems));
    }

    private static Optional<String> zone(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).flatMap(text -> {
            try {
                // An offset would be wrong for half of the year
                if (ZoneId.getAvailableZoneIds().contains(text)) {
                    return Optional.of(ZoneId.of(text).getId());
                }
            } catch (DateTimeException unknown) {
                // said below
            }
            problems.add(node, "'zone' must be a time zone such as America/Chicago or UTC");
            return Optional.empty();
        });
    }

    private static Optional<String> holiday(Node node, String key, Problems problems) {
        Optional<String> day = Scalars.plain(node).filter(text -> text.equals(US_FEDERAL) || isDate(text));
        if (day.isEmpty()) {
            problems.add(node, "'holidays' must be " + US_FEDERAL + " or days such as 2026-12-25");
        }
        return day;
    }

    private static boolean isDate(String text) {
        try {
            return LocalDate.parse(text).toString().equals(text);
        } catch (DateTimeException noDate) {
            return false;
        }
    }
}
