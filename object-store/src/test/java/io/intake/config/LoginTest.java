package io.intake.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A partner whose contract has ended, or a stolen key used from elsewhere, must not open the door. */
class LoginTest {
    private static final InetAddress HOME = InetAddress.ofLiteral("198.51.100.7");
    private static final Instant NOW = Instant.parse("2027-01-31T12:00:00Z");

    @Test
    void theLastDayCountsToItsEndInUtc() {
        Login login = new Login(List.of("k"), null, List.of(), LocalDate.of(2027, 1, 31), false);
        assertThat(login.refusal(HOME, Instant.parse("2027-01-31T23:59:59.999Z")))
                .isEmpty();
        assertThat(login.refusal(HOME, Instant.parse("2027-02-01T00:00:00Z"))).contains(Login.Refusal.EXPIRED);
    }

    @Test
    void onlyAllowedNetworksAndNeverAnUnknownAddress() {
        Login login = new Login(
                List.of("k"), null, List.of(Network.parse("198.51.100.0/24").orElseThrow()), null, false);
        assertThat(login.refusal(HOME, NOW)).isEmpty();
        assertThat(login.refusal(InetAddress.ofLiteral("203.0.113.1"), NOW)).contains(Login.Refusal.ADDRESS);
        assertThat(login.refusal(null, NOW)).contains(Login.Refusal.ADDRESS);
        assertThat(Login.byKeys(List.of("k")).refusal(null, NOW)).isEmpty();
    }

    @Test
    void disabledIsDisabled() {
        Login login = new Login(List.of("k"), null, List.of(), null, true);
        assertThat(login.refusal(HOME, NOW)).contains(Login.Refusal.DISABLED);
    }

    @Test
    void passwordHashesAreReadWithinBoundsAndShownToNobody() {
        String salt = "c2FsdHNhbHRzYWx0c2FsdA";
        String hash = "aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g";
        String good = "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + hash;
        assertThat(PasswordHash.parse(good)).hasValueSatisfying(read -> {
            assertThat(read.toPhc()).isEqualTo(good);
            assertThat(read.toString()).doesNotContain(salt).doesNotContain(hash);
        });
        for (String bad : List.of(
                good.replace("argon2id", "argon2i"),
                good.replace("v=19", "v=16"),
                good.replace("m=19456", "m=4096"),
                good.replace("m=19456", "m=65537"),
                good.replace("m=19456", "m=999999999"),
                good.replace("m=19456,t=2", "m=19456,t=1"),
                good.replace("t=2", "t=11"),
                good.replace("t=2", "t=0"),
                good.replace("p=1", "p=5"),
                good.replace(salt, "c2FsdA"),
                good.replace(hash, "aGFzaA"),
                good.replace(hash, hash + "=="),
                good + "$",
                good + "\n",
                "hunter2")) {
            assertThat(PasswordHash.parse(bad)).as(bad).isEmpty();
        }
    }
}
