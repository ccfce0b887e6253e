package io.intake.processors.stitch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.intake.config.Format;
import io.intake.config.Table.Column;
import io.intake.processors.job.RefusedException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A row that is guessed at, shifted by a column or cut short is worse than a file that is sent back. */
class EntryReaderTest {
    private static final Format NO_QUOTES = new Format(null, null, List.of(), "UTF-8");

    private static Format headless(String... names) {
        return new Format(",", '"', List.of(names), "UTF-8");
    }

    @Test
    void aRowWithAFieldTooManyIsRefusedByItsNumber() {
        assertThat(Rows.refusal("a,b\n1,2\n1,2,3\n", Format.DEFAULT))
                .isEqualTo("RAGGED_ROW: File 3 of the archive, row 2 has 3 fields where 2 are expected.");
    }

    @Test
    void aRowWithAFieldTooFewIsRefusedAlsoAsTheLastOne() {
        assertThat(Rows.refusal("a,b\n1,2\n1", Format.DEFAULT)).startsWith("RAGGED_ROW: File 3 of the archive, row 2 ");
        assertThat(Rows.refusal("a,b\n \n", Format.DEFAULT)).startsWith("RAGGED_ROW: File 3 of the archive, row 1 ");
    }

    @Test
    void aTrailingDelimiterMustBeOnEveryLine() {
        assertThat(Rows.refusal("a,b,\n1,2,\n3,4\n", Format.DEFAULT)).startsWith("RAGGED_ROW");
        assertThat(Rows.refusal("a,b\n1,2,\n", Format.DEFAULT)).startsWith("RAGGED_ROW");
        assertThat(Rows.refusal("1,2,\n3,4\n", headless("a", "b"))).startsWith("RAGGED_ROW");
        assertThat(Rows.refusal("1,2,\n3,4,5\n", headless("a", "b"))).startsWith("RAGGED_ROW");
        assertThat(Rows.read("1,2,\n3,4,\n", headless("a", "b")))
                .containsExactly(Map.of("a", "1", "b", "2"), Map.of("a", "3", "b", "4"));
    }

    @Test
    void aValueUnderABlankLastHeaderIsNotLost() {
        assertThat(Rows.read("a,\n1,\n2,x\n", Format.DEFAULT))
                .containsExactly(Map.of("a", "1"), Map.of("a", "2", "column_2", "x"));
    }

    @Test
    void aQuoteThatIsNeverClosedIsRefused() {
        assertThat(Rows.refusal("a,b\n1,2\n3,\"4\n5,6\n", Format.DEFAULT))
                .startsWith("MALFORMED_QUOTES: File 3 of the archive, row 2 ");
        assertThat(Rows.refusal("a,\"b\n1,2\n", Format.DEFAULT))
                .startsWith("MALFORMED_QUOTES: File 3 of the archive, header line ");
    }

    @Test
    void textBehindAClosingQuoteIsRefused() {
        assertThat(Rows.refusal("a,b\n\"1\"x,2\n", Format.DEFAULT))
                .startsWith("MALFORMED_QUOTES: File 3 of the archive, row 1 ");
    }

    @Test
    void theMarkOfTheEndMayStandBehindAClosingQuote() {
        // Not auto: nothing reads ahead
        Format format = new Format(",", '"', List.of(), "UTF-8");
        for (String end : List.of("\u001a", " \u001a", "\n\u001a")) {
            assertThat(Rows.read("a,b\n1,\"2\"" + end, format)).containsExactly(Map.of("a", "1", "b", "2"));
        }
        for (String text : List.of("\u001a\n", "\u001a\u001a", "\u001ax", "x\u001a")) {
            assertThat(Rows.refusal("a,b\n1,\"2\"" + text, format)).startsWith("MALFORMED_QUOTES");
        }
    }

    @Test
    void whereQuotesAreDataTheyAreKeptAndJoinNoLines() {
        assertThat(Rows.read("a,b\n\"1,2\"\n3,\"\n", NO_QUOTES))
                .containsExactly(Map.of("a", "\"1", "b", "2\""), Map.of("a", "3", "b", "\""));
    }

    @Test
    void bytesOfAnotherCharsetAreRefusedWithTheirRowAndOffset() {
        byte[] latin = "a,b\n1,2\n3,caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(Rows.refusal(latin, Format.DEFAULT))
                .isEqualTo("BAD_ENCODING: File 3 of the archive, row 2 holds bytes that are not UTF-8,"
                        + " at byte 13 of the file, from 0.");
    }

    @Test
    void theDeclaredCharsetIsUsed() {
        for (String charset : List.of("windows-1252", "ISO-8859-1", "UTF-16", "UTF-16LE", "UTF-16BE")) {
            byte[] bytes = "a,b\n1,caf\u00e9\n".getBytes(Charset.forName(charset));
            assertThat(Rows.read(bytes, new Format(null, '"', List.of(), charset)))
                    .as(charset)
                    .containsExactly(Map.of("a", "1", "b", "caf\u00e9"));
        }
    }

