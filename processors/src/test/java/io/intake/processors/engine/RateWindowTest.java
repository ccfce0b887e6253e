package io.intake.processors.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.Limits.Rate;
import io.intake.processors.engine.RateWindow.Grant;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** An engine that gets more than it allows answers 429 to everybody, or closes our account. */
class RateWindowTest {
    private static final Instant START = Instant.parse("2026-03-04T05:06:07.123Z");

    private record Held(int count, Instant until) {}

    @Test
    void noStretchOfThePeriodHasMoreThanTheRateHoweverLateGrantsAreUsed() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Rate rate = new Rate(1 + random.nextInt(300), Duration.ofSeconds(1 + random.nextInt(300)));
            RateWindow window = RateWindow.EMPTY;
            Instant now = START;
            List<Held> held = new ArrayList<>();
            List<Instant> sent = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                now = now.plusMillis(random.nextLong(rate.period().toMillis() / 20 + 2));
                Instant at = now;
                held.removeIf(each -> !at.isBefore(each.until()));
                Grant grant = window.grant(rate, now, 1 + random.nextInt(20));
                window = grant.window();
                if (grant.count() > 0) {
                    held.add(new Held(grant.count(), grant.until()));
                } else {
                    assertThat(grant.until()).as("seed %d", seed).isAfter(now);
                }
                if (!held.isEmpty() && random.nextInt(3) > 0) {
                    Held used = held.remove(random.nextInt(held.size()));
                    for (int each = 0; each < used.count(); each++) {
                        sent.add(now);
                    }
                }
            }
            for (int first = 0; first < sent.size(); first++) {
                Instant end = sent.get(first).plus(rate.period());
                long within = sent.stream()
                        .skip(first)
                        .takeWhile(at -> at.isBefore(end))
                        .count();
                assertThat(within).as("seed %d", seed).isLessThanOrEqualTo(rate.requests());
            }
        }
    }

    @Test
    void whoAlwaysAsksGetsNineTenthsOfTheRateEvenly() {
        Rate rate = new Rate(7500, Duration.ofMinutes(5));
        RateWindow window = RateWindow.EMPTY;
        Instant now = START;
        int count = 0;
        Duration longest = Duration.ZERO;
        while (now.isBefore(START.plus(Duration.ofHours(1)))) {
            Grant grant = window.grant(rate, now, 100);
            window = grant.window();
            count += grant.count();
            Instant next = grant.count() > 0 ? now.plusMillis(10) : grant.until();
            Duration wait = Duration.between(now, next);
            longest = wait.compareTo(longest) > 0 ? wait : longest;
            now = next;
        }
        assertThat(count).isBetween(12 * 7500 * 9 / 10, 12 * 7500);
        assertThat(longest).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void whatIsGivenBackCanBeGrantedAgain() {
        Rate rate = new Rate(1, Duration.ofMinutes(1));
        Grant grant = RateWindow.EMPTY.grant(rate, START, 5);
        assertThat(grant.count()).isEqualTo(1);
        assertThat(grant.window().grant(rate, START.plusMillis(1), 1).count()).isZero();
        RateWindow back = grant.window().returned(grant.stretch(), 1);
        assertThat(back.grant(rate, START.plusMillis(1), 1).count()).isEqualTo(1);
    }
}
