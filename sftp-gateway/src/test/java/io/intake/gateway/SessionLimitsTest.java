package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.sftp.client.SftpClient;
import org.junit.jupiter.api.Test;

/** A hospital's script that never hangs up would take the places of all others. */
class SessionLimitsTest {
    private static GatewayFixture fixture(Duration loginGrace, Duration idle, int sessions, int channels)
            throws IOException {
        return new GatewayFixture(
                GatewayFixture.config().withLimits(new SessionLimits(loginGrace, idle, sessions, channels, 2 << 20)));
    }

    @Test
    void aPartnerHasSoManySessionsAndASessionSoManyChannels() throws IOException {
        try (GatewayFixture fixture = fixture(LIMIT, LIMIT, 2, 2);
                ClientSession first = fixture.connect();
                ClientSession second = fixture.connect()) {
            assertThatThrownBy(() -> GatewayFixture.sftp(fixture.connect()).stat("/"))
                    .isInstanceOf(IOException.class);
            try (ClientSession other = fixture.connect(GatewayFixture.OTHER, fixture.otherKey)) {
                assertThat(other.isAuthenticated()).isTrue();
            }
            SftpClient one = GatewayFixture.sftp(first);
            SftpClient two = GatewayFixture.sftp(first);
            assertThatThrownBy(() -> GatewayFixture.sftp(first)).isInstanceOf(IOException.class);
            assertThat(one.canonicalPath(".")).isEqualTo(two.canonicalPath("."));
            assertThat(second.isOpen()).isTrue();
        }
    }

    @Test
    void whoDoesNotLogInIsCutOff() throws IOException {
        try (GatewayFixture fixture = fixture(Duration.ofMillis(200), LIMIT, 2, 2);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.gateway.port())) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            assertThat(new String(socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.ISO_8859_1))
                    .startsWith("SSH-2.0-INTAKE");
        }
    }

    @Test
    void silenceEndsASessionButNotWhileItsRequestIsDealtWith() throws Exception {
        try (GatewayFixture fixture = fixture(LIMIT, Duration.ofMillis(500), 10, 10)) {
            CountDownLatch storing = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            fixture.store.plan("put", FaultyStore.before(() -> {
                storing.countDown();
                awaitQuietly(release);
            }));
            SftpClient client = fixture.sftp();
            Thread upload = Thread.ofVirtual().start(() -> {
                try {
                    GatewayFixture.put(client, "x", new byte[10]);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            assertThat(storing.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            ClientSession silent = fixture.connect();
            GatewayFixture.await("the silent session's end", () -> !silent.isOpen());
            assertThat(client.isOpen()).isTrue();
            release.countDown();
            upload.join();
            assertThat(fixture.twin.snapshot()).hasSize(1);
            client.close();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            if (!latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("never released");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
