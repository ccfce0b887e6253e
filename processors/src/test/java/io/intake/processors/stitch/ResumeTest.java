package io.intake.processors.stitch;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.Format;
import io.intake.config.Layout;
import io.intake.config.Layout.FixedColumn;
import io.intake.processors.Json;
import io.intake.processors.job.RefusedException;
import io.intake.processors.stitch.StitchCursor.Opened;
import java.io.ByteArrayInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A function is killed between any two rows: a row that is then read twice, or not at all, is a wrong dose. */
class ResumeTest {

    /** Rows as JSON, and how it ended. */
    private static List<String> rest(EntryReader reader, List<String> rows) {
        NdjsonBuffer buffer = new NdjsonBuffer();
        while (reader.next()) {
            buffer.clear();
            reader.write(buffer);
            rows.add(new String(buffer.toByteArray(), StandardCharsets.UTF_8));
        }
        return rows;
    }

    private static ExpectedFile expected(Format format, List<String> known) {
        return new ExpectedFile(1, format, new HeaderMatcher(List.of()), known, List.of(), Rows.MAX_RECORD);
    }

    private static EntryReader from(byte[] file, Format format, @Nullable Opened opened, long rows) {
        int offset = opened == null ? 0 : Math.toIntExact(opened.offset());
        byte[] bytes = Arrays.copyOfRange(file, offset, file.length);
        List<String> known = opened == null ? List.of() : opened.names();
        return new EntryReader(new ByteArrayInputStream(bytes), expected(format, known), opened, rows);
    }

    private static List<String> whole(byte[] file, Format format) {
        List<String> rows = new ArrayList<>();
        try (EntryReader reader = from(file, format, null, 0)) {
            rest(reader, rows);
        } catch (RefusedException refused) {
            rows.add(refused.getMessage());
        }
        return rows;
    }

    /** Stops after so many rows and goes on from what was saved. */
    private static List<String> resumed(byte[] file, Format format, int after) {
        List<String> rows = new ArrayList<>();
        try {
            Opened opened;
            try (EntryReader reader = from(file, format, null, 0)) {
                NdjsonBuffer buffer = new NdjsonBuffer();
                for (int i = 0; i < after; i++) {
                    assertThat(reader.next()).isTrue();
                    buffer.clear();
                    reader.write(buffer);
                    rows.add(new String(buffer.toByteArray(), StandardCharsets.UTF_8));
                }
                opened = reader.opened(file.length);
            }
            assertThat(opened).isNotNull();
            try (EntryReader reader = from(file, format, Json.read(Json.bytes(opened), Opened.class), after)) {
                rest(reader, rows);
            }
        } catch (RefusedException refused) {
            rows.add(refused.getMessage());
        }
        return rows;
    }

    private static void checkEverywhere(byte[] file, Format format, String what) {
        List<String> expected = whole(file, format);
        boolean refused = !expected.isEmpty() && !expected.getLast().startsWith("{");
        for (int after = 0; after <= expected.size() - (refused ? 1 : 0); after++) {
            assertThat(resumed(file, format, after))
                    .as("%s, after row %d", what, after)
                    .isEqualTo(expected);
        }
    }

    @Test
    void betweenAnyTwoRowsOfAnyRandomTableItGoesOnAsIfItHadNotStopped() {
        for (long seed = 1; seed <= 500; seed++) {
            RandomTable table = RandomTable.of(new SplittableRandom(seed), 5, 12);

            checkEverywhere(table.file(), table.format(), "seed " + seed);
        }
    }

    @Test
    void soItDoesInAFileThatIsCutAtAnyByte() {
        for (long seed = 1; seed <= 12; seed++) {
            RandomTable table = RandomTable.of(new SplittableRandom(seed), 3, 5);
            for (int cut = 0; cut < table.file().length; cut++) {
                checkEverywhere(Arrays.copyOf(table.file(), cut), table.format(), "seed " + seed + ", cut at " + cut);
            }
        }
    }

    @Test
    void soItDoesWithAllThatALayoutCanHave() {
        Layout layout = new Layout(true, null, "#", false, "^HDR(?<rows>[0-9]+)", "^TRL(?<rows>[0-9]+)", List.of());
        String file = "#c\nHDR3\r\na;b;\n1;'2;'';3';\n#\n\n4;5;x\r\n#\n6;;\nTRL3\n#\n\u001a";
        for (String charset : List.of("UTF-8", "UTF-16LE", "windows-1252")) {
            Format format = new Format(null, '"', List.of(), Format.DETECTED, layout);
            byte[] bytes = file.replace("4", "\u00e9").getBytes(Charset.forName(charset));

            assertThat(whole(bytes, format)).as(charset).hasSize(3).allMatch(row -> row.startsWith("{"));
            checkEverywhere(bytes, format, charset);
        }
        checkEverywhere(
                "1,\\,2\n3,4\\\n5\n".getBytes(StandardCharsets.UTF_8),
                new Format(
                        ",",
                        '"',
                        List.of("a", "b"),
                        "UTF-8",
                        new Layout(false, '\\', null, false, null, null, List.of())),
                "escapes");
        checkEverywhere(
                "12\u00e93\r\n45\u20ac6\n".getBytes(StandardCharsets.UTF_8),
                new Format(
                        null,
                        null,
                        List.of(),
                        "UTF-8",
                        new Layout(false, null, null, false, null, null, List.of(new FixedColumn("a", 2, 3)))),
                "fixed");
    }

    @Test
    void whatWasDecidedAtTheHeadHoldsWhereTheRestLooksOtherwise() {
        Format format = new Format(
                null, '"', List.of(), Format.DETECTED, new Layout(true, null, null, false, null, null, List.of()));
        byte[] file = "a;b\n'1;2';3\n\u00e9,4;5\n,,,,;,,\n\"6;7\n".getBytes(StandardCharsets.UTF_8);

        assertThat(whole(file, format)).hasSize(4);
        checkEverywhere(file, format, "auto");
    }

    @Test
    void rowsAreFoundByTheOffsetTheyAreSaidToHave() {
        String text = "\ufeffa,b\r\n1,\u00e9\r\n\r\n\"2\r\n\",\ud83d\ude00\n3,4";
        for (String charset : List.of("UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "windows-1252")) {
            String own = charset.startsWith("UTF") ? text : text.substring(1).replace("\ud83d\ude00", "\u20ac");
            byte[] file = own.getBytes(Charset.forName(charset));
            Format format = new Format(",", '"', List.of(), charset);
            List<String> begins = new ArrayList<>();
            try (EntryReader reader = from(file, format, null, 0)) {
                while (reader.next()) {
                    int offset = Math.toIntExact(reader.offset());
                    begins.add(
                            new String(file, offset, file.length - offset, Charset.forName(charset)).substring(0, 2));
                }
            }
            assertThat(begins).as(charset).containsExactly("1,", "\"2", "3,");
        }
    }
}
