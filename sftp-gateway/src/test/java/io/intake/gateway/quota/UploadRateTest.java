package io.intake.gateway.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A rate that is kept only on average lets a burst through; one that is kept too strictly stops a slow client. */
class UploadRateTest {
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final long RATE = 1_000_000;

    private final UploadRate rate = new UploadRate();

    @Test
    void aSecondsWorthComesAtOnceAndTheRestAtTheRate() {
        assertThat(rate.take(1_000_000, RATE, START)).isZero();
        assertThat(rate.take(1, RATE, START)).isZero();
        assertThat(rate.take(500_000, RATE, START)).isEqualTo(Duration.ofNanos(1_000));
        assertThat(rate.take(1, RATE, START)).isEqualTo(Duration.ofNanos(500_001_000));
        assertThat(rate.take(1, RATE, START.plusSeconds(100)))
                .as("silence is saved up for a second at most")
                .isZero();
    }

    @Test
    void inNoStretchOfTimeMoreComesThanTheRateAndOneSecondsWorth() {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            UploadRate shared = new UploadRate();
            Instant now = START;
            long taken = 0;
            for (int i = 0; i < 500; i++) {
                int bytes = 1 + random.nextInt(260_000);
                now = now.plus(shared.take(bytes, RATE, now));
                taken += bytes;
                double seconds = Duration.between(START, now).toNanos() / 1e9;
                assertThat((double) taken).as("seed %d", seed).isLessThanOrEqualTo(RATE * (seconds + 1) + 260_000);
                now = now.plusMillis(random.nextInt(50));
            }
        }
    }
}
