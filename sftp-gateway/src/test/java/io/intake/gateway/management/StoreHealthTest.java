package io.intake.gateway.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Readiness that flaps takes gateways out of service one after another while nothing is wrong with them. */
class StoreHealthTest {
    private final StoreHealth health = new StoreHealth();
    private long now = Duration.ofDays(3).toNanos();

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private void failProbe() {
        pass(health.untilProbe(now));
        health.probeFailed(now);
    }

    @Test
    void beforeTheFirstAnswerThereIsNone() {
        assertThat(health.answers()).isFalse();
        assertThat(health.untilProbe(now)).isZero();
        health.probeFailed(now);
        assertThat(health.answers()).isFalse();
        health.answered(now);
        assertThat(health.answers()).isTrue();
    }

    @Test
    void whileCallsAreAnsweredNothingIsProbed() {
        for (int i = 0; i < 100; i++) {
            health.answered(now);
            pass(Duration.ofSeconds(5));
            assertThat(health.untilProbe(now)).isEqualTo(Duration.ofSeconds(5));
        }
        pass(Duration.ofSeconds(5));
        assertThat(health.untilProbe(now)).isZero();
    }

    @Test
    void aFewLostProbesOrAFewQuietSecondsChangeNothing() {
        health.answered(now);
        pass(StoreHealth.INTERVAL);
        for (int i = 0; i < 2; i++) {
            failProbe();
            assertThat(health.answers()).isTrue();
        }
        health.answered(now);
        pass(Duration.ofMinutes(1));
        failProbe();
        assertThat(health.answers()).as("one failure after a quiet minute").isTrue();
        failProbe();
        assertThat(health.answers()).isTrue();
        failProbe();
        assertThat(health.answers()).as("the third in a row").isFalse();
    }

    @Test
    void manyQuickFailuresCountOnlyOnceThePatienceIsOver() {
        health.answered(now);
        for (int i = 0; i < 20; i++) {
            health.probeFailed(now);
        }
        assertThat(health.answers()).isTrue();
        pass(StoreHealth.PATIENCE);
        health.probeFailed(now);
        assertThat(health.answers()).isFalse();
    }

    @Test
    void itTakesTwoAnsweredProbesToTrustItAgain() {
        health.answered(now);
        pass(StoreHealth.PATIENCE);
        for (int i = 0; i < StoreHealth.FAILURES; i++) {
            failProbe();
        }
        health.answered(now);
        assertThat(health.answers()).as("a lucky call").isFalse();
        health.probeAnswered(now);
        assertThat(health.answers()).isFalse();
        failProbe();
        health.probeAnswered(now);
        assertThat(health.answers()).as("not in a row").isFalse();
        health.probeAnswered(now);
        assertThat(health.answers()).isTrue();
    }

    @Test
    void probesOfAStoreInTroubleComeEverMoreRarelyAndNeverStop() {
        health.answered(now);
        pass(StoreHealth.INTERVAL);
        Duration last = Duration.ZERO;
        for (int i = 0; i < 50; i++) {
            health.probeFailed(now);
            Duration next = health.untilProbe(now);
            assertThat(next).isGreaterThanOrEqualTo(last).isLessThanOrEqualTo(Duration.ofSeconds(15));
            pass(next);
            last = next;
        }
        assertThat(last).isEqualTo(Duration.ofSeconds(15));
    }
}
