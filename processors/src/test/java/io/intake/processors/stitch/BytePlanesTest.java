package io.intake.processors.stitch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A quote or line end that is seen where there is none, or is not seen, moves all that comes behind it. */
class BytePlanesTest {
    private static final int QUOTE = '"';

    private static long where(byte[] bytes, int at, int... characters) {
        long marks = 0;
        for (int i = 0; i < BytePlanes.BLOCK; i++) {
            for (int character : characters) {
                marks |= bytes[at + i] == character ? 1L << i : 0;
            }
        }
        return marks;
    }

    private static void assertSeen(byte[] bytes, int at, int quote, int delimiter, String of) {
        BytePlanes planes = new BytePlanes(quote, delimiter);
        planes.load(bytes, at);
        assertThat(BytePlanes.inOrder(planes.quotes())).as(of).isEqualTo(where(bytes, at, quote));
        assertThat(BytePlanes.inOrder(planes.delimiters())).as(of).isEqualTo(where(bytes, at, delimiter));
        assertThat(BytePlanes.inOrder(planes.lineEnds())).as(of).isEqualTo(where(bytes, at, '\n', '\r'));
    }

    @Test
    void eachByteIsSeenForWhatItIsAtEachPlace() {
        for (int value = 0; value < 256; value++) {
            for (int place = 0; place < BytePlanes.BLOCK; place++) {
                byte[] bytes = new byte[BytePlanes.BLOCK + 7];
                bytes[place + 3] = (byte) value;
                assertSeen(bytes, 3, QUOTE, ',', value + " at " + place);
            }
        }
    }

    @Test
    void anyAsciiCharacterMayBeDelimiterOrQuoteAmongAnyOthers() {
        for (long seed = 1; seed <= 20_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int delimiter = random.nextInt(128);
            int quote = random.nextInt(128);
            byte[] bytes = new byte[BytePlanes.BLOCK];
            for (int i = 0; i < bytes.length; i++) {
                int special = random.nextBoolean() ? delimiter : random.nextBoolean() ? quote : '\n';
                // Those that differ in one bit, too
                bytes[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : special ^ (1 << random.nextInt(9)));
            }
            assertSeen(bytes, 0, quote, delimiter, "seed " + seed);
        }
    }

    @Test
    void whereThereAreNoQuotesNoneAreSeen() {
        BytePlanes planes = new BytePlanes(BytePlanes.NONE, ',');
        byte[] bytes = "\",\u0000\u00ff".repeat(32).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);

        planes.load(bytes, 0);

        assertThat(planes.quotes()).isZero();
        assertThat(BytePlanes.inOrder(planes.delimiters())).isEqualTo(where(bytes, 0, ','));
    }
}
