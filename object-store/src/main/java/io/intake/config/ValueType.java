package io.intake.config;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.chrono.IsoChronology;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads values of a type strictly: 31 February is no date, and 1,000 no number. Pure and thread-safe. */
public final class ValueType {
    private static final Set<String> BOOLEANS = Set.of("true", "false", "yes", "no", "t", "f", "y", "n", "1", "0");
    /** Longer ones are none: comparing 1e999999999 would take for ever. */
    private static final int MAX_NUMBER = 64;

    private static final int MAX_EXPONENT = 400;

    private final ColumnRule.Type type;
    private final DateTimeFormatter formatter;

    private ValueType(ColumnRule.Type type, DateTimeFormatter formatter) {
        this.type = type;
        this.formatter = formatter;
    }

    /**
     * A reader of a type's values.
     *
     * @param format null for ISO 8601
     * @throws IllegalArgumentException if it is no format of dates or timestamps
     */
    public static ValueType of(ColumnRule.Type type, @Nullable String format) {
        DateTimeFormatter formatter =
                type == ColumnRule.Type.TIMESTAMP ? DateTimeFormatter.ISO_DATE_TIME : DateTimeFormatter.ISO_LOCAL_DATE;
        if (format != null) {
            formatter = DateTimeFormatter.ofPattern(proleptic(format), Locale.ENGLISH)
                    .withChronology(IsoChronology.INSTANCE);
        }
        ValueType made = new ValueType(type, formatter.withResolverStyle(ResolverStyle.STRICT));
        if (format != null && !made.readsItself()) {
            throw new IllegalArgumentException("a format that cannot hold the type");
        }
        return made;
    }

    /** A year is u where resolving is strict: y asks for an era. */
    private static String proleptic(String format) {
        StringBuilder changed = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            quoted ^= c == '\'';
            changed.append(c == 'y' && !quoted ? 'u' : c);
        }
        return changed.toString();
    }

    private boolean readsItself() {
        try {
            return accepts(
                    formatter.format(LocalDateTime.of(2001, 2, 3, 4, 5, 6).atOffset(java.time.ZoneOffset.UTC)));
        } catch (DateTimeException cannot) {
            return false;
        }
    }

    /** Whether a value is one of the type. */
    public boolean accepts(String value) {
        return switch (type) {
            case TEXT -> true;
            case INTEGER -> isInteger(value);
            case DECIMAL -> number(value) != null;
            case BOOLEAN -> value.length() <= 5 && BOOLEANS.contains(value.toLowerCase(Locale.ROOT));
            case DATE, TIMESTAMP -> time(value) != null;
        };
    }

    /**
     * Compares two values that the type accepts: numbers by what they are, times as they are written, without regard to their
     * offsets from UTC.
     */
    public int compare(String left, String right) {
        if (type == ColumnRule.Type.DATE || type == ColumnRule.Type.TIMESTAMP) {
            LocalDateTime first = time(left);
            LocalDateTime second = time(right);
            return first == null || second == null ? 0 : first.compareTo(second);
        }
        BigDecimal first = number(left);
        BigDecimal second = number(right);
        return first == null || second == null ? 0 : first.compareTo(second);
    }

    private static boolean isInteger(String value) {
        int from = value.startsWith("-") || value.startsWith("+") ? 1 : 0;
        if (value.length() == from || value.length() > MAX_NUMBER) {
            return false;
        }
        for (int i = from; i < value.length(); i++) {
            if (value.charAt(i) < '0' || value.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static @Nullable BigDecimal number(String value) {
        if (value.isEmpty() || value.length() > MAX_NUMBER) {
            return null;
        }
        for (int i = 0; i < value.length(); i++) {
            // BigDecimal would take digits of other scripts too
            if ("+-.eE0123456789".indexOf(value.charAt(i)) < 0) {
                return null;
            }
        }
        try {
            BigDecimal number = new BigDecimal(value);
            return Math.abs((long) number.scale()) > MAX_EXPONENT ? null : number;
        } catch (NumberFormatException none) {
            return null;
        }
    }

    private @Nullable LocalDateTime time(String value) {
        try {
            TemporalAccessor parsed = formatter.parse(value);
            return type == ColumnRule.Type.DATE ? LocalDate.from(parsed).atStartOfDay() : LocalDateTime.from(parsed);
        } catch (DateTimeException none) {
            return null;
        }
    }
}
