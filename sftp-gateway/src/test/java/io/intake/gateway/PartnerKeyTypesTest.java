package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.PARTNER;
import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.Configuration;
import io.intake.config.Partner;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hospital sends the key that it has; a strong one that is refused costs days of mail, a weak one that is taken costs more. */
class PartnerKeyTypesTest {
    @TempDir
    private Path folder;

    private GatewayFixture fixture;
    private OpenSsh openSsh;

    @BeforeEach
    void start() throws Exception {
        openSsh = new OpenSsh(folder);
        fixture = new GatewayFixture();
    }

    @AfterEach
    void stop() {
        if (fixture != null) {
            fixture.close();
        }
    }

    private void configure(String... lines) {
        fixture.configuration =
                new Configuration(List.of(new Partner(PARTNER, List.of(lines), List.of())), Map.of(), null);
    }

    @Test
    void eachKindOfKeyThatSshKeygenMakesOpensTheDoorBesideTheOthers() throws Exception {
        String[][] kinds = {
            {"ed25519", "256"}, {"ecdsa", "256"}, {"ecdsa", "384"}, {"ecdsa", "521"}, {"rsa", "2048"}, {"rsa", "4096"}
        };
        String[] lines = new String[kinds.length];
        for (int i = 0; i < kinds.length; i++) {
            lines[i] = openSsh.newKey("k" + i, "-t", kinds[i][0], "-b", kinds[i][1]);
        }
        configure(lines);
        for (int i = 0; i < kinds.length; i++) {
            OpenSsh.Outcome outcome = openSsh.sftp(fixture, "k" + i, "pwd");
            assertThat(outcome.status()).as(lines[i] + outcome.output()).isZero();
        }
    }

    @Test
    void anRsaKeySignsWithSha2OnlyAndBothSizesOfIt() throws Exception {
        configure(openSsh.newKey("rsa", "-t", "rsa", "-b", "2048"));
        assertThat(openSsh.with("PubkeyAcceptedAlgorithms", "rsa-sha2-256")
                        .sftp(fixture, "rsa", "pwd")
                        .status())
                .isZero();
        assertThat(openSsh.with("PubkeyAcceptedAlgorithms", "rsa-sha2-512")
                        .sftp(fixture, "rsa", "pwd")
                        .status())
                .isZero();
        assertThat(openSsh.with("PubkeyAcceptedAlgorithms", "ssh-rsa")
                        .sftp(fixture, "rsa", "pwd")
                        .status())
                .isNotZero();
    }

    @Test
    void keysOnTokensOpenTheDoorWhenTheirUserTouchesThem() throws Exception {
        openSsh.with("IdentitiesOnly", "no");
        for (boolean ecdsa : new boolean[] {false, true}) {
            Path socket = folder.resolve("agent" + ecdsa);
            try (SoftwareSecurityKeys token = new SoftwareSecurityKeys(socket, ecdsa)) {
                openSsh.with("IdentityAgent", socket.toString());
                configure(token.line());
                OpenSsh.Outcome outcome = openSsh.sftp(fixture, "", "pwd");
                assertThat(outcome.status()).as(token.line() + outcome.output()).isZero();
                token.says(0);
                assertThat(openSsh.sftp(fixture, "", "pwd").status()).isNotZero();
                token.says(SoftwareSecurityKeys.TOUCHED | 4);
                assertThat(openSsh.sftp(fixture, "", "pwd").status()).isZero();
                configure(openSsh.newKey("other" + ecdsa, "-t", "ed25519"));
                assertThat(openSsh.sftp(fixture, "", "pwd").status()).isNotZero();
            }
        }
    }
}
