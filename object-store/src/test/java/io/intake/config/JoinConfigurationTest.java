package io.intake.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.intake.config.Join.Child;
import io.intake.config.Join.On;
import io.intake.config.Join.Unmatched;
import io.intake.config.Table.Column;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What an engineer writes of a join is what is nested: a wrong column pairs the wrong patients. */
class JoinConfigurationTest {
    /** {@code stitch} begins in line 17. */
    private static final String DOCUMENT = """
            partners:
              - id: a
                login: { public-keys: ["KEY"] }
                feeds:
                  - id: f
                    match: x
                    deliver: { engine: e }
                    tables:
                      patients:
                        match: p
                        columns: [ { name: MRN, aliases: [PatientID] }, { name: visits } ]
                      encounters: { match: e }
                      observations: { match: o }
                      headless:
                        match: h
                        format: { header: [A, B] }
                    stitch:
            STITCH
            engines: { e: { type: http, url: http://e } }
            """.replace("KEY", Examples.PUBLIC_KEY);

    private static final String FULL = """
            root: patients
            emit: patients
            children:
              - table: encounters
                on: { site: SITE, patientid: PATIENT }
                orphan: report
                null-key: unattached
                at-least: 1
                at-most: 9
                children:
                  - { table: observations, on: { Id: ENCOUNTER }, as: results }
            """;

    private static Feed feed(String stitch) {
        return ConfigurationParser.parse("f", DOCUMENT.replace("STITCH\n", stitch.indent(12)))
                .partners()
                .getFirst()
                .feeds()
                .getFirst();
    }

    private static List<String> problems(String stitch) {
        ConfigurationException refused = catchThrowableOfType(ConfigurationException.class, () -> feed(stitch));
        return Objects.requireNonNull(refused, "accepted").problems();
    }

    @Test
    void everyKeyReachesItsRecordAndColumnsGoByTheirTablesNames() {
        Child observations = new Child(
                "observations",
                List.of(new On("Id", "ENCOUNTER")),
                "results",
                Unmatched.REJECT,
                Unmatched.REJECT,
                0,
                null,
                List.of());
        Child encounters = new Child(
                "encounters",
                List.of(new On("MRN", "PATIENT"), new On("site", "SITE")),
                "encounters",
                Unmatched.REPORT,
                Unmatched.UNATTACHED,
                1,
                9,
                List.of(observations));

        assertThat(feed(FULL).stitch()).isEqualTo(new Join("patients", List.of(encounters)));
    }

    @Test
    void aJobsSnapshotOfTheFeedKeepsIt() throws Exception {
        JsonMapper mapper = JsonMapper.builder().build();

        assertThat(mapper.readValue(mapper.writeValueAsString(feed(FULL)), Feed.class))
                .isEqualTo(feed(FULL));
    }

    @Test
    void theRootAndTheColumnsOfKeysAreRequired() {
        List<Table> tables = feed(FULL).tables();

        assertThat(tables).extracting(Table::required).containsExactly(true, false, false, false);
        assertThat(tables.getFirst().columns())
                .containsExactly(
                        new Column("MRN", List.of("PatientID"), true),
                        new Column("visits", List.of(), false),
                        new Column("site", List.of(), true));
        assertThat(tables.get(1).columns())
                .containsExactly(
                        new Column("Id", List.of(), true),
                        new Column("PATIENT", List.of(), true),
                        new Column("SITE", List.of(), true));
    }

    @Test
    void whatTheTreeMayNotBeIsSaidWithItsLine() {
        assertThat(problems("root: patient\nchildren: []"))
                .containsExactly(
                        "f:18: 'root' must be one of 'tables'; did you mean 'patients'?",
                        "f:19: 'children' must have at least one entry");
        assertThat(problems("children:\n  - { on: {} }"))
                .containsExactly(
                        "f:18: 'root' is missing",
                        "f:19: 'table' is missing",
                        "f:19: 'on' must name at least one column of the parent and the child's that equals it");
        assertThat(problems("root: patients")).containsExactly("f:18: 'children' is missing");
        assertThat(problems("""
                root: patients
                emit: encounters
                children:
                  - table: encounters
                    on: { MRN: PATIENT }
                    children:
                      - { table: patients, on: { Id: X }, as: p }
                      - { table: encounters, on: { Id: X }, as: e }
                """))
                .containsExactly(
                        "f:19: 'emit' must be the table that 'root' names",
                        "f:24: this table is in 'stitch' twice, first in line 18",
                        "f:25: this table is in 'stitch' twice, first in line 21");
    }

    @Test
    void whatAChildMayNotBeIsSaidWithItsLine() {
        assertThat(problems("""
                root: patients
                children:
                  - { table: encounters, on: { MRN: A, PatientID: B } }
                  - { table: observations, on: { MRN: X }, as: Encounters, orphan: drop, null-key: 7 }
                """))
                .containsExactly(
                        "f:20: 'on' names a column twice",
                        "f:21: 'orphan' must be one of reject, report, unattached",
                        "f:21: 'null-key' must be a text; put it in quotes if it is one",
                        "f:21: 'as' names a list that the parent has already; give it another name");
        assertThat(problems("""
                root: patients
                children:
                  - { table: encounters, on: { MRN: A }, as: VISITS, at-least: 3, at-most: 2 }
                  - { table: observations, on: { site: A }, as: Site, mode: join }
                  - { table: headless, on: { MRN: C }, as: h }
                """))
                .containsExactly(
                        "f:20: 'at-most' must not be less than 'at-least'",
                        "f:20: 'as' names a column of the parent; give the list another name",
                        "f:21: unknown key 'mode' in a child; known are as, at-least, at-most, children, null-key, on,"
                                + " orphan, table",
                        "f:21: 'as' names a column of the parent; give the list another name",
                        "f:22: 'on' names a column that the header of its table lacks");
    }

    @Test
    void whatATableSaysOfItsColumnsStaysAndMustNotRestOnColumnsThatOnlyTheJoinNames() {
        String listed = DOCUMENT.replace("STITCH\n", FULL.indent(12))
                .replace("match: p\n", "match: p\n            extra-columns: drop\n");
        assertThat(ConfigurationParser.parse("f", listed)
                        .partners()
                        .getFirst()
                        .feeds()
                        .getFirst()
                        .tables()
                        .getFirst()
                        .rules()
                        .extra())
                .isEqualTo(ColumnRules.Extra.DROP);

        String unlisted = DOCUMENT.replace("STITCH\n", FULL.indent(12))
                .replace("{ match: o }", "{ match: o, extra-columns: refuse }");
        assertThatThrownBy(() -> ConfigurationParser.parse("f", unlisted))
                .hasMessageContaining("with 'stitch', 'extra-columns: drop' and 'refuse' need the table's 'columns'");
    }

    @Test
    void aJoinWithoutTablesIsAMistake() {
        String document = """
                partners:
                  - id: a
                    login: { public-keys: ["KEY"] }
                    feeds:
                      - id: f
                        match: x
                        deliver: { engine: e }
                        stitch: { root: a, children: [ { table: b, on: { x: y } } ] }
                engines: { e: { type: http, url: http://e } }
                """.replace("KEY", Examples.PUBLIC_KEY);

        ConfigurationException refused =
                catchThrowableOfType(ConfigurationException.class, () -> ConfigurationParser.parse("f", document));

        assertThat(Objects.requireNonNull(refused).problems())
                .containsExactly("f:8: 'root' must be one of 'tables'", "f:8: 'table' must be one of 'tables'");
    }
}
