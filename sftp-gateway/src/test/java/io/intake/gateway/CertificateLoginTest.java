package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.PARTNER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.config.CertAuthority;
import io.intake.config.Configuration;
import io.intake.config.Login;
import io.intake.config.Partner;
import io.intake.config.Permission;
import io.intake.config.Quota;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A certificate that is past its time, or made for another hospital, must not open this one's door. */
class CertificateLoginTest {
    @TempDir
    private Path folder;

    private GatewayFixture fixture;
    private OpenSsh openSsh;
    private String authority;

    @BeforeEach
    void start() throws Exception {
        openSsh = new OpenSsh(folder);
        fixture = new GatewayFixture();
        authority = openSsh.newKey("ca", "-t", "ed25519");
        trust(authority);
    }

    @AfterEach
    void stop() {
        if (fixture != null) {
            fixture.close();
        }
    }

    private void trust(String... authorities) {
        trust(new CertAuthority(List.of(authorities), Set.of(PARTNER), Set.of(), Set.of()));
    }

    private void trust(CertAuthority trusted) {
        Login login = new Login(List.of(), trusted, null, List.of(), null, false, false);
        fixture.configuration = new Configuration(
                List.of(
                        new Partner(PARTNER, login, Quota.DEFAULT, EnumSet.allOf(Permission.class), List.of()),
                        new Partner(
                                GatewayFixture.OTHER,
                                List.of(PublicKeyEntry.toString(fixture.otherKey.getPublic())),
                                List.of())),
                Map.of(),
                null);
    }

    private void assertAccepted(String key) throws Exception {
        OpenSsh.Outcome outcome = openSsh.sftp(fixture, key, "pwd");
        assertThat(outcome.status()).as(key + ": " + outcome.output()).isZero();
    }

    /** Also forgives the address what failed before. */
    private void assertRefused(String key, String reason) throws Exception {
        fixture.connect(GatewayFixture.OTHER, fixture.otherKey).close();
        fixture.audit.clear();
        OpenSsh.Outcome outcome = openSsh.sftp(fixture, key, "pwd");
        assertThat(outcome.status()).as(key + ": " + outcome.output()).isNotZero();
        GatewayFixture.await("an audit line for " + key, () -> !fixture.audit.isEmpty());
        assertThat(fixture.audit)
                .as(key)
                .singleElement()
                .asString()
                .contains("\"outcome\":\"refused\",\"reason\":\"" + reason + "\"");
    }

    @Test
    void certificatesOfEveryKindOfKeyFromEveryKindOfAuthorityAreAccepted() throws Exception {
        Map<String, String[]> kinds = new HashMap<>(Map.of(
                "ed25519", new String[] {"-t", "ed25519"},
                "p256", new String[] {"-t", "ecdsa", "-b", "256"},
                "p384", new String[] {"-t", "ecdsa", "-b", "384"},
                "p521", new String[] {"-t", "ecdsa", "-b", "521"},
                "rsa", new String[] {"-t", "rsa", "-b", "2048"}));
        for (Map.Entry<String, String[]> kind : kinds.entrySet()) {
            String by = openSsh.newKey("ca-" + kind.getKey(), kind.getValue());
            String ignored = openSsh.newKey("k-" + kind.getKey(), kind.getValue());
            openSsh.certify("ca-" + kind.getKey(), "k-" + kind.getKey(), "-n", PARTNER, "-V", "+5m", "-z", "7");
            trust(authority, by);
            assertAccepted("k-" + kind.getKey());
        }
        assertThat(fixture.audit).hasSize(kinds.size()).allMatch(line -> line.contains("accepted"));
    }

    @Test
    void eachFlawIsRefusedAndTheAuditLogNamesIt() throws Exception {
        String stranger = openSsh.newKey("other-ca", "-t", "ed25519");
        assertThat(stranger).isNotEqualTo(authority);
        Map<String, List<String>> flaws = new HashMap<>(Map.of(
                "certificate-expired", List.of("-n", PARTNER, "-V", "-2d:-1d"),
                "certificate-early", List.of("-n", PARTNER, "-V", "+1d:+2d"),
                "certificate-principal", List.of("-n", "mercy,st-mary,St-Marys"),
                "certificate-option", List.of("-n", PARTNER, "-O", "critical:two-persons@example.org=yes"),
                "certificate-address", List.of("-n", PARTNER, "-O", "source-address=198.51.100.0/24")));
        int count = 0;
        for (Map.Entry<String, List<String>> flaw : flaws.entrySet()) {
            String key = "flaw" + ++count;
            String ignored = openSsh.newKey(key, "-t", "ed25519");
            openSsh.certify("ca", key, flaw.getValue().toArray(String[]::new));
            assertRefused(key, flaw.getKey());
        }
        String plain = openSsh.newKey("none", "-t", "ed25519");
        openSsh.certify("ca", "none");
        assertRefused("none", "certificate-principal");
        String forced = openSsh.newKey("forced", "-t", "ed25519");
        openSsh.certify("ca", "forced", "-n", PARTNER, "-O", "force-command=/bin/sh");
        assertRefused("forced", "certificate-option");
        String wrong = openSsh.newKey("wrong", "-t", "ed25519");
        openSsh.certify("other-ca", "wrong", "-n", PARTNER);
        assertRefused("wrong", "certificate-authority");
        assertThat(List.of(plain, forced, wrong)).doesNotHaveDuplicates();
    }

