package io.intake.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Without it a password is a matter of patience; with a wrong one, a hospital with a typing error is shut out for good. */
class LoginThrottleTest {
    private static final InetAddress ONE = InetAddress.ofLiteral("198.51.100.7");
    private static final InetAddress OTHER = InetAddress.ofLiteral("198.51.100.8");

    private Instant now = Instant.parse("2027-01-31T12:00:00Z");
    private final LoginThrottle throttle = new LoginThrottle(() -> now);

    private Duration fail(InetAddress address, int times) {
        Duration last = Duration.ZERO;
        for (int time = 0; time < times; time++) {
            last = throttle.failed(address);
        }
        return last;
    }

    @Test
    void aFewFailuresCostNothing() {
        assertThat(fail(ONE, LoginThrottle.FREE)).isZero();
        assertThat(throttle.isBarred(ONE)).isFalse();
    }

    @Test
    void theDelayDoublesUpToItsLimit() {
        fail(ONE, LoginThrottle.FREE);
        for (int doubled = 0; doubled < 10; doubled++) {
            Duration expected = Duration.ofSeconds(Math.min(1L << doubled, LoginThrottle.LONGEST.toSeconds()));
            assertThat(throttle.failed(ONE)).isEqualTo(expected);
        }
        assertThat(fail(ONE, 1_000)).isEqualTo(LoginThrottle.LONGEST);
        assertThat(throttle.isBarred(OTHER)).isFalse();
        now = now.plus(LoginThrottle.LONGEST).minusNanos(1);
        assertThat(throttle.isBarred(ONE)).isTrue();
        now = now.plusNanos(1);
        assertThat(throttle.isBarred(ONE)).isFalse();
    }

    @Test
    void timeAndAGoodLoginForgive() {
        fail(ONE, 1_000);
        now = now.plus(LoginThrottle.FORGIVEN.multipliedBy(17));
        assertThat(fail(ONE, LoginThrottle.FREE)).isZero();
        fail(ONE, 1);
        assertThat(throttle.isBarred(ONE)).isTrue();
        throttle.succeeded(ONE);
        assertThat(throttle.isBarred(ONE)).isFalse();
        assertThat(fail(ONE, LoginThrottle.FREE)).isZero();
    }

    @Test
    void aNetworkOf64BitsIsOneClientInIpv6() {
        fail(InetAddress.ofLiteral("2001:db8::1"), LoginThrottle.FREE);
        fail(InetAddress.ofLiteral("2001:db8::2"), 1);
        assertThat(throttle.isBarred(InetAddress.ofLiteral("2001:db8::ffff:3"))).isTrue();
        assertThat(throttle.isBarred(InetAddress.ofLiteral("2001:db8:0:1::1"))).isFalse();
    }

    @Test
    void memoryIsBoundedAndTheOneThatWasQuietLongestIsForgotten() throws UnknownHostException {
        fail(ONE, 50);
        for (int index = 0; index < LoginThrottle.REMEMBERED - 1; index++) {
            throttle.failed(
                    InetAddress.getByAddress(new byte[] {10, (byte) (index >> 16), (byte) (index >> 8), (byte) index}));
        }
        assertThat(throttle.isBarred(ONE)).isTrue();
        assertThat(throttle.remembered()).isEqualTo(LoginThrottle.REMEMBERED);
        throttle.failed(OTHER);
        assertThat(throttle.isBarred(ONE)).isFalse();
        assertThat(throttle.remembered()).isEqualTo(LoginThrottle.REMEMBERED);
    }

    @Test
    void whateverHappensABarEndsInTimeAndIsNeverShortenedByAFailure() {
        for (int round = 0; round < 500; round++) {
            long seed = 5_500_000L + round;
            Random random = new Random(seed);
            LoginThrottle each = new LoginThrottle(() -> now);
            boolean barred = false;
            for (int step = 0; step < 60; step++) {
                if (random.nextInt(3) > 0) {
                    each.failed(ONE);
                    assertThat(each.isBarred(ONE) || !barred)
                            .as("seed %d", seed)
                            .isTrue();
                } else {
                    now = now.plusMillis(random.nextInt(400_000));
                }
                barred = each.isBarred(ONE);
            }
            now = now.plus(LoginThrottle.LONGEST);
            assertThat(each.isBarred(ONE)).as("seed %d", seed).isFalse();
        }
    }
}
