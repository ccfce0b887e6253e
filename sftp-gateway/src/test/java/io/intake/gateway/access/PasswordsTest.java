package io.intake.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.PasswordHash;
import io.intake.secrets.Passwords;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A hash that another tool made and we cannot read locks a hospital out; one that fits any password lets anybody in. */
class PasswordsTest {
    /** Made by the reference implementation through Python's cryptography. */
    private static final String REFERENCE =
            "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$/HetJC6LZ4lnwgLB+wJSS2a9bFu2Kq4HxwNWzoJq2qU";

    private static final String REFERENCE_UTF_8 =
            "$argon2id$v=19$m=8192,t=5,p=2$c29tZXNhbHRzb21lc2FsdA$AUnGsacbueadDDydIBNiY61XMflzsN529HlKTEOPt9M";

    private static boolean fits(String password, String phc) {
        return Passwords.verify(password, PasswordHash.parse(phc).orElseThrow());
    }

    @Test
    void hashesOfTheReferenceImplementationFitTheirPasswordOnly() {
        assertThat(fits("correct horse battery", REFERENCE)).isTrue();
        assertThat(fits("correct horse batterz", REFERENCE)).isFalse();
        assertThat(fits("", REFERENCE)).isFalse();
        assertThat(fits("p\u00e4ssw\u00f6rd-\u00fcn\u00efcode", REFERENCE_UTF_8))
                .isTrue();
        assertThat(fits("passw\u00f6rd-\u00fcn\u00efcode", REFERENCE_UTF_8)).isFalse();
    }

    @Test
    void whatIsHashedIsAcceptedByTheConfigurationAndFits() {
        byte[] salt = new byte[Passwords.SALT_BYTES];
        new Random(7).nextBytes(salt);
        String phc = Passwords.hash("a new password", salt).toPhc();
        assertThat(fits("a new password", phc)).isTrue();
        assertThat(fits("a new passwort", phc)).isFalse();
    }

    @Test
    void theDecoyCostsWhatItsModelCostsAndIsReadable() {
        PasswordHash model = PasswordHash.parse(REFERENCE_UTF_8).orElseThrow();
        PasswordHash decoy = Passwords.likeNobodys(model);
        assertThat(decoy.work()).isEqualTo(model.work());
        assertThat(PasswordHash.parse(decoy.toPhc())).contains(decoy);
        assertThat(Passwords.verify("any", decoy)).isFalse();
    }

    @Test
    void thePoolRefusesWhatItCannotHold() throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(2);
        CountDownLatch release = new CountDownLatch(1);
        Runnable task = () -> {
            busy.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        try (PasswordPool pool = new PasswordPool(1)) {
            assertThat(pool.submit(task)).isTrue();
            assertThat(pool.submit(task)).isTrue();
            busy.await();
            assertThat(pool.submit(task)).isTrue();
            assertThat(pool.submit(task)).isFalse();
            release.countDown();
        }
    }
}
