package io.intake.processors.forward.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Retry-After comes from outside: a hostile or odd one must neither hold a file for years nor crash the stage. */
class HttpAnswersTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");

    @Test
    void retryAfterIsReadAsSecondsOrDateAndCappedAtAnHour() {
        assertThat(HttpAnswers.delay("120", NOW)).isEqualTo(Duration.ofMinutes(2));
        assertThat(HttpAnswers.delay(" 0 ", NOW)).isZero();
        assertThat(HttpAnswers.delay("999999999", NOW)).isEqualTo(Duration.ofHours(1));
        assertThat(HttpAnswers.delay("Wed, 04 Mar 2026 05:07:07 GMT", NOW)).isEqualTo(Duration.ofMinutes(1));
        assertThat(HttpAnswers.delay("Wed, 04 Mar 2020 05:07:07 GMT", NOW)).isZero();
    }

    @Test
    void whatIsNoRetryAfterIsIgnored() {
        for (String odd : new String[] {"", "soon", "-5", "1.5", "99999999999999999999", "Wed, 99 Mar 2026"}) {
            assertThat(HttpAnswers.delay(odd, NOW)).as(odd).isNull();
        }
    }
}
