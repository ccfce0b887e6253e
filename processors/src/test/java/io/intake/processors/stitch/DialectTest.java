package io.intake.processors.stitch;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.Format;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The wrong delimiter makes one column of all. */
class DialectTest {

    private static String delimiter(String head) {
        return Dialect.of(Format.DEFAULT, head).delimiter();
    }

    @Test
    void theDelimiterIsTheCandidateThatOccursMostInTheHeader() {
        assertThat(delimiter("a,b,c\n1;2;3;4;5")).isEqualTo(",");
        assertThat(delimiter("a\tb,c\td\r\n")).isEqualTo("\t");
        assertThat(delimiter("a|b\r1,2,3")).isEqualTo("|");
        assertThat(delimiter("a;b")).isEqualTo(";");
        assertThat(delimiter("\r\n\na;b,c;d\n")).isEqualTo(";");
    }

    @Test
    void whatStandsInQuotesDoesNotCount() {
        assertThat(delimiter("\"a,b,c\n,,\";d;\"e \"\",\"\" f\"\n")).isEqualTo(";");
        assertThat(delimiter("size 5\";a,b;c\n")).isEqualTo(";");
        assertThat(Dialect.of(new Format(null, null, List.of(), "UTF-8"), "\"a,b,c\";d\n")
                        .delimiter())
                .isEqualTo(",");
    }

    @Test
    void withoutACandidateItIsAComma() {
        assertThat(delimiter("only\n1,2;3")).isEqualTo(",");
        assertThat(delimiter("")).isEqualTo(",");
        assertThat(delimiter("a,b;c")).isEqualTo(",");
    }

    @Test
    void theFeedsDelimiterIsNotDoubted() {
        assertThat(Dialect.of(new Format("~|~", '"', List.of(), "UTF-8"), "a,b,c")
                        .delimiter())
                .isEqualTo("~|~");
    }
}
