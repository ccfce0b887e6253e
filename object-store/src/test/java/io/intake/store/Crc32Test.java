package io.intake.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** A wrong combined checksum refuses a whole file, or takes a damaged one for whole. */
class Crc32Test {

    @Test
    void combiningTwoRunsGivesTheChecksumOfBothJoined() {
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(5_000)];
            random.nextBytes(bytes);
            int cut = random.nextInt(bytes.length + 1);
            long combined = Crc32.combine(
                    Crc32.of(bytes, 0, cut), Crc32.of(bytes, cut, bytes.length - cut), bytes.length - cut);
            assertThat(combined).as("seed %d", seed).isEqualTo(reference(bytes));
        }
    }

    @Test
    void emptyRunsChangeNothing() {
        long crc = Crc32.of(new byte[] {1, 2, 3});
        assertThat(Crc32.of(new byte[0])).isEqualTo(Crc32.EMPTY);
        assertThat(Crc32.combine(crc, Crc32.EMPTY, 0)).isEqualTo(crc);
        assertThat(Crc32.combine(Crc32.EMPTY, crc, 3)).isEqualTo(crc);
    }

    @Test
    void runsLongerThanAnArrayCombine() {
        byte[] mebibyte = new byte[1 << 20];
        new Random(1).nextBytes(mebibyte);
        CRC32 whole = new CRC32();
        long right = Crc32.EMPTY;
        long rightLength = 0;
        for (int i = 0; i < 2_100; i++) {
            whole.update(mebibyte);
        }
        long one = Crc32.of(mebibyte);
        for (int i = 0; i < 2_099; i++) {
            right = Crc32.combine(right, one, mebibyte.length);
            rightLength += mebibyte.length;
        }
        long combined = Crc32.combine(one, right, rightLength);
        assertThat(rightLength).isGreaterThan(Integer.MAX_VALUE);
        assertThat(combined).isEqualTo(whole.getValue());
    }

    @Test
    void theOrderInWhichRunsAreCombinedDoesNotMatter() {
        byte[] a = {1, 2};
        byte[] b = {3};
        byte[] c = {4, 5, 6};
        long left = Crc32.combine(Crc32.combine(Crc32.of(a), Crc32.of(b), 1), Crc32.of(c), 3);
        long right = Crc32.combine(Crc32.of(a), Crc32.combine(Crc32.of(b), Crc32.of(c), 3), 4);
        assertThat(left).isEqualTo(right).isEqualTo(reference(new byte[] {1, 2, 3, 4, 5, 6}));
    }

    @Test
    void aNegativeLengthIsRefused() {
        assertThatThrownBy(() -> Crc32.combine(0, 0, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static long reference(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }
}
