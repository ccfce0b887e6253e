package io.intake.processors.stitch;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.Format;
import io.intake.config.Layout;
import io.intake.config.Layout.FixedColumn;
import java.io.ByteArrayInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A line that is no row, taken for one, is a patient who does not exist; a row taken for none is one who is lost. */
class LayoutTest {
    private static final String ROWS = "(?<rows>[0-9]+)";

    private static Format plain(Layout layout) {
        return new Format(",", '"', List.of(), "UTF-8", layout);
    }

    private static Format bounds(@Nullable String leader, @Nullable String trailer) {
        return plain(new Layout(false, null, null, false, leader, trailer, List.of()));
    }

    private static Format comments(String prefix) {
        return plain(new Layout(false, null, prefix, false, null, null, List.of()));
    }

    private static Format escapes(@Nullable Character quote) {
        return new Format(",", quote, List.of(), "UTF-8", new Layout(false, '\\', null, false, null, null, List.of()));
    }

    private static Format detected(@Nullable String delimiter) {
        return new Format(
                delimiter, '"', List.of(), "UTF-8", new Layout(true, null, null, false, null, null, List.of()));
    }

    private static Format fixed(FixedColumn... columns) {
        return plain(new Layout(false, null, null, false, null, null, List.of(columns)));
    }

    @Test
    void commentsAreLeftOutWhereverALineBegins() {
        assertThat(Rows.read("# made by x, 1\r\na,b\n#1,2\n1,\"2\n# no comment\"\r#\n\n##\n3,#4", comments("#")))
                .containsExactly(Map.of("a", "1", "b", "2\n# no comment"), Map.of("a", "3", "b", "#4"));
        assertThat(Rows.read("--x\na\n-\n--\n- -\n--", comments("--")))
                .containsExactly(Map.of("a", "-"), Map.of("a", "- -"));
        assertThat(Rows.refusal("#\n#a,b", comments("#"))).startsWith("EMPTY_FILE");
    }

    @Test
    void aCommentLongerThanAnyRecordTakesNoMemory() {
        String file = "a,b\n#" + "x".repeat(3 * (int) Rows.MAX_RECORD) + "\n1,2\n";

        assertThat(Rows.read(file, comments("#"))).containsExactly(Map.of("a", "1", "b", "2"));
    }

    @Test
    void anEscapedCharacterIsData() {
        assertThat(Rows.read("a,b\n1\\,2,\\\"x\n\"3\\\"4\",\"5\"\"6\"\n7\\\n8,\\\\9\n\\t,\\x\n", escapes('"')))
                .containsExactly(
                        Map.of("a", "1,2", "b", "\"x"),
                        Map.of("a", "3\"4", "b", "5\"6"),
                        Map.of("a", "7\n8", "b", "\\9"),
                        Map.of("a", "\t", "b", "\\x"));
        assertThat(Rows.read("a,b\n\"1\\,2,3\"\n", escapes(null))).containsExactly(Map.of("a", "\"1,2", "b", "3\""));
        assertThat(Rows.refusal("a,b\n1,\"2\\\"\n3,4\n", escapes('"'))).startsWith("MALFORMED_QUOTES");
    }

    @Test
    void theTrailerIsNoRowAndItsCountMustAgree() {
        Format format = bounds(null, "^TRL\\|" + ROWS);

        for (String end : List.of("", "\n", "\r\n\r\n", "\n\u001a", "\u001a")) {
            assertThat(Rows.read("a,b\n1,2\n3,4\nTRL|2" + end, format)).hasSize(2);
            assertThat(Rows.read("a,b\nTRL|000" + end, format)).isEmpty();
        }
        assertThat(Rows.refusal("a,b\n1,2\nTRL|2\n", format))
                .isEqualTo("COUNT_MISMATCH: File 3 of the archive has 1 rows where its trailer counts 2.");
        assertThat(Rows.refusal("a,b\n1,2\nTRL|1\n3,4\nTRL|1\n", format)).startsWith("RAGGED_ROW");
    }

