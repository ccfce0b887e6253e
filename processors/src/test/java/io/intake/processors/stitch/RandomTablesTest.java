package io.intake.processors.stitch;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.Format;
import io.intake.processors.job.RefusedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Nobody can list all the ways in which hospitals write files. */
class RandomTablesTest {
    private static final Set<String> CODES = Set.of(
            "RAGGED_ROW",
            "MALFORMED_QUOTES",
            "BAD_ENCODING",
            "EMPTY_FILE",
            "DUPLICATE_COLUMN",
            "TOO_MANY_COLUMNS",
            "ROW_TOO_LONG");

    @Test
    void whateverTheDialectTheRowsComeBackAsTheyWere() {
        for (long seed = 1; seed <= 3_000; seed++) {
            RandomTable table = RandomTable.of(new SplittableRandom(seed), 6, 30);

            assertThat(Rows.read(table.file(), table.format()))
                    .as("seed %d, %s", seed, table.format())
                    .isEqualTo(table.rows());
        }
    }

    @Test
    void damagedFilesGiveRowsOrARefusalAndNothingElse() {
        Set<String> seen = new TreeSet<>();
        for (long seed = 1; seed <= 4_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            RandomTable table = RandomTable.of(random, 5, 12);
            byte[] damaged = damage(random, table.file());
            try {
                Rows.read(damaged, table.format());
                seen.add("rows");
            } catch (RefusedException refused) {
                assertThat(refused.failure().code()).as("seed %d", seed).isIn(CODES);
                seen.add(refused.failure().code());
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertThat(seen).contains("rows", "RAGGED_ROW", "MALFORMED_QUOTES", "BAD_ENCODING");
    }

    @Test
    void noiseGivesRowsOrARefusalAndNothingElse() {
        List<Format> formats = new ArrayList<>(List.of(Format.DEFAULT));
        for (String charset : List.of("UTF-8", "UTF-16", "windows-1252")) {
            formats.add(new Format("$", null, List.of(), charset));
            formats.add(new Format("||", '"', List.of("a", "b"), charset));
        }
        for (long seed = 1; seed <= 2_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] noise = new byte[random.nextInt(300)];
            for (int i = 0; i < noise.length; i++) {
                noise[i] = (byte)
                        (random.nextInt(20) == 0 ? random.nextInt(256) : "a\",\r\n|$\u001a".charAt(random.nextInt(8)));
            }
            for (Format format : formats) {
                try {
                    Rows.read(noise, format);
                } catch (RefusedException refused) {
                    assertThat(refused.failure().code()).as("seed %d", seed).isIn(CODES);
                } catch (RuntimeException | Error e) {
                    throw new AssertionError("seed " + seed + ", " + format, e);
                }
            }
        }
    }

    private static byte[] damage(SplittableRandom random, byte[] file) {
        byte[] damaged = random.nextInt(3) == 0 ? Arrays.copyOf(file, random.nextInt(file.length + 1)) : file.clone();
        int changes = random.nextInt(4);
        for (int i = 0; i < changes && damaged.length > 0; i++) {
            int at = random.nextInt(damaged.length);
            damaged[at] =
                    (byte) (random.nextBoolean() ? random.nextInt(256) : "\",\n\r|;\u00ff".charAt(random.nextInt(7)));
        }
        return damaged;
    }
}
