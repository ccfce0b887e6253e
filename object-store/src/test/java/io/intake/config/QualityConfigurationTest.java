package io.intake.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.intake.config.Controls.Measure;
import io.intake.config.Controls.RejectLimit;
import io.intake.config.Controls.SameBytes;
import io.intake.config.Controls.Shrink;
import io.intake.config.Quality.BadRows;
import io.intake.config.Quality.Empty;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A rule that is read as another one lets bad rows through, or refuses good ones. */
class QualityConfigurationTest {
    private static String document(String feed) {
        return """
                partners:
                  - id: a
                    login: { public-keys: ["KEY"] }
                    feeds:
                      - id: f
                        match: x
                FEED
                engines: { e: { type: http, url: http://e } }
                """.replace("KEY", Examples.PUBLIC_KEY).replace("FEED\n", feed.indent(8));
    }

    private static Feed feed(String text) {
        return ConfigurationParser.parse("f", document(text))
                .partners()
                .getFirst()
                .feeds()
                .getFirst();
    }

    private static List<String> problems(String text) {
        ConfigurationException refused = catchThrowableOfType(
                ConfigurationException.class, () -> ConfigurationParser.parse("f", document(text)));
        return Objects.requireNonNull(refused, "accepted").problems();
    }

    @Test
    void everyRuleIsReadAsItIsWritten() {
        Feed feed = feed("""
                tables:
                  patients:
                    match: p
                    bad-rows: reject
                    empty: refuse
                    key: [MRN]
                    columns:
                      - { name: MRN, required: true, filled: true, type: integer, length: { min: 3, max: 9 } }
                      - { name: DOB, type: date, format: dd.MM.yyyy, range: { min: 01.01.1880 } }
                      - { name: SEX, values: [F, M, 1] }
                      - { name: ZIP, pattern: '\\d{5}' }
                      - { name: plain }
                controls:
                  max-reject-rows: 0.1%
                  max-shrink: 30%
                  same-bytes: skip
                deliver: { engine: e }
                """);

        Table table = feed.tables().getFirst();
        assertThat(table.quality()).isEqualTo(new Quality(BadRows.REJECT, Empty.REFUSE, List.of("MRN")));
        assertThat(table.columns())
                .extracting(Table.Column::rule)
                .containsExactly(
                        new ColumnRule(true, ColumnRule.Type.INTEGER, null, null, 3, 9, List.of(), null, null),
                        new ColumnRule(
                                false,
                                ColumnRule.Type.DATE,
                                "dd.MM.yyyy",
                                null,
                                0,
                                null,
                                List.of(),
                                "01.01.1880",
                                null),
                        new ColumnRule(
                                false, ColumnRule.Type.TEXT, null, null, 0, null, List.of("F", "M", "1"), null, null),
                        new ColumnRule(false, ColumnRule.Type.TEXT, null, "\\d{5}", 0, null, List.of(), null, null),
                        null);
        assertThat(feed.controls())
                .isEqualTo(new Controls(
                        new RejectLimit(null, 1_000), new Shrink(30, Measure.ROWS, 5), SameBytes.SKIP, 30));
    }

    @Test
    void controlsHaveLongerForms() {
        Feed feed = feed("""
                controls:
                  max-reject-rows: 100
                  max-shrink: { percent: 50, of: bytes, files: 9 }
                  same-bytes: { policy: hold, days: 7 }
                deliver: { engine: e, as: members, content-type: application/hl7-v2, max-bytes: 1 MiB }
                """);

        assertThat(feed.controls())
                .isEqualTo(
                        new Controls(new RejectLimit(100L, null), new Shrink(50, Measure.BYTES, 9), SameBytes.HOLD, 7));
        assertThat(feed.files()).isEqualTo(new FileDelivery(true, "application/hl7-v2", 1 << 20));
    }

    @Test
    void rulesThatMeanNothingAreMistakesWithTheirLines() {
        assertThat(problems("""
                tables:
                  patients:
                    match: p
                    bad-rows: drop
                    key: [MRN, OTHER]
                    columns:
                      - { name: MRN }
                      - { name: A, type: number }
                      - { name: B, format: yyyy }
                      - { name: C, type: date, format: 'HH:mm' }
                      - { name: D, range: { min: 1 } }
                      - { name: E, type: integer, range: { min: 9, max: 1 } }
                      - { name: F, length: { min: 9, max: 1 } }
                      - { name: G, type: date, range: { min: 2020-02-30 } }
                      - { name: H, values: [] }
                controls: { max-reject-rows: many, max-shrink: 0%, same-bytes: drop }
                deliver: { engine: e, content-type: text/plain }
                """))
                .containsExactlyInAnyOrder(
                        "f:10: 'bad-rows' must be one of refuse, reject",
                        "f:11: 'key' must name columns that 'columns' has with 'required: true'",
                        "f:14: 'type' must be one of text, integer, decimal, boolean, date, timestamp",
                        "f:15: 'format' is for the types date and timestamp only",
                        "f:16: 'format' must be a pattern of java.time such as yyyyMMdd or dd.MM.yyyy HH:mm",
                        "f:17: 'range' is for integers, decimals, dates and timestamps, and written as the column's values are",
                        "f:18: the range's 'min' is above its 'max'",
                        "f:19: the length's 'min' is above its 'max'",
                        "f:20: 'range' is for integers, decimals, dates and timestamps, and written as the column's values are",
                        "f:21: 'values' must have at least one entry",
                        "f:22: 'max-reject-rows' must be a number of rows, or a share such as 0.1%",
                        "f:22: 'max-shrink' must be whole percents from 1% to 99%, or a mapping with 'percent'",
                        "f:22: 'same-bytes' must be one of process, skip, hold",
                        "f:23: 'content-type' is for files only: 'as: file' or 'as: members'");
    }