    @Test
    void aFileWithoutAHeaderLineMayHoldNothingButItsTrailer() {
        Layout layout = new Layout(false, null, null, false, null, "^TRL\\|" + ROWS, List.of());
        Format format = new Format(",", '"', List.of("a", "b"), "UTF-8", layout);

        assertThat(Rows.read("TRL|0\n", format)).isEmpty();
        assertThat(Rows.read("1,2\nTRL|1\n", format)).hasSize(1);
        assertThat(Rows.refusal("TRL|1\n", format)).startsWith("COUNT_MISMATCH");
        assertThat(Rows.refusal("", format)).startsWith("TRAILER_MISSING");
    }

    @Test
    void aFileThatWasCutLacksItsTrailer() {
        Format format = bounds(null, "^TRL\\|" + ROWS + "$");
        String file = "a,b\n1,2\n3,4\nTRL|2";

        for (int cut = "a,b\n".length(); cut < file.length(); cut++) {
            assertThat(Rows.refusal(file.substring(0, cut), format))
                    .as("cut at %d", cut)
                    .startsWith("TRAILER_MISSING: File 3 of the archive ");
        }
    }

    @Test
    void theHeaderRecordComesBeforeTheHeaderAndItsCountMustAgree() {
        Format format = bounds("^HDR;" + ROWS, null);

        assertThat(Rows.read("\nHDR;1;\"odd\na,b\n1,2\n", format)).containsExactly(Map.of("a", "1", "b", "2"));
        assertThat(Rows.refusal("HDR;3\na,b\n1,2\n", format))
                .isEqualTo("COUNT_MISMATCH: File 3 of the archive has 1 rows where its header record counts 3.");
        assertThat(Rows.refusal("a,b\n1,2\n", format)).startsWith("HEADER_RECORD_MISSING");
        assertThat(Rows.refusal("", format)).startsWith("HEADER_RECORD_MISSING");
        assertThat(Rows.refusal("HDR;1\n", format)).startsWith("EMPTY_FILE");
    }

    @Test
    void bothMayBeThereWithoutACountToo() {
        Format both = bounds("^H", "^T");

        assertThat(Rows.read("H\na,b\n1,2\nT,,,", both)).containsExactly(Map.of("a", "1", "b", "2"));
        assertThat(Rows.refusal("a,b\n1,2\nTRL|x\n", bounds(null, "TRL.(?<rows>.)")))
                .startsWith(
                        "COUNT_MISMATCH: The header record or the trailer of file 3 of the archive holds no number");
    }

    @Test
    void columnsOfFixedWidthAreCutAtTheirPlaces() {
        Format format =
                fixed(new FixedColumn("mrn", 1, 5), new FixedColumn("name", 7, 4), new FixedColumn("all", 1, 10));

        assertThat(Rows.read("   12 Zo\u00eb \r\n12345x\u540d\ud83d\ude00\"\"rest\n", format))
                .containsExactly(
                        Map.of("mrn", "12", "name", "Zo\u00eb", "all", "12 Zo\u00eb"),
                        Map.of(
                                "mrn",
                                "12345",
                                "name",
                                "\u540d\ud83d\ude00\"\"",
                                "all",
                                "12345x\u540d\ud83d\ude00\"\""));
        assertThat(Rows.refusal("12345x1234\n12345x123\n", format))
                .isEqualTo("RAGGED_ROW: File 3 of the archive, row 2 has 1 fields where 3 are expected.");
        assertThat(Rows.read("", format)).isEmpty();
    }

