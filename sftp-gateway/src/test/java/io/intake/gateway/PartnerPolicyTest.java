package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.LIMIT;
import static io.intake.gateway.GatewayFixture.PARTNER;
import static io.intake.gateway.GatewayFixture.bytes;
import static io.intake.gateway.GatewayFixture.get;
import static io.intake.gateway.GatewayFixture.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.config.Configuration;
import io.intake.config.Login;
import io.intake.config.Network;
import io.intake.config.Partner;
import io.intake.config.Permission;
import io.intake.config.Quota;
import io.intake.gateway.access.ConnectionLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.KeyPair;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.sftp.client.SftpClient;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A partner that is locked out and still comes in, or stays in, is a breach; so is one that does what it may not. */
class PartnerPolicyTest {
    private static final Set<Permission> ALL = EnumSet.allOf(Permission.class);
    private static final String HOME = "127.0.0.0/8";

    private GatewayFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = new GatewayFixture();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private void configure(Login login, Quota quota, Set<Permission> permissions) {
        fixture.configuration =
                new Configuration(List.of(new Partner(PARTNER, login, quota, permissions, List.of())), Map.of(), null);
    }

    private Login login(KeyPair key, String network, @Nullable LocalDate expires, boolean disabled) {
        return new Login(
                List.of(PublicKeyEntry.toString(key.getPublic())),
                null,
                List.of(Network.parse(network).orElseThrow()),
                expires,
                disabled);
    }

    private Login good() {
        return login(fixture.key, HOME, LocalDate.of(9999, 1, 1), false);
    }

    private List<Login> bad() {
        return List.of(
                login(fixture.key, HOME, null, true),
                login(fixture.key, HOME, LocalDate.of(2026, 1, 1), false),
                login(fixture.key, "198.51.100.0/24", null, false));
    }

    @Test
    void whoIsDisabledExpiredOrElsewhereIsToldNothingMoreThanAWrongKeyAndTheAuditLogSaysWhy() throws IOException {
        configure(good(), Quota.DEFAULT, ALL);
        fixture.connect().close();
        String wrongKey = message(() -> fixture.connect(PARTNER, fixture.otherKey));
        for (Login login : bad()) {
            configure(login, Quota.DEFAULT, ALL);
            assertThat(message(fixture::connect)).isEqualTo(wrongKey);
        }
        GatewayFixture.await("audit lines", () -> fixture.audit.size() >= 5);
        assertThat(fixture.audit.stream().skip(1))
                .extracting(line -> line.replaceFirst(".*\"outcome\":\"refused\",\"reason\":\"(\\w+)\".*", "$1"))
                .containsExactlyInAnyOrder("key", "disabled", "expired", "address");
    }

    private static String message(ThrowingCallable login) {
        Throwable thrown = org.assertj.core.api.Assertions.catchThrowable(login);
        assertThat(thrown).isInstanceOf(IOException.class);
        return String.valueOf(thrown.getMessage());
    }

    @Test
    void aPartnerThatIsLockedOutLosesItsSessionsAndOthersKeepTheirs() throws IOException {
        List<Login> endings = new java.util.ArrayList<>(bad());
        endings.add(login(fixture.otherKey, HOME, null, false));
        for (Login login : endings) {
            configure(good(), Quota.DEFAULT, ALL);
            ClientSession session = fixture.connect();
            fixture.gateway.applyToSessions();
            assertThat(session.isOpen()).isTrue();
            configure(login, Quota.DEFAULT, ALL);
            fixture.gateway.applyToSessions();
            GatewayFixture.await("the session's end", () -> !session.isOpen());
        }
        configure(good(), Quota.DEFAULT, ALL);
        ClientSession session = fixture.connect();
        fixture.configuration = new Configuration(List.of(), Map.of(), null);
        fixture.gateway.applyToSessions();
        GatewayFixture.await("the session's end", () -> !session.isOpen());
    }

    @Test
    void aPartnersOwnLimitOfSessionsCounts() throws IOException {
        configure(good(), new Quota(1), ALL);
        try (ClientSession first = fixture.connect()) {
            assertThatThrownBy(() -> GatewayFixture.sftp(fixture.connect()).stat("/"))
                    .isInstanceOf(IOException.class);
            assertThat(first.isOpen()).isTrue();
        }
    }

    @Test
    void eachPermissionIsNeededForItsOperationsAndForNoOthers() throws IOException {
        configure(good(), Quota.DEFAULT, ALL);
        try (ClientSession session = fixture.connect();
                SftpClient client = GatewayFixture.sftp(session)) {
            put(client, "there", bytes(10, 1));
            for (Permission missing : Permission.values()) {
                Set<Permission> others = EnumSet.complementOf(EnumSet.of(missing));
                configure(good(), Quota.DEFAULT, others);
                fixture.gateway.applyToSessions();
                check(Permission.UPLOAD, others, () -> put(client, "new", bytes(10, 2)));
                check(Permission.UPLOAD, others, () -> client.mkdir("folder"));
                check(Permission.DOWNLOAD, others, () -> get(client, "there"));
                check(Permission.LIST, others, () -> client.close(client.openDir(".")));
                check(Permission.RENAME, others, () -> client.rename("there", "moved"));
                reset(client);
                check(Permission.OVERWRITE, others, () -> {
                    // without the permission to upload that is what is missing
                    if (others.contains(Permission.UPLOAD)) {
                        put(client, "there", bytes(10, 1));
                    }
                });
                assertThatCode(() -> client.stat("there")).doesNotThrowAnyException();
                check(Permission.DELETE, others, () -> client.remove("there"));
                reset(client);
            }
        }
        assertThat(fixture.audit)
                .anyMatch(line -> line.contains("\"operation\":\"remove\"") && line.contains("may not delete"));
    }

