package io.intake.processors.forward.mllp;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.MllpTarget;
import io.intake.config.MllpTarget.Acknowledgement;
import io.intake.config.MllpTarget.ApplicationError;
import io.intake.processors.forward.EngineAnswer.Refused;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A connection that fails in the midst of a message says nothing of it: silence taken for an answer is a message lost. */
class MllpFaultsTest {
    private final MllpWorld world = new MllpWorld();

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void noiseBetweenBlocksAndBlocksWithoutTheirReturnAreBorne() {
        world.engine.then((id, out, connection) -> {
            out.write("\r\nhello ".getBytes(StandardCharsets.ISO_8859_1));
            out.write(MllpScript.block(MllpScript.answer("AA").replace("ID", id)));
        });
        world.engine.then((id, out, connection) ->
                out.write(("\u000bMSH|half\u000b" + MllpScript.answer("AA").replace("ID", id) + "\u001c")
                        .getBytes(StandardCharsets.ISO_8859_1)));
        assertThat(world.send(MllpWorld.message("A"), MllpWorld.message("B"), MllpWorld.message("C")))
                .isEqualTo(MllpWorld.TAKEN);
    }

    @Test
    void anAnswerByTheByteIsReadAndOneThatNeverEndsTimesOut() {
        world.engine.then((id, out, connection) -> {
            for (byte each : MllpScript.block(MllpScript.answer("AA").replace("ID", id))) {
                out.write(each);
                out.flush();
            }
        });
        assertThat(world.send(MllpWorld.message("A"))).isEqualTo(MllpWorld.TAKEN);
        world.shortTimeout();
        CountDownLatch dropped = new CountDownLatch(1);
        world.engine.then((id, out, connection) -> {
            try {
                out.write(0x0B);
                while (dropped.getCount() > 0) {
                    out.write('M');
                    out.flush();
                    LockSupport.parkNanos(10_000_000);
                }
            } finally {
                dropped.countDown();
            }
        });
        assertThat(world.send(MllpWorld.message("B"))).isEqualTo(MllpWorld.unavailable("TIMED_OUT", true));
        dropped.countDown();
    }

    @Test
    void silenceTimesOutAndTheSameMessageGoesOutAgainOnAnotherConnection() {
        world.shortTimeout();
        world.engine.then((id, out, connection) -> {});
        assertThat(world.send(MllpWorld.message("A"))).isEqualTo(MllpWorld.unavailable("TIMED_OUT", true));
        world.timeout = Duration.ofSeconds(60);
        assertThat(world.send(MllpWorld.message("A"))).isEqualTo(MllpWorld.TAKEN);
        assertThat(world.engine.connections()).isEqualTo(2);
        assertThat(world.engine.received()).containsExactly(MllpWorld.message("A"), MllpWorld.message("A"));
    }

