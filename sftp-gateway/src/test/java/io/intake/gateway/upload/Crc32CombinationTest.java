package io.intake.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** S3 refuses an upload whose checksum does not match: a wrong combination would refuse every large file. */
class Crc32CombinationTest {
    @Test
    void theCombinationIsTheChecksumOfBothRuns() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            byte[] all = new byte[random.nextInt(100_000)];
            random.nextBytes(all);
            int split = random.nextInt(all.length + 1);
            long combined = Crc32Combination.combine(
                    crc(all, 0, split), crc(all, split, all.length - split), all.length - split);
            assertThat(combined).as("seed %d", seed).isEqualTo(crc(all, 0, all.length));
        }
    }

    private static long crc(byte[] bytes, int offset, int length) {
        CRC32 crc = new CRC32();
        crc.update(bytes, offset, length);
        return crc.getValue();
    }
}
