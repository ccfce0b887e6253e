package io.intake.processors.stitch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.config.ColumnRules;
import io.intake.config.ColumnRules.Extra;
import io.intake.config.ColumnRules.Missing;
import io.intake.config.ColumnRules.Names;
import io.intake.config.Table.Column;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A value under the wrong name is given to the wrong patient. */
class HeaderMatcherTest {
    private final HeaderMatcher matcher = new HeaderMatcher(List.of(
            new Column("MRN", List.of("PatientID", "patient id"), true),
            new Column("Sex", List.of("gender"), false),
            new Column("Born", List.of(), true)));

    @Test
    void declaredColumnsGoByTheFeedsNameOthersByTheFirstFilesSpelling() {
        assertThat(matcher.match(1, List.of("patientid", " GENDER ", "born", "Ward"), List.of()))
                .containsExactly("MRN", "Sex", "Born", "Ward");
        assertThat(matcher.match(2, List.of("WARD", "Bed", "Born", "mrn"), List.of("MRN", "Sex", "Born", "Ward")))
                .containsExactly("Ward", "Bed", "Born", "MRN");
    }

    @Test
    void blankNamesAreNumbered() {
        assertThat(new HeaderMatcher(List.of()).match(1, List.of("", "a", "  "), List.of()))
                .containsExactly("column_1", "a", "column_3");
    }

    @Test
    void twoColumnsOfOneNameAreRefused() {
        assertThatThrownBy(() -> matcher.match(4, List.of("MRN", "Born", "Patient ID"), List.of()))
                .hasMessage("DUPLICATE_COLUMN: In file 4 of the archive columns 1 and 3 have the same name, regard to"
                        + " case and aliases left aside.");
        assertThatThrownBy(() -> new HeaderMatcher(List.of()).match(1, List.of("a", "A"), List.of()))
                .hasMessageStartingWith("DUPLICATE_COLUMN");
        assertThatThrownBy(() -> new HeaderMatcher(List.of()).match(1, List.of("", "column_1"), List.of()))
                .hasMessageStartingWith("DUPLICATE_COLUMN");
    }

    @Test
    void missingRequiredColumnsAreCountedNotNamed() {
        assertThatThrownBy(() -> matcher.match(4, List.of("sex", "x"), List.of()))
                .hasMessage("MISSING_COLUMN: File 4 of the archive lacks 2 of the columns that the feed requires, first"
                        + " number 1 of the feed's list.");
    }

    @Test
    void aHeaderBeyondAllMeasureIsRefused() {
        assertThatThrownBy(() -> matcher.match(1, Collections.nCopies(16_385, ""), List.of()))
                .hasMessageStartingWith("TOO_MANY_COLUMNS");
    }

    private static HeaderMatcher matcher(Missing missing, Extra extra, Column... declared) {
        return new HeaderMatcher(List.of(declared), new ColumnRules(Names.IGNORE_CASE, missing, extra));
    }

    private static final Column A = new Column("a", List.of("alpha"), false);

    @Test
    void namesCanBeComparedExactly() {
        HeaderMatcher exact = new HeaderMatcher(List.of(A), new ColumnRules(Names.EXACT, Missing.ABSENT, Extra.KEEP));

        assertThat(exact.match(1, List.of(" alpha ", "A", "b", "B"), List.of())).containsExactly("a", "A", "b", "B");
    }

    @Test
    void columnsThatAreNotExpectedAreDroppedOrRefusedByTheFeedsList() {
        assertThat(matcher(Missing.ABSENT, Extra.DROP, A).match(1, List.of("x", "ALPHA", ""), List.of()))
                .containsExactly("", "a", "");
        assertThatThrownBy(() -> matcher(Missing.ABSENT, Extra.REFUSE, A).match(4, List.of("a", "x", "y"), List.of()))
                .hasMessage(
                        "EXTRA_COLUMN: File 4 of the archive has 2 columns that are not expected, first its column 2.");
    }

    @Test
    void whereTheFeedListsNoneTheFirstFileSaysWhatIsExpected() {
        HeaderMatcher refuse = matcher(Missing.REFUSE, Extra.REFUSE);

        assertThat(refuse.match(1, List.of("x", "y"), List.of())).containsExactly("x", "y");
        assertThat(refuse.match(2, List.of("Y", "X"), List.of("x", "y"))).containsExactly("y", "x");
        assertThatThrownBy(() -> refuse.match(2, List.of("x", "y", "z"), List.of("x", "y")))
                .hasMessageStartingWith("EXTRA_COLUMN");
        assertThatThrownBy(() -> refuse.match(2, List.of("x"), List.of("x", "y")))
                .hasMessage(
                        "MISSING_COLUMN: File 2 of the archive lacks 1 of the columns that the feed lists or that the"
                                + " table's earlier files have.");
    }

    @Test
    void missingColumnsAreFilledInWhereTheFeedWantsThem() {
        HeaderMatcher empty = matcher(Missing.EMPTY, Extra.KEEP, A);

        assertThat(empty.columns(List.of("x"), List.of("y"))).containsExactly("x", "y", "a");
        assertThat(matcher.columns(List.of("x"), List.of("y", ""))).containsExactly("x", "y");
    }
}