    /** Restores the one file with all permissions, then takes back what is missing. */
    private void reset(SftpClient client) throws IOException {
        Configuration restricted = fixture.configuration;
        configure(good(), Quota.DEFAULT, ALL);
        fixture.gateway.applyToSessions();
        for (SftpClient.DirEntry entry : client.readEntries(".")) {
            if (entry.getAttributes().isDirectory()) {
                client.rmdir(entry.getFilename());
            } else {
                client.remove(entry.getFilename());
            }
        }
        put(client, "there", bytes(10, 1));
        fixture.configuration = restricted;
        fixture.gateway.applyToSessions();
    }

    private static void check(Permission needed, Set<Permission> granted, ThrowingCallable operation) {
        if (granted.contains(needed)) {
            assertThatCode(operation).as("%s of %s", needed, granted).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(operation).as("%s of %s", needed, granted).isInstanceOf(IOException.class);
        }
    }

    @Test
    void strangersBeyondTheLimitAreCutOffBeforeAGreetingAndPlacesComeBack() throws IOException {
        fixture.close();
        fixture = new GatewayFixture(
                GatewayFixture.config().withConnections(new ConnectionLimits(10, 4, 10, 2, List.of())));
        try (ClientSession inside = fixture.connect();
                Socket one = socket();
                Socket two = socket()) {
            assertThat(one.getInputStream().read()).isEqualTo('S');
            assertThat(two.getInputStream().read()).isEqualTo('S');
            try (Socket three = socket()) {
                assertThat(three.getInputStream().readAllBytes()).isEmpty();
            } catch (java.net.SocketException reset) {
                assertThat(reset).hasMessageContaining("reset");
            }
            assertThat(inside.isOpen()).isTrue();
            assertThat(fixture.gateway.sessions()).isEqualTo(3);
        }
        GatewayFixture.await("places", () -> fixture.gateway.sessions() == 0);
        fixture.connect().close();
    }

    @Test
    void aTrustedBalancersWordCountsForNetworksAndInTheAuditLogAndNobodyElses() throws IOException {
        fixture.close();
        ConnectionLimits limits = new ConnectionLimits(
                10, 10, 10, 10, List.of(Network.parse("127.0.0.0/8").orElseThrow()));
        fixture = new GatewayFixture(GatewayFixture.config().withConnections(limits));
        configure(login(fixture.key, "203.0.113.0/24", null, false), Quota.DEFAULT, ALL);
        fixture.client()
                .setClientProxyConnector(session -> session.getIoSession()
                        .writeBuffer(new ByteArrayBuffer("PROXY TCP4 203.0.113.9 127.0.0.1 4711 22\r\n"
                                .getBytes(java.nio.charset.StandardCharsets.US_ASCII))));
        fixture.connect().close();
        assertThat(fixture.audit).singleElement().asString().contains("\"address\":\"203.0.113.9:4711\"");
        fixture.client()
                .setClientProxyConnector(session -> session.getIoSession()
                        .writeBuffer(new ByteArrayBuffer("PROXY TCP4 198.51.100.9 127.0.0.1 4711 22\r\n"
                                .getBytes(java.nio.charset.StandardCharsets.US_ASCII))));
        assertThatThrownBy(fixture::connect).isInstanceOf(IOException.class);
        GatewayFixture.await(
                "an audit line",
                () -> fixture.audit.stream()
                        .anyMatch(
                                line -> line.contains("198.51.100.9:4711") && line.contains("\"reason\":\"address\"")));
        fixture.client().setClientProxyConnector(null);
        assertThatThrownBy(fixture::connect).isInstanceOf(IOException.class);
        fixture.close();
        fixture = new GatewayFixture();
        fixture.client()
                .setClientProxyConnector(session -> session.getIoSession()
                        .writeBuffer(new ByteArrayBuffer("PROXY TCP4 203.0.113.9 127.0.0.1 4711 22\r\n"
                                .getBytes(java.nio.charset.StandardCharsets.US_ASCII))));
        assertThatThrownBy(fixture::connect).isInstanceOf(IOException.class);
        assertThat(fixture.audit).noneMatch(line -> line.contains("203.0.113.9"));
    }

    private Socket socket() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.gateway.port());
        socket.setSoTimeout((int) LIMIT.toMillis());
        return socket;
    }
}