    @Test
    void wholeFilesHaveNoTablesAndABound() {
        assertThat(problems("""
                tables: { a: { match: b } }
                deliver: { engine: e, as: file, content-type: "text/plain\\r\\nX: y", max-bytes: 1 GiB }
                """))
                .containsExactlyInAnyOrder(
                        "f:5: 'deliver.as' makes requests of whole files, so that there can be no 'tables'",
                        "f:8: 'content-type' must be a media type such as application/pdf",
                        "f:8: 'max-bytes' must be at most 64 MiB");
    }

    @Test
    void aSetIsOfWhatFilesHoldNotOfWholeFiles() {
        assertThat(problems("""
                collect: { within: 1h }
                deliver: { engine: e, as: file }
                """))
                .containsExactly(
                        "f:5: 'collect' makes one set of what files hold, so that 'deliver.as' cannot be given");
    }

    @Test
    void aFileThatIsDeliveredAsItIsIsNotDecrypted() {
        assertThat(problems("""
                decrypt: { zip-password: secret:x }
                deliver: { engine: e, as: file }
                """))
                .containsExactly(
                        "f:5: 'deliver.as: file' delivers the upload as it is, so that 'decrypt' cannot be given");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "INTEGER, -, 12, true",
                "INTEGER, -, -7, true",
                "INTEGER, -, 1.0, false",
                "INTEGER, -, '1,000', false",
                "INTEGER, -, '٣', false",
                "INTEGER, -, +, false",
                "DECIMAL, -, 1.5e3, true",
                "DECIMAL, -, .5, true",
                "DECIMAL, -, 1e999999999, false",
                "DECIMAL, -, NaN, false",
                "BOOLEAN, -, Yes, true",
                "BOOLEAN, -, 2, false",
                "DATE, -, 2020-02-29, true",
                "DATE, -, 2021-02-29, false",
                "DATE, yyyyMMdd, 20200229, true",
                "DATE, yyyyMMdd, 2020022, false",
                "DATE, yyyyMMdd, 20201301, false",
                "DATE, d-MMM-yyyy, 3-Mar-2020, true",
                "TIMESTAMP, -, 2011-07-28T15:02:18Z, true",
                "TIMESTAMP, -, 2011-07-28T15:02:18, true",
                "TIMESTAMP, -, 2011-07-28, false",
                "TIMESTAMP, dd.MM.yyyy HH:mm, 31.12.2020 23:59, true",
                "TIMESTAMP, dd.MM.yyyy HH:mm, 31.12.2020 24:00, false"
            })
    void valuesAreReadStrictly(ColumnRule.Type type, String format, String value, boolean accepted) {
        assertThat(ValueType.of(type, format).accepts(value)).isEqualTo(accepted);
    }

    @Test
    void numbersAreComparedByValueAndTimesByTime() {
        assertThat(ValueType.of(ColumnRule.Type.DECIMAL, null).compare("1.50", "15e-1"))
                .isZero();
        assertThat(ValueType.of(ColumnRule.Type.INTEGER, null).compare("9", "10"))
                .isNegative();
        assertThat(ValueType.of(ColumnRule.Type.DATE, "dd.MM.yyyy").compare("02.01.2020", "01.02.2019"))
                .isPositive();
    }

    @Test
    void aShareOfRejectedRowsIsCountedExactly() {
        assertThat(new RejectLimit(null, 1_000).exceeded(1_000, 1)).isFalse();
        assertThat(new RejectLimit(null, 1_000).exceeded(999, 1)).isTrue();
        assertThat(new RejectLimit(0L, null).exceeded(5, 1)).isTrue();
        assertThat(new RejectLimit(null, 0).exceeded(5, 0)).isFalse();
        assertThat(new RejectLimit(null, 10_000).exceeded(3_000_000_000_000L, 30_000_000_001L))
                .isTrue();
    }
}
