package io.intake.processors.stitch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
}
