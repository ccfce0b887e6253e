package io.intake.processors.stitch;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.Format;
import io.intake.config.Layout;
import io.intake.processors.job.RefusedException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is looked at in haste and found in order must be in order: its bytes are not looked at again. */
class RegularRowsTest {

    private static String counted(byte[] file, Format format, boolean hastily) {
        long rows = 0;
        try (EntryReader reader = new EntryReader(
                new ByteArrayInputStream(file), 1, format, new HeaderMatcher(List.of()), List.of(), 5_000)) {
            if (hastily) {
                rows = reader.skip(Long.MAX_VALUE);
            } else {
                while (reader.next()) {
                    rows++;
                }
            }
            return rows + " rows, " + reader.rows() + ", " + reader.bodyEnd();
        } catch (RefusedException refused) {
            return refused.failure().sentence();
        }
    }

    private static String field(SplittableRandom random, int oddness) {
        String text = List.of(
                        "", "a", "12345678", "Viral sinusitis", "caf\u00e9 \u540d", "#", " ", "2026-03-04T10:00:00Z")
                .get(random.nextInt(8));
        return switch (random.nextInt(oddness)) {
            case 0 ->
                List.of("5\" x", "\"a\" ", " \"a\"", "\"a\"b", "\"", "a\n", "a\rb,", "\"\n\n\"", "\n#\n")
                        .get(random.nextInt(9));
            case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 ->
                "\"" + text + List.of("", ",", "\n", "\"\"", "\"\"\"\"", "\r\n").get(random.nextInt(6)) + "\"";
            default -> text;
        };
    }

    private static byte[] file(SplittableRandom random, int oddness) {
        StringBuilder text = new StringBuilder("a,b,c\n");
        int rows = random.nextInt(120);
        for (int i = 0; i < rows; i++) {
            int fields = random.nextInt(40 * oddness) == 0 ? 1 + random.nextInt(4) : 3;
            for (int j = 0; j < fields; j++) {
                text.append(j == 0 ? "" : ",").append(field(random, oddness));
            }
            text.append(List.of("\n", "\r\n", "\r", "\n\n").get(random.nextInt(50) == 0 ? random.nextInt(4) : 0));
        }
        if (random.nextBoolean()) {
            text.append("x".repeat(random.nextInt(6_000))).append(",,\n");
        }
        return text.append(random.nextBoolean() ? "T,1,2" : "\u001a").toString().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void hasteChangesNeitherCountsNorRefusals() {
        Layout comments = new Layout(false, null, "#", false, null, null, List.of());
        Layout trailer = new Layout(false, null, null, false, null, "^T", List.of());
        List<Format> formats = List.of(
                Format.DEFAULT,
                Format.DEFAULT.with(comments),
                Format.DEFAULT.with(trailer),
                new Format(",", null, List.of(), "UTF-8"),
                new Format(",", '"', List.of("a", "b", "c"), "UTF-8"));
        int refused = 0;
        for (long seed = 1; seed <= 12_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] file = file(random, List.of(12, 60, 3_000).get(random.nextInt(3)));
            Format format = formats.get(random.nextInt(formats.size()));

            String expected = counted(file, format, false);

            assertThat(counted(file, format, true))
                    .as("seed %d, %s", seed, format)
                    .isEqualTo(expected);
            refused += expected.contains("File") ? 1 : 0;
        }
        assertThat(refused).isBetween(1_000, 11_000);
    }

    @Test
    void almostAllOfARegularFileIsCountedHastily() {
        byte[] text = ("1,\"a,\"\"b\n\",3\n".repeat(5_000)).getBytes(StandardCharsets.UTF_8);
        RegularRows rows = new RegularRows((byte) ',', new byte[] {'"'}, -1_000, 5_000);

        assertThat(rows.count(text, 0, text.length, 3)).isGreaterThan(4_990);
        assertThat(rows.end()).isGreaterThan(text.length - 100);
        assertThat(rows.count(text, 0, text.length, 4)).isZero();
    }

    @Test
    void aQuoteThatBeginsNoFieldIsNeitherTakenForOneNorOverlookedAtABlocksBorder() {
        List<String> before = List.of("1,2,3\n".repeat(300), "1,\"2\",3\n".repeat(200));
        // Fields as they are cut: four, four, none; and three, in doubt or not
        List<String> rows =
                List.of("a,b,x\"y,z\"\n", "a,b,c \"y,z\"\n", "a,b,\"c\"y,z\"\n", "a,x\"y,z\"\n", "a,\"b\",\"c,\"\n");
        for (String regular : before) {
            for (String row : rows) {
                for (int shift = 0; shift < 2 * BytePlanes.BLOCK; shift++) {
                    byte[] file = ("a,b,c\n" + regular + "x".repeat(shift) + ",,\n" + row + "1,2,3\n".repeat(40))
                            .getBytes(StandardCharsets.UTF_8);

                    assertThat(counted(file, Format.DEFAULT, true))
                            .as("%s behind %s and %d", row, regular.substring(0, 6), shift)
                            .isEqualTo(counted(file, Format.DEFAULT, false));
                }
            }
        }
    }
}