    @Test
    void fixedWidthIsCountedInCharactersOfTheFilesCharset() {
        FixedColumn last = new FixedColumn("b", 3, 1);
        for (String charset : List.of("windows-1252", "UTF-16LE", "UTF-8", "IBM037")) {
            Format format = new Format(
                    null,
                    null,
                    List.of(),
                    charset,
                    fixed(new FixedColumn("a", 1, 2), last).layout());
            byte[] file = "\u00e9\u00e8\u00e9\n".getBytes(Charset.forName(charset));

            assertThat(Rows.read(file, format)).as(charset).containsExactly(Map.of("a", "\u00e9\u00e8", "b", "\u00e9"));
        }
    }

    @Test
    void theQuoteIsFoundFromTheHead() {
        assertThat(Rows.read("a,b\n1,\"2,3\"\n", detected(","))).containsExactly(Map.of("a", "1", "b", "2,3"));
        assertThat(Rows.read("a;b\n1;'2;3'\n", detected(null))).containsExactly(Map.of("a", "1", "b", "2;3"));
        assertThat(Rows.read("a,b\n1,\"2\n\"3,4\n5\",6\n", detected(",")))
                .as("quotes are data where rows are regular only so")
                .containsExactly(
                        Map.of("a", "1", "b", "\"2"), Map.of("a", "\"3", "b", "4"), Map.of("a", "5\"", "b", "6"));
        assertThat(Rows.read("a,b\n1,it's\n", detected(","))).containsExactly(Map.of("a", "1", "b", "it's"));
    }

    /** Its quotes would be delivered as data. */
    @Test
    void aFirstValueLongerThanTheHeadDoesNotHideTheQuote() {
        String report = "x,'y ".repeat(14_000);
        String letters = "x".repeat(70_000);
        Format format = detected(",");
        for (String value : List.of(letters, report)) {
            byte[] file = ("a,b\n\"1\",\"" + value + "\"\n").getBytes(StandardCharsets.UTF_8);
            NdjsonBuffer rows = new NdjsonBuffer();
            try (EntryReader reader = new EntryReader(
                    new ByteArrayInputStream(file), 1, format, new HeaderMatcher(List.of()), List.of(), 1 << 20)) {
                assertThat(reader.next()).isTrue();
                reader.write(rows);
            }
            assertThat(Rows.parse(rows.toByteArray())).containsExactly(Map.of("a", "1", "b", value));
        }
    }

    @Test
    void theDelimiterIsFoundBehindCommentsAndTheHeaderRecord() {
        Format format =
                new Format(null, '"', List.of(), "UTF-8", new Layout(false, null, "#", false, "^HDR", null, List.of()));

        assertThat(Rows.read("#,,,\nHDR;;;;\n#,,,\na|b\n1|2\n", format)).containsExactly(Map.of("a", "1", "b", "2"));
    }

    @Test
    void lineEndsMayBeMixed() {
        assertThat(Rows.read("a,b\r1,2\n3,4\r\n\r\n\n5,6\r\r7,8", Format.DEFAULT))
                .extracting(row -> row.get("a"))
                .containsExactly("1", "3", "5", "7");
    }

    @Test
    void refusalsOfTheseKindsHoldNoValueEither() {
        String secret = "secret";
        List<String> refusals = List.of(
                Rows.refusal("a\nsecret", bounds(null, "^T")),
                Rows.refusal("secret", bounds("^H", null)),
                Rows.refusal("a\nTsecret", bounds(null, "^T(?<rows>.*)")),
                Rows.refusal("a,b\n\"secret\\", escapes('"')),
                Rows.refusal("secret", fixed(new FixedColumn("secret", 1, 9))));

        assertThat(refusals).noneMatch(text -> text.contains(secret));
    }

    @Test
    void aQuoteThatCannotBeEscapedIsTheFeedsMistake() {
        Format format = new Format(
                ",", '\u00ab', List.of(), "UTF-8", new Layout(false, '\\', null, false, null, null, List.of()));

        assertThat(Rows.refusal("a\n".getBytes(StandardCharsets.UTF_8), format)).startsWith("BAD_FORMAT");
    }
}
