package io.intake.processors.stitch;

import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.intake.config.Format;
import io.intake.config.Layout;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Two engines that read a file differently make its rows depend on which of them happened to read it. */
class EnginesTest {
    private static final List<List<String>> MALFORMED = List.of(List.of("malformed"));

    private static List<List<String>> ours(String text, Dialect dialect) {
        return ours(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), dialect);
    }

    private static List<List<String>> ours(InputStream in, Dialect dialect) {
        List<List<String>> all = new ArrayList<>();
        try (Records records = dialect.records(new RecordWindow(new Utf8Bytes(in, 0, 0), 0, 1 << 20), Layout.PLAIN)) {
            while (records.next()) {
                List<String> fields = new ArrayList<>();
                for (int i = 0; i < records.size(); i++) {
                    fields.add(records.text(i));
                    assertThat(records.isEmpty(i)).isEqualTo(fields.getLast().isEmpty());
                }
                all.add(fields);
            }
        } catch (Records.BadQuotesException malformed) {
            return MALFORMED;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    private static List<List<String>> commonsCsv(String text, Dialect dialect) {
        CSVFormat format = dialect.csvFormat();
        List<List<String>> all = new ArrayList<>();
        try (CSVParser parser = CSVParser.builder()
                .setReader(new StringReader(text))
                .setFormat(format)
                .get()) {
            for (CSVRecord each : parser) {
                all.add(List.of(each.values()));
            }
        } catch (UncheckedIOException malformed) {
            return MALFORMED;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    private static List<List<String>> fastCsv(String text, Dialect dialect) {
        Character quote = dialect.quote();
        List<List<String>> all = new ArrayList<>();
        try (CsvReader<de.siegmar.fastcsv.reader.CsvRecord> reader = CsvReader.builder()
                .fieldSeparator(dialect.delimiter())
                .quoteCharacter(quote == null ? '\u0001' : quote)
                .skipEmptyLines(true)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .ofCsvRecord(text)) {
            reader.forEach(each -> all.add(each.getFields()));
        } catch (CsvParseException malformed) {
            return MALFORMED;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    private static String text(SplittableRandom random, String alphabet, int most) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(most);
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(alphabet.codePointAt(
                    alphabet.offsetByCodePoints(0, random.nextInt(alphabet.codePointCount(0, alphabet.length())))));
        }
        return text.toString();
    }

    @Test
    void ourEngineReadsWhatCommonsCsvReadsWhateverTheText() {
        List<Dialect> dialects = List.of(
                new Dialect(",", '"', null),
                new Dialect("\t", '\'', null),
                new Dialect("||", '"', null),
                new Dialect("~|~", '"', null),
                new Dialect("\u00a6", '"', null),
                new Dialect(";", null, null),
                new Dialect("\u00a6|", null, null),
                new Dialect(",", '\u00ab', null));
        int malformed = 0;
        for (long seed = 1; seed <= 40_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Dialect dialect = dialects.get(random.nextInt(dialects.size()));
            String quote = dialect.quote() == null ? "'" : dialect.quote().toString();
            String alphabet = "ab" + "\n\r" + quote + quote + dialect.delimiter() + dialect.delimiter()
                    + " \u00e9\u00aa\ud83d\ude00";
            String text = text(random, alphabet, 60);

            // At the end of its input commons-csv 1.14.1 may take half a delimiter for a whole one
            List<List<String>> expected = commonsCsv(text + Dialect.LINE_END, dialect);

            assertThat(ours(text, dialect))
                    .as(
                            "seed %d, %s, %s",
                            seed, dialect, text.codePoints().boxed().toList())
                    .isEqualTo(expected);
            malformed += expected.equals(MALFORMED) ? 1 : 0;
        }
        assertThat(malformed).isBetween(4_000, 36_000);
    }

    @Test
    void fastCsvReadsTheSameOfWhatIsWellFormed() {
        int compared = 0;
        for (long seed = 1; seed <= 40_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Dialect dialect = new Dialect(random.nextBoolean() ? "," : "||", '"', null);
            String text = wellFormed(random, dialect.delimiter());

            assertThat(fastCsv(text, dialect)).as("seed %d", seed).isEqualTo(commonsCsv(text, dialect));
            assertThat(ours(text, dialect)).as("seed %d", seed).isEqualTo(fastCsv(text, dialect));
            compared += text.length();
        }
        assertThat(compared).isGreaterThan(1_000_000);
    }

    private static String wellFormed(SplittableRandom random, String delimiter) {
        StringBuilder text = new StringBuilder();
        for (int record = random.nextInt(6); record >= 0; record--) {
            String between = "";
            for (int field = random.nextInt(4); field >= 0; field--) {
                text.append(between);
                between = delimiter;
                if (random.nextBoolean()) {
                    text.append('"')
                            .append(text(random, "a\"\n\r,| \u00e9", 9).replace("\"", "\"\""))
                            .append('"');
                } else {
                    text.append(text(random, "abc \u20ac'", 9));
                }
            }
            text.append(List.of("\n", "\r\n", "\r", "\n\n").get(random.nextInt(4)));
        }
        return text.toString();
    }

    @Test
    void escapesAreReadAsCommonsCsvReadsTheFileAsAWhole() {
        int compared = 0;
        for (long seed = 1; seed <= 20_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            @Nullable Character quote = random.nextBoolean() ? '"' : null;
            Dialect dialect = new Dialect(random.nextBoolean() ? "," : "||", quote, '\\');
            String text = text(random, "abn\n\r\"\\\\" + dialect.delimiter() + " \u00e9", 40);

            text = text.replaceAll("\\\\+$", "") + Dialect.LINE_END;
            List<List<String>> expected = commonsCsv(text, dialect);

            if (!expected.equals(MALFORMED)) {
                assertThat(ours(text, dialect))
                        .as(
                                "seed %d, %s, %s",
                                seed, dialect, text.codePoints().boxed().toList())
                        .isEqualTo(expected);
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(5_000);
    }

    @Test
    void aFileThatArrivesInTwoPiecesIsReadTheSameWhereverItIsCut() {
        List<Dialect> dialects =
                List.of(new Dialect(",", '"', null), new Dialect("~|~", '"', null), new Dialect("\u00a6", null, '\\'));
        for (long seed = 1; seed <= 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Dialect dialect = dialects.get((int) (seed % dialects.size()));
            byte[] file = text(random, "ab\n\r\"\"" + dialect.delimiter() + "\\ \u00e9", 50)
                    .getBytes(StandardCharsets.UTF_8);
            List<List<String>> expected = ours(new ByteArrayInputStream(file), dialect);
            for (int cut = 1; cut < file.length; cut++) {
                assertThat(ours(new InTwo(file, cut), dialect))
                        .as("seed %d, cut at %d", seed, cut)
                        .isEqualTo(expected);
            }
        }
    }

    /** Gives its bytes in two reads. */
    private static final class InTwo extends ByteArrayInputStream {
        private final int cut;

        InTwo(byte[] bytes, int cut) {
            super(bytes);
            this.cut = cut;
        }

        @Override
        public synchronized int read(byte[] target, int offset, int length) {
            return super.read(target, offset, pos < cut ? Math.min(length, cut - pos) : length);
        }
    }

    @Test
    void theFormatWithoutAnythingSpecialIsCutByOurEngine() {
        assertThat(Dialect.of(Format.DEFAULT, "a,b").records(window(), Layout.PLAIN))
                .isInstanceOf(ByteRecords.class);
        assertThat(new Dialect(",", '"', '\\').records(window(), Layout.PLAIN)).isInstanceOf(EscapedRecords.class);
    }

    private static RecordWindow window() {
        return new RecordWindow(new Utf8Bytes(InputStream.nullInputStream(), 0, 0), 0, 1);
    }
}
