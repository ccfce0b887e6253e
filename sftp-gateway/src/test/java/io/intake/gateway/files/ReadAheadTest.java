package io.intake.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Who looks at a file's beginning must not cost a download's requests, and who downloads must not wait for each of them. */
class ReadAheadTest {
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;

    @Test
    void whoReadsTheBeginningOnlyCausesOneSmallRequest() {
        ReadAhead readAhead = new ReadAhead();
        for (int at = 0; at < 128 * KIB; at += 32 * KIB) {
            readAhead.reading(at, 32 * KIB);
            assertThat(readAhead.ahead()).isZero();
            assertThat(readAhead.missing(at, 32 * KIB)).isEqualTo(256 * KIB);
        }
    }

    @Test
    void whoReadsOnIsReadAheadOfMoreAndMoreInSeveralRequests() {
        ReadAhead readAhead = new ReadAhead();
        long before = 0;
        for (long at = 0; at < 64 * MIB; at += 255 * KIB) {
            readAhead.reading(at, 255 * KIB);
            assertThat(readAhead.ahead()).isBetween(before, 6L * MIB);
            before = readAhead.ahead();
            if (at >= 4 * MIB) {
                assertThat(readAhead.ahead() / readAhead.request()).isEqualTo(3);
            }
        }
        assertThat(before).isEqualTo(6 * MIB);
    }

    @Test
    void whoJumpsAboutGetsLittleMoreThanWhatWasAskedFor() {
        ReadAhead readAhead = new ReadAhead();
        for (int i = 1; i < 100; i++) {
            long offset = (long) (i % 2 == 0 ? i : 200 - i) * 100 * MIB;
            readAhead.reading(offset, 4 * KIB);
            assertThat(readAhead.missing(offset, 4 * KIB)).isEqualTo(64 * KIB);
            assertThat(readAhead.ahead()).isZero();
        }
    }

    @Test
    void requestsThatComeALittleOutOfOrderAreStillARun() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        ReadAhead readAhead = new ReadAhead();
        for (int at = 0; at < 16 * MIB; at += 64 * KIB) {
            int late = Math.max(0, at - random.nextInt(4) * 32 * KIB);
            readAhead.reading(late, 32 * KIB);
            readAhead.reading(at + 32 * KIB, 32 * KIB);
            readAhead.reading(at, 32 * KIB);
        }
        assertThat(readAhead.ahead()).as("seed %d", seed).isEqualTo(6 * MIB);
    }
}
