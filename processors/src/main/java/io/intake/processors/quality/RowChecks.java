package io.intake.processors.quality;

import io.intake.config.ColumnRule;
import io.intake.config.Table.Column;
import io.intake.config.ValueType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Holds the rows of one file to what the feed says of its columns. Pure. Not thread-safe. */
public final class RowChecks {
    private final List<Check> checks = new ArrayList<>();

    /**
     * Checks for a file.
     *
     * @param declared what the feed says of the table's columns
     * @param names of the file's columns, as the engine gets them, in the file's order; what the file lacks is not checked
     */
    public RowChecks(List<Column> declared, List<String> names) {
        for (int position = 1; position <= declared.size(); position++) {
            Column column = declared.get(position - 1);
            ColumnRule rule = column.rule();
            int field = names.indexOf(column.name());
            if (rule != null && field >= 0) {
                checks.add(new Check(column.name(), position, field, rule));
            }
        }
    }

    /** Whether there is anything to check. */
    public boolean isEmpty() {
        return checks.isEmpty();
    }

    /**
     * What is wrong with a row, column by column in the feed's order; empty if nothing is. One problem per column: the first.
     *
     * @param fields the row's values by their place in the file
     */
    public List<RowProblem> check(IntFunction<String> fields) {
        List<RowProblem> problems = List.of();
        for (Check check : checks) {
            String code = check.code(fields.apply(check.field));
            if (code != null) {
                problems = problems.isEmpty() ? new ArrayList<>() : problems;
                problems.add(new RowProblem(check.column, check.position, code));
            }
        }
        return problems;
    }

    private static final class Check {
        private final String column;
        private final int position;
        private final int field;
        private final ColumnRule rule;
        private final ValueType type;
        private final @Nullable Pattern pattern;
        private final Set<String> values;

        Check(String column, int position, int field, ColumnRule rule) {
            this.column = column;
            this.position = position;
            this.field = field;
            this.rule = rule;
            this.type = ValueType.of(rule.type(), rule.format());
            this.pattern = rule.pattern() == null ? null : Pattern.compile(rule.pattern());
            this.values = new HashSet<>(rule.values());
        }

        @Nullable
        String code(String value) {
            if (value.isBlank()) {
                return rule.filled() ? "BLANK" : null;
            }
            String length = length(value);
            if (length != null) {
                return length;
            }
            if (!type.accepts(value)) {
                return wrongType(rule.type());
            }
            if (!values.isEmpty() && !values.contains(value)) {
                return "NOT_ALLOWED";
            }
            if (outOfRange(value)) {
                return "OUT_OF_RANGE";
            }
            return pattern != null && !BoundedMatch.matches(pattern, value) ? "WRONG_PATTERN" : null;
        }

        private @Nullable String length(String value) {
            Integer most = rule.maxLength();
            if (rule.minLength() == 0 && most == null) {
                return null;
            }
            int length = value.codePointCount(0, value.length());
            if (length < rule.minLength()) {
                return "TOO_SHORT";
            }
            return most != null && length > most ? "TOO_LONG" : null;
        }

        private boolean outOfRange(String value) {
            String min = rule.min();
            String max = rule.max();
            return (min != null && type.compare(value, min) < 0) || (max != null && type.compare(value, max) > 0);
        }

        private static String wrongType(ColumnRule.Type type) {
            return switch (type) {
                case TEXT -> "NOT_A_TEXT";
                case INTEGER -> "NOT_AN_INTEGER";
                case DECIMAL -> "NOT_A_DECIMAL";
                case BOOLEAN -> "NOT_A_BOOLEAN";
                case DATE -> "NOT_A_DATE";
                case TIMESTAMP -> "NOT_A_TIMESTAMP";
            };
        }
    }
}