    @Test
    void anAnswerThatComesAfterTheTimeOutIsNobodys() throws InterruptedException {
        world.shortTimeout();
        CountDownLatch late = new CountDownLatch(1);
        world.engine.then((id, out, connection) -> {
            try {
                late.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            out.write(MllpScript.block(MllpScript.answer("AA").replace("ID", id)));
        });
        assertThat(world.send(MllpWorld.message("A"))).isEqualTo(MllpWorld.unavailable("TIMED_OUT", true));
        late.countDown();
        world.timeout = Duration.ofSeconds(60);
        world.engine.thenAnswer(MllpScript.answer("AE"));
        assertThat(world.send(MllpWorld.message("B"))).isEqualTo(new Refused("MSA_AE"));
    }

    @Test
    void aListenerThatDoesNotReadTimesOutToo() throws Exception {
        world.shortTimeout();
        try (ServerSocket deaf = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            deaf.setReceiveBufferSize(4096);
            world.target = new MllpTarget(
                    "127.0.0.1",
                    deaf.getLocalPort(),
                    Duration.ofSeconds(20),
                    null,
                    Acknowledgement.COMMIT,
                    ApplicationError.REFUSE);
            String large = MllpWorld.message("A") + "OBX|" + "x".repeat(20 << 20) + "\r";
            assertThat(world.send(large)).isEqualTo(MllpWorld.unavailable("TIMED_OUT", true));
        }
    }

    @Test
    void anAnswerBeforeTheMessagesEndIsNoAnswerToIt() throws Exception {
        try (ServerSocket hasty = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (var socket = hasty.accept()) {
                    socket.getOutputStream()
                            .write(MllpScript.block(MllpScript.answer("AA").replace("ID", "A")));
                    socket.getInputStream().readAllBytes();
                } catch (IOException gone) {
                    return;
                }
            });
            world.target = new MllpTarget(
                    "127.0.0.1",
                    hasty.getLocalPort(),
                    Duration.ofSeconds(20),
                    null,
                    Acknowledgement.COMMIT,
                    ApplicationError.REFUSE);
            String large = MllpWorld.message("A") + "OBX|" + "x".repeat(20 << 20) + "\r";
            assertThat(world.send(large)).isEqualTo(MllpWorld.unavailable("ACK_BEFORE_END", false));
        }
    }

    @Test
    void whatIsNoAnswerAtAllHasACodeOfItsOwn() {
        world.engine.then((id, out, connection) -> out.write(MllpScript.block("HTTP/1.1 400 Bad Request")));
        assertThat(world.send(MllpWorld.message("A"))).isEqualTo(MllpWorld.unavailable("ACK_UNREADABLE", false));
        world.engine.then((id, out, connection) -> out.write(MllpScript.block("x".repeat(Frames.MOST + 1))));
        assertThat(world.send(MllpWorld.message("A"))).isEqualTo(MllpWorld.unavailable("ACK_TOO_LARGE", false));
        world.engine.then(
                (id, out, connection) -> out.write("x".repeat(Frames.MOST + 1).getBytes(StandardCharsets.UTF_8)));
        assertThat(world.send(MllpWorld.message("A"))).isEqualTo(MllpWorld.unavailable("ACK_NOT_MLLP", false));
    }

    @Test
    void whatEndsOrFallsSilentBehindSomethingElseThanABlockSpeaksAnotherProtocol() {
        byte[] other = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        world.engine.then((id, out, connection) -> {
            out.write(other);
            connection.close();
        });
        assertThat(world.send(MllpWorld.message("A"))).isEqualTo(MllpWorld.unavailable("ACK_NOT_MLLP", false));
        world.timeout = Duration.ofSeconds(2);
        world.engine.then((id, out, connection) -> out.write(other));
        assertThat(world.send(MllpWorld.message("A"))).isEqualTo(MllpWorld.unavailable("ACK_NOT_MLLP", false));
    }

    @Test
    void aConnectionThatIsCutWithoutAnAnswerIsReported() {
        world.engine.then((id, out, connection) -> connection.close());
        assertThat(world.send(MllpWorld.message("A"))).isEqualTo(MllpWorld.unavailable("CONNECTION_LOST", true));
        world.engine.then((id, out, connection) -> {
            out.write("\u000bMSH|^~".getBytes(StandardCharsets.ISO_8859_1));
            connection.close();
        });
        assertThat(world.send(MllpWorld.message("A"))).isEqualTo(MllpWorld.unavailable("CONNECTION_LOST", true));
    }

    @Test
    void aConnectionAtRestThatTheEngineClosedIsReplacedUnnoticed() {
        world.engine.then((id, out, connection) -> {
            out.write(MllpScript.block(MllpScript.answer("AA").replace("ID", id)));
            out.flush();
            connection.close();
        });
        assertThat(world.send(MllpWorld.message("A"), MllpWorld.message("B"))).isEqualTo(MllpWorld.TAKEN);
        assertThat(world.engine.connections()).isEqualTo(2);
        assertThat(world.engine.received()).containsExactly(MllpWorld.message("A"), MllpWorld.message("B"));
    }

    @Test
    void anEngineThatIsNotThereIsToldFromAHostThatNobodyKnows() {
        world.engine.close();
        assertThat(world.send(MllpWorld.message("A"))).isEqualTo(MllpWorld.unavailable("CONNECTION_REFUSED", true));
        world.target = new MllpTarget(
                "no-such-host.invalid",
                1,
                Duration.ofSeconds(20),
                null,
                Acknowledgement.COMMIT,
                ApplicationError.REFUSE);
        assertThat(world.send(MllpWorld.message("A"))).isEqualTo(MllpWorld.unavailable("HOST_UNKNOWN", true));
    }
}
