package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.sshd.client.channel.ChannelSubsystem;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway that forwards one connection is a way into the hospital group's network; one that runs one command is lost. */
class NothingButSftpTest {
    @TempDir
    private Path folder;

    private GatewayFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = new GatewayFixture();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    /** An SFTP channel on which further requests are made, as a client would before it asks for SFTP. */
    private static final class Asking extends ChannelSubsystem {
        private final LinkedBlockingQueue<Boolean> answers = new LinkedBlockingQueue<>();

        Asking() {
            super("sftp");
        }

        @Override
        public void handleSuccess() {
            answers.add(true);
        }

        @Override
        public void handleFailure() {
            answers.add(false);
        }

        /** The next answer. */
        boolean answer(String what) throws InterruptedException {
            Boolean answer = answers.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(answer).as(what).isNotNull();
            return answer;
        }

        boolean ask(String type, Consumer<Buffer> fields) throws Exception {
            Buffer request = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST);
            request.putUInt(getRecipient());
            request.putString(type);
            request.putBoolean(true);
            fields.accept(request);
            writePacket(request);
            return answer(type);
        }
    }

    @Test
    void noOtherRequestOnAChannelIsGranted() throws Exception {
        try (ClientSession session = fixture.connect();
                Asking channel = new Asking()) {
            session.getService(ConnectionService.class).registerChannel(channel);
            channel.open();
            assertThat(channel.answer("SFTP itself")).isTrue();
            assertThat(channel.ask("env", request -> {
                        request.putString("LANG");
                        request.putString("C");
                    }))
                    .isFalse();
            assertThat(channel.ask("pty-req", request -> {
                        request.putString("xterm");
                        request.putUInt(80);
                        request.putUInt(24);
                        request.putUInt(0);
                        request.putUInt(0);
                        request.putBytes(new byte[0]);
                    }))
                    .isFalse();
            assertThat(channel.ask("auth-agent-req@openssh.com", _ -> {})).isFalse();
            assertThat(channel.ask("auth-agent-req", _ -> {})).isFalse();
            assertThat(channel.ask("x11-req", request -> {
                        request.putBoolean(false);
                        request.putString("MIT-MAGIC-COOKIE-1");
                        request.putString("00");
                        request.putUInt(0);
                    }))
                    .isFalse();
            assertThat(channel.ask("shell", _ -> {})).isFalse();
            assertThat(channel.ask("subsystem", request -> request.putString("netconf")))
                    .isFalse();
            assertThat(channel.ask("subsystem", request -> request.putString("sftp")))
                    .as("a second one on the same channel")
                    .isFalse();
            assertThat(channel.ask("nonsense@example.org", _ -> {})).isFalse();
            assertThat(session.isOpen()).isTrue();
        }
    }

    @Test
    void noOtherChannelIsOpenedAndNoPortIsListenedOn() throws Exception {
        OpenSsh openSsh = new OpenSsh(folder).with("ExitOnForwardFailure", "yes");
        openSsh.write("id", fixture.key);
        for (List<String> forward : List.of(
                List.of("-N", "-R", "0:127.0.0.1:1"),
                List.of("-N", "-R", "/tmp/none.sock:127.0.0.1:1"),
                List.of("-N", "-W", "127.0.0.1:1"),
                List.of("-N", "-w", "any"))) {
            assertThat(openSsh.ssh(fixture, "id", forward).status())
                    .as(forward.toString())
                    .isNotZero();
        }
        try (ClientSession session = fixture.connect()) {
            for (String type : List.of(
                    "direct-tcpip",
                    "forwarded-tcpip",
                    "direct-streamlocal@openssh.com",
                    "auth-agent@openssh.com",
                    "x11",
                    "tun@openssh.com",
                    "nonsense")) {
                assertThatThrownBy(() -> open(session, type)).as(type).isInstanceOf(IOException.class);
            }
            assertThat(session.isOpen()).isTrue();
        }
    }

    private static void open(ClientSession session, String type) throws Exception {
        ChannelSubsystem channel = new ChannelSubsystem("sftp") {
            @Override
            public String getChannelType() {
                return type;
            }
        };
        session.getService(ConnectionService.class).registerChannel(channel);
        channel.open().verify(LIMIT);
    }

    @Test
    void commandsShellsAndOldScpAreToldWhatToUse() throws Exception {
        OpenSsh openSsh = new OpenSsh(folder);
        openSsh.write("id", fixture.key);
        Files.writeString(folder.resolve("f"), "x");
        OpenSsh.Outcome up =
                openSsh.client("scp", "-P", fixture, "id", List.of("-O", "f", OpenSsh.target() + ":g"), "");
        assertThat(up.status()).isNotZero();
        assertThat(up.output()).contains("This server speaks SFTP only", "without -O");
        OpenSsh.Outcome down =
                openSsh.client("scp", "-P", fixture, "id", List.of("-O", OpenSsh.target() + ":g", "h"), "");
        assertThat(down.status()).isNotZero();
        assertThat(down.output()).contains("This server speaks SFTP only");
        OpenSsh.Outcome command = openSsh.ssh(fixture, "id", List.of(), "cat /etc/passwd");
        assertThat(command.status()).isNotZero();
        assertThat(command.output()).contains("SFTP only").doesNotContain("root:");
        assertThat(openSsh.ssh(fixture, "id", List.of("-A", "-X", "-tt")).status())
                .isNotZero();
        assertThat(fixture.twin.snapshot()).isEmpty();
    }
}
