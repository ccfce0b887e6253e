package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.LIMIT;
import static io.intake.gateway.GatewayFixture.OTHER;
import static io.intake.gateway.GatewayFixture.PARTNER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.config.Configuration;
import io.intake.config.Login;
import io.intake.config.Partner;
import io.intake.config.PasswordHash;
import io.intake.config.Permission;
import io.intake.config.Quota;
import io.intake.secrets.Passwords;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a key and a password are asked for, one that is stolen must not be enough. */
class PasswordLoginTest {
    private static final String PASSWORD = "correct horse battery";
    private static final PasswordHash HASH = Passwords.hash(PASSWORD, new byte[Passwords.SALT_BYTES]);

    @TempDir
    private Path folder;

    private GatewayFixture fixture;

    /** The first partner logs in by password, the second by key and password, the third by key. */
    @BeforeEach
    void start() throws IOException {
        fixture = new GatewayFixture();
        fixture.configuration = new Configuration(
                List.of(
                        partner(PARTNER, null, HASH),
                        partner(OTHER, fixture.otherKey, HASH),
                        partner("keyed", fixture.key, null)),
                Map.of(),
                null);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private static Partner partner(String id, @Nullable KeyPair key, @Nullable PasswordHash hash) {
        List<String> keys = key == null ? List.of() : List.of(PublicKeyEntry.toString(key.getPublic()));
        Login login = new Login(keys, hash, List.of(), null, false);
        return new Partner(id, login, Quota.DEFAULT, EnumSet.allOf(Permission.class), List.of());
    }

    private void login(String name, @Nullable KeyPair key, @Nullable String password) throws IOException {
        try (ClientSession session = fixture.client()
                .connect(name, "127.0.0.1", fixture.gateway.port())
                .verify(LIMIT)
                .getSession()) {
            if (key != null) {
                session.addPublicKeyIdentity(key);
            }
            if (password != null) {
                session.addPasswordIdentity(password);
            }
            session.auth().verify(LIMIT);
            assertThat(GatewayFixture.sftp(session).canonicalPath(".")).isEqualTo("/inbound");
        }
    }

    private void refused(String name, @Nullable KeyPair key, @Nullable String password, String reason) {
        int before = fixture.audit.size();
        assertThatThrownBy(() -> login(name, key, password)).isInstanceOf(IOException.class);
        GatewayFixture.await("an audit line", () -> fixture.audit.size() > before);
        assertThat(fixture.audit.stream().skip(before))
                .singleElement()
                .asString()
                .contains("\"outcome\":\"refused\"", reason)
                .doesNotContain(PASSWORD);
    }

    @Test
    void aPasswordOpensTheDoorOfWhoHasOne() throws IOException {
        login(PARTNER, null, PASSWORD);
        login("keyed", fixture.key, null);
        refused(PARTNER, null, "correct horse batterz", "\"reason\":\"password\"");
        refused(PARTNER, fixture.key, null, "\"reason\":\"key\"");
        refused("keyed", null, PASSWORD, "\"reason\":\"password\"");
        refused("nobody", null, PASSWORD, "\"reason\":\"user\"");
    }

    @Test
    void whoHasKeyAndPasswordNeedsBoth() throws IOException {
        login(OTHER, fixture.otherKey, PASSWORD);
        refused(OTHER, null, PASSWORD, "\"reason\":\"password\"");
        refused(OTHER, fixture.otherKey, null, "\"outcome\":\"refused\"");
        refused(OTHER, fixture.otherKey, "correct horse batterz", "\"reason\":\"password\"");
        refused(OTHER, fixture.key, PASSWORD, "\"reason\"");
    }

    @Test
    void theFirstAnswerIsTheSameForEveryName() {
        PartnerAuthenticator authenticator = fixture.gateway.authenticator();
        for (String name : List.of(PARTNER, OTHER, "keyed", "nobody")) {
            assertThat(Arrays.stream(authenticator.methods(name).split(" "))
                            .map(alternative -> alternative.replaceFirst(",.*", "")))
                    .as(name)
                    .containsExactly("publickey", "password");
        }
        fixture.configuration = new Configuration(List.of(partner("keyed", fixture.key, null)), Map.of(), null);
        assertThat(authenticator.methods("keyed")).isEqualTo("publickey");
        assertThat(authenticator.methods("nobody")).isEqualTo("publickey");
    }

    @Test
    void guessingIsCutOffAndForgiven() throws IOException {
        try (ClientSession session = fixture.client()
                .connect(PARTNER, "127.0.0.1", fixture.gateway.port())
                .verify(LIMIT)
                .getSession()) {
            for (int guess = 0; guess < 30; guess++) {
                session.addPasswordIdentity("wrong password " + guess);
            }
            assertThatThrownBy(() -> session.auth().verify(LIMIT)).isInstanceOf(IOException.class);
        }
        assertThat(fixture.audit).singleElement().asString().containsPattern("\"attempts\":[67],");
        // barred for a second
        assertThatThrownBy(() -> login("keyed", fixture.key, null)).isInstanceOf(IOException.class);
        GatewayFixture.await("forgiveness", () -> {
            try {
                login("keyed", fixture.key, null);
                return true;
            } catch (IOException e) {
                return false;
            }
        });
    }

    @Test
    void aPasswordThatIsChangedEndsItsSessions() throws IOException {
        try (ClientSession session = fixture.client()
                .connect(PARTNER, "127.0.0.1", fixture.gateway.port())
                .verify(LIMIT)
                .getSession()) {
            session.addPasswordIdentity(PASSWORD);
            session.auth().verify(LIMIT);
            fixture.gateway.applyToSessions();
            assertThat(session.isOpen()).isTrue();
            fixture.configuration =
                    new Configuration(List.of(partner(PARTNER, null, Passwords.likeNobodys(HASH))), Map.of(), null);
            fixture.gateway.applyToSessions();
            GatewayFixture.await("the session's end", () -> !session.isOpen());
        }
    }

    @Test
    void opensshLogsInWithPasswordAndWithBoth() throws Exception {
        String path = System.getenv().getOrDefault("PATH", "");
        Assumptions.assumeTrue(
                Arrays.stream(path.split(":")).anyMatch(part -> Files.isExecutable(Path.of(part, "sftp"))),
                "no sftp on the PATH");
        Path key = folder.resolve("key");
        Files.writeString(key, HostKeys.toOpenSsh(fixture.otherKey, "test"));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Path ask = folder.resolve("ask");
        Files.writeString(ask, "#!/bin/sh\necho '" + PASSWORD + "'\n");
        Files.setPosixFilePermissions(ask, PosixFilePermissions.fromString("rwx------"));
        assertThat(openssh(PARTNER, ask, null)).contains("/inbound");
        assertThat(openssh(OTHER, ask, key)).contains("/inbound");
        assertThat(openssh(OTHER, ask, null)).contains("Permission denied (publickey,password)");
    }

    private String openssh(String name, Path ask, @Nullable Path key) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        "sftp",
                        "-P",
                        Integer.toString(fixture.gateway.port()),
                        "-F",
                        "/dev/null",
                        "-o",
                        "StrictHostKeyChecking=no",
                        "-o",
                        "UserKnownHostsFile=/dev/null",
                        "-o",
                        "LogLevel=ERROR",
                        "-o",
                        "NumberOfPasswordPrompts=1",
                        "-o",
                        "IdentitiesOnly=yes",
                        "-o",
                        "IdentityFile=" + (key == null ? folder.resolve("none") : key),
                        name + "@127.0.0.1")
                .redirectErrorStream(true)
                .directory(folder.toFile());
        builder.environment().put("SSH_ASKPASS", ask.toString());
        builder.environment().put("SSH_ASKPASS_REQUIRE", "force");
        Process process = builder.start();
        try (var stdin = process.getOutputStream()) {
            stdin.write("pwd\n".getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return output;
    }

    @Test
    void theCommandPrintsAHashThatFitsAndRefusesShortPasswords() throws IOException {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        assertThat(hash(PASSWORD + "\n", out, err)).isZero();
        String phc = out.toString(StandardCharsets.UTF_8).strip();
        assertThat(Passwords.verify(PASSWORD, PasswordHash.parse(phc).orElseThrow()))
                .isTrue();
        for (String wrong : List.of("", "short\n", "two lines of\nit\n", "x".repeat(300))) {
            assertThat(hash(wrong, out, err)).isEqualTo(2);
        }
        assertThat(err.toString(StandardCharsets.UTF_8)).doesNotContain("short", "two lines");
    }

    private static int hash(String input, ByteArrayOutputStream out, ByteArrayOutputStream err) throws IOException {
        return HashPasswordCommand.run(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                salt -> Arrays.fill(salt, (byte) 5));
    }
}