    @Test
    void nothingAtAllIsRefusedButAHeaderAloneIsATableWithoutRows() {
        for (String nothing : List.of("", "\n", "\r\n\r\n", "\ufeff", "\u001a", "\ufeff\n\u001a")) {
            assertThat(Rows.refusal(nothing, Format.DEFAULT)).startsWith("EMPTY_FILE: File 3 of the archive ");
        }
        assertThat(Rows.read("a,b", Format.DEFAULT)).isEmpty();
        assertThat(Rows.read("", headless("a"))).isEmpty();
    }

    @Test
    void aRecordThatSwallowsTheFileIsRefusedBeforeItFillsTheMemory() {
        byte[] start = "a,b\n1,2\n3,\"".getBytes(StandardCharsets.UTF_8);
        InputStream endless = new SequenceInputStream(new ByteArrayInputStream(start), new Endless());
        try (EntryReader reader =
                new EntryReader(endless, 3, Format.DEFAULT, new HeaderMatcher(List.of()), List.of(), Rows.MAX_RECORD)) {
            assertThat(reader.next()).isTrue();
            assertThatThrownBy(reader::next)
                    .isInstanceOf(RefusedException.class)
                    .hasMessageStartingWith("ROW_TOO_LONG: File 3 of the archive, row 2 ");
        }
    }

    @Test
    void aLongRecordThatArrivesInSmallPiecesIsNotReadOverForEachOfThem() {
        String value = "x".repeat(8 << 20);
        InputStream dripping =
                new ByteArrayInputStream(("a,b\n1,\"" + value + "\"\n").getBytes(StandardCharsets.UTF_8)) {
                    @Override
                    public synchronized int read(byte[] target, int offset, int length) {
                        return super.read(target, offset, Math.min(length, 64));
                    }
                };
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            try (EntryReader reader =
                    new EntryReader(dripping, 3, Format.DEFAULT, new HeaderMatcher(List.of()), List.of(), 16 << 20)) {
                assertThat(reader.next()).isTrue();
                assertThat(reader.value(1)).hasSameSizeAs(value);
            }
        });
    }

    @Test
    void manyRecordsAreNoLongRecord() {
        String rows = "1,2\n".repeat((int) Rows.MAX_RECORD);

        assertThat(Rows.read("a,b\n" + rows, Format.DEFAULT)).hasSize((int) Rows.MAX_RECORD);
    }

    @Test
    void aFormatThatCannotBeUsedIsOurFaultNotTheSenders() {
        assertThat(Rows.refusal("a\n", new Format(null, '"', List.of(), "no such charset")))
                .startsWith("BAD_FORMAT");
        assertThat(Rows.refusal("a\n", new Format("\"", '"', List.of(), "UTF-8")))
                .startsWith("BAD_FORMAT");
    }

    @Test
    void aFailingSourceIsNotTakenForBadData() {
        PipedInputStream broken = new PipedInputStream();

        assertThatThrownBy(() -> new EntryReader(
                        broken, 1, Format.DEFAULT, new HeaderMatcher(List.of()), List.of(), Rows.MAX_RECORD))
                .isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void refusalsHoldNoNameAndNoValue() {
        List<String> files = List.of(
                "secret,b\nsecret,2,3\n",
                "secret,b\n\"secret\"secret,3\n",
                "secret,secret\n",
                "a,b\n1,\"secret\n",
                "secret,b\nsecret," + "secret".repeat((int) Rows.MAX_RECORD) + "\n");
        for (String file : files) {
            assertThatThrownBy(() -> Rows.read(file, Format.DEFAULT))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageNotContaining("secret")
                    .hasNoCause();
        }
    }

    @Test
    void partsOfATableMayOrderTheirColumnsDifferently() {
        HeaderMatcher matcher = new HeaderMatcher(List.of(new Column("MRN", List.of("PatientID"), true)));
        byte[] second = "Sex,extra,patientid\nf,e,2\n".getBytes(StandardCharsets.UTF_8);
        NdjsonBuffer buffer = new NdjsonBuffer();
        try (EntryReader reader = new EntryReader(
                new ByteArrayInputStream(second), 2, Format.DEFAULT, matcher, List.of("MRN", "sex", "x"), 1_000)) {
            assertThat(reader.columns()).containsExactly("MRN", "sex", "x", "extra");
            assertThat(reader.next()).isTrue();
            reader.write(buffer);
        }

        assertThat(new String(buffer.toByteArray(), StandardCharsets.UTF_8))
                .isEqualTo("{\"MRN\":\"2\",\"sex\":\"f\",\"extra\":\"e\"}\n");
    }

    /** Never ends. */
    private static final class Endless extends InputStream {
        @Override
        public int read() {
            return 'x';
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            Arrays.fill(target, offset, offset + length, (byte) 'x');
            return length;
        }
    }
}
