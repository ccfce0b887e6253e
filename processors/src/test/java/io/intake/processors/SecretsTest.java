package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A key that is wrong, stale or printed stops deliveries or opens the engine to others. */
class SecretsTest {
    private final TestClock clock = new TestClock();
    private final List<String> asked = new ArrayList<>();
    private final Secrets secrets = new Secrets(
            name -> name.equals("INTAKE_SECRET_REDOX_KEY_2") ? "from-environment" : null,
            name -> {
                asked.add(name);
                return name.equals("absent") ? null : "vault-" + asked.size();
            },
            clock);

    @Test
    void aLiteralIsItselfAndTheEnvironmentGoesBeforeTheVault() {
        assertThat(secrets.resolve("Bearer abc")).isEqualTo("Bearer abc");
        assertThat(secrets.resolve("secret:redox/key-2")).isEqualTo("from-environment");
        assertThat(asked).isEmpty();
    }

    @Test
    void theVaultIsAskedAgainAfterFiveMinutesSoThatARotatedKeyComesIntoForce() {
        assertThat(secrets.resolve("secret:pagerduty/key")).isEqualTo("vault-1");
        clock.advance(Secrets.KEPT.minusSeconds(1));
        assertThat(secrets.resolve("secret:pagerduty/key")).isEqualTo("vault-1");
        clock.advance(java.time.Duration.ofSeconds(1));
        assertThat(secrets.resolve("secret:pagerduty/key")).isEqualTo("vault-2");
        assertThat(asked).containsExactly("pagerduty/key", "pagerduty/key");
    }

    @Test
    void anAbsentSecretSaysWhereItWasLookedFor() {
        assertThatThrownBy(() -> secrets.resolve("secret:absent"))
                .hasMessageContaining("'absent'")
                .hasMessageContaining("INTAKE_SECRET_ABSENT");
    }
}
