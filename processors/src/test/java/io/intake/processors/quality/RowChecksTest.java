package io.intake.processors.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.config.ColumnRule;
import io.intake.config.Table.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A check that lets a bad value through harms a patient; one that can be made to run for ever, by a value, all of them. */
class RowChecksTest {
    private static Column column(String name, ColumnRule rule) {
        return new Column(name, List.of(), false, rule);
    }

    private static ColumnRule rule(
            boolean filled,
            ColumnRule.Type type,
            @Nullable String pattern,
            int min,
            @Nullable Integer max,
            List<String> values,
            @Nullable String least,
            @Nullable String most) {
        return new ColumnRule(filled, type, null, pattern, min, max, values, least, most);
    }

    private static final List<Column> COLUMNS = List.of(
            column("id", rule(true, ColumnRule.Type.INTEGER, null, 0, 3, List.of(), "1", null)),
            new Column("free", List.of(), false),
            column("sex", rule(false, ColumnRule.Type.TEXT, null, 0, null, List.of("F", "M"), null, null)),
            column("zip", rule(false, ColumnRule.Type.TEXT, "\\d{5}", 2, null, List.of(), null, null)),
            column("born", rule(false, ColumnRule.Type.DATE, null, 0, null, List.of(), "1900-01-01", "2030-01-01")));

    private static List<String> codes(String... row) {
        RowChecks checks = new RowChecks(COLUMNS, List.of("born", "zip", "sex", "free", "id"));
        return checks.check(field -> row[field]).stream()
                .map(problem -> problem.position() + " " + problem.column() + " " + problem.code())
                .toList();
    }

    @Test
    void aRowAsAgreedHasNoProblemsAndBlanksAreNoneWhereTheyMayBe() {
        assertThat(codes("1970-01-01", "12345", "F", "?", "7")).isEmpty();
        assertThat(codes("", " ", "\t", "", "7")).isEmpty();
    }

    @Test
    void eachColumnTellsItsFirstProblemWhereverItStandsInTheFile() {
        assertThat(codes("1970-02-30", "1", "X", "?", " "))
                .containsExactly("1 id BLANK", "3 sex NOT_ALLOWED", "4 zip TOO_SHORT", "5 born NOT_A_DATE");
        assertThat(codes("1899-12-31", "1234a", "f", "?", "1234"))
                .containsExactly("1 id TOO_LONG", "3 sex NOT_ALLOWED", "4 zip WRONG_PATTERN", "5 born OUT_OF_RANGE");
        assertThat(codes("2030-01-02", "12345", "F", "?", "0"))
                .containsExactly("1 id OUT_OF_RANGE", "5 born OUT_OF_RANGE");
        assertThat(codes("2030-01-01", "12345", "F", "?", "x")).containsExactly("1 id NOT_AN_INTEGER");
    }

    @Test
    void whatAFileLacksIsNotChecked() {
        RowChecks checks = new RowChecks(COLUMNS, List.of("free", "sex"));
        assertThat(checks.isEmpty()).isFalse();
        assertThat(checks.check(field -> "F")).isEmpty();
        assertThat(new RowChecks(COLUMNS, List.of("free")).isEmpty()).isTrue();
    }

    @Test
    void aPatternThatAValueMakesEndlessEndsTheJobInTime() {
        for (String pattern : List.of("(a+)+b", "(a|aa)+$x", "(a|b|c)*")) {
            List<Column> columns =
                    List.of(column("x", rule(false, ColumnRule.Type.TEXT, pattern, 0, null, List.of(), null, null)));
            RowChecks checks = new RowChecks(columns, List.of("x"));
            assertThatThrownBy(() -> checks.check(field -> "a".repeat(200_000) + "!"))
                    .as(pattern)
                    .hasMessageStartingWith("PATTERN_TOO_COSTLY")
                    .hasMessageNotContaining("aaa");
        }
    }
}