    @Test
    void aCertificateWhoseTextWasChangedIsRefused() throws Exception {
        String forged = openSsh.newKey("forged", "-t", "ed25519");
        assertThat(forged).isNotBlank();
        openSsh.certify("ca", "forged", "-n", "st-mercy");
        Path file = folder.resolve("forged-cert.pub");
        String[] words = Files.readString(file).split(" ");
        byte[] blob = Base64.getDecoder().decode(words[1]);
        String text = new String(blob, StandardCharsets.ISO_8859_1).replace("st-mercy", PARTNER);
        words[1] = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.ISO_8859_1));
        Files.writeString(file, String.join(" ", words));
        assertThatThrownBy(() -> connectWithCertificate("forged")).isInstanceOf(IOException.class);
        GatewayFixture.await(
                "an audit line",
                () -> fixture.audit.stream().anyMatch(line -> line.contains("\"reason\":\"certificate-signature\"")));
    }

    @Test
    void whatAGoodCertificateSaysBesideIsObeyed() throws Exception {
        String ignored = openSsh.newKey("k", "-t", "ed25519");
        openSsh.certify(
                "ca",
                "k",
                "-n",
                "somebody," + PARTNER,
                "-O",
                "source-address=198.51.100.0/24,127.0.0.0/8",
                "-O",
                "force-command=internal-sftp",
                "-O",
                "clear");
        assertAccepted("k");
    }

    @Test
    void revokedSerialsKeysAndAuthoritiesAreRefused() throws Exception {
        String line = openSsh.newKey("k", "-t", "ed25519");
        openSsh.certify("ca", "k", "-n", PARTNER, "-z", "18446744073709551615");
        assertAccepted("k");
        String key =
                KeyUtils.getFingerPrint(PublicKeyEntry.parsePublicKeyEntry(line).resolvePublicKey(null, null, null));
        String by = KeyUtils.getFingerPrint(
                PublicKeyEntry.parsePublicKeyEntry(authority).resolvePublicKey(null, null, null));
        for (CertAuthority revoking : List.of(
                new CertAuthority(List.of(authority), Set.of(PARTNER), Set.of(-1L), Set.of()),
                new CertAuthority(List.of(authority), Set.of(PARTNER), Set.of(), Set.of(key)),
                new CertAuthority(List.of(authority), Set.of(PARTNER), Set.of(), Set.of(by)))) {
            trust(revoking);
            assertRefused("k", "certificate-revoked");
        }
    }

    @Test
    void aWeakKeyIsNotBetterForBeingCertified() throws Exception {
        openSsh.write("k", KeyUtils.generateKeyPair("ssh-rsa", 1024));
        Files.writeString(
                folder.resolve("k.pub"), PublicKeyEntry.toString(load("k").getPublic()) + "\n");
        openSsh.certify("ca", "k", "-n", PARTNER);
        openSsh.with("RequiredRSASize", "1024");
        assertRefused("k", "certificate-key");
    }

    private KeyPair load(String name) throws Exception {
        try (var in = Files.newInputStream(folder.resolve(name))) {
            return SecurityUtils.loadKeyPairIdentities(null, () -> name, in, FilePasswordProvider.EMPTY)
                    .iterator()
                    .next();
        }
    }

    @Test
    void aKeyAloneIsNotEnoughWhereOnlyCertificatesAreTrustedNorIsAnAuthoritysOwnKey() throws Exception {
        String ignored = openSsh.newKey("k", "-t", "ed25519");
        assertRefused("k", "key");
        assertRefused("ca", "key");
    }

    @Test
    void whoseAuthorityIsTakenAwayIsCutOffAndAnotherIsNot() throws Exception {
        String ignored = openSsh.newKey("k", "-t", "ed25519");
        openSsh.certify("ca", "k", "-n", PARTNER, "-V", "+1h");
        String second = openSsh.newKey("ca2", "-t", "ed25519");
        try (ClientSession session = connectWithCertificate("k")) {
            trust(authority, second);
            fixture.gateway.applyToSessions();
            assertThat(session.isOpen()).isTrue();
            trust(second);
            fixture.gateway.applyToSessions();
            GatewayFixture.await("the session's end", () -> !session.isOpen());
        }
    }

    private ClientSession connectWithCertificate(String name) throws Exception {
        var key = load(name);
        var certificate = PublicKeyEntry.parsePublicKeyEntry(
                        Files.readString(folder.resolve(name + "-cert.pub")).strip())
                .resolvePublicKey(null, null, null);
        return fixture.connect(PARTNER, new KeyPair(certificate, key.getPrivate()));
    }
}
