package io.intake.processors.forward.mllp;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.ArchiveLimits;
import io.intake.config.Controls;
import io.intake.config.Engine;
import io.intake.config.Feed;
import io.intake.config.FileDelivery;
import io.intake.config.Format;
import io.intake.config.MllpTarget;
import io.intake.config.MllpTarget.Acknowledgement;
import io.intake.config.MllpTarget.ApplicationError;
import io.intake.processors.Secrets;
import io.intake.processors.TestClock;
import io.intake.processors.forward.Batch;
import io.intake.processors.forward.EngineAnswer;
import io.intake.processors.forward.EngineAnswer.Partly;
import io.intake.processors.forward.EngineAnswer.Refused;
import io.intake.processors.forward.EngineAnswer.Taken;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.shape.Shapes;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An answer taken for the wrong message's is a message lost without a trace. */
class MllpAdapterTest {
    private static final Taken TAKEN = new Taken("9");

    private final TestClock clock = new TestClock();
    private final MllpAdapter adapter =
            new MllpAdapter(new Secrets(name -> null, name -> null, clock), clock, Shapes.PLAIN);
    private final MllpScript engine = new MllpScript();
    private MllpTarget target = new MllpTarget(
            "127.0.0.1", engine.port(), Duration.ofSeconds(20), null, Acknowledgement.COMMIT, ApplicationError.REFUSE);
    private Duration timeout = Duration.ofSeconds(60);

    @AfterEach
    void stop() {
        adapter.close();
        engine.close();
    }

    static Job job(TestClock clock) {
        Feed feed = new Feed(
                "adt",
                ".*",
                ArchiveLimits.DEFAULT,
                Format.DEFAULT,
                List.of(),
                "mirth",
                5,
                Set.of(),
                null,
                1,
                null,
                Controls.DEFAULT,
                new FileDelivery(false, "application/hl7-v2", 1 << 20),
                null);
        Input input = new Input("inbound/p/x.hl7", null, "e", 1, null, clock.instant());
        return Job.open("20260304-aa", "p", input, feed, clock.instant());
    }

    private static String message(String controlId) {
        return "MSH|^~\\&|L|H|||2026||ADT^A01|" + controlId + "|P|2.5\rPID|1||77\r";
    }

    private static Batch batch(String... messages) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int[] ends = new int[messages.length];
        for (int i = 0; i < messages.length; i++) {
            bytes.writeBytes(messages[i].getBytes(StandardCharsets.ISO_8859_1));
            ends[i] = bytes.size();
        }
        return new Batch(1, "x.hl7", 10, bytes.toByteArray(), ends);
    }

    private EngineAnswer send(String... messages) {
        return adapter.send(new Engine("mirth", target, timeout), target, job(clock), batch(messages));
    }

    private static Unavailable unavailable(String code, boolean soon) {
        return new Unavailable(code, null, soon);
    }

    private void shortTimeout() {
        timeout = Duration.ofMillis(300);
    }

    @Test
    void messagesGoOneAfterAnotherOverOneConnectionThatStaysOpen() {
        assertThat(send(message("A"), message("B"))).isEqualTo(TAKEN);
        assertThat(send(message("C"))).isEqualTo(TAKEN);
        assertThat(engine.received()).containsExactly(message("A"), message("B"), message("C"));
        assertThat(engine.connections()).isEqualTo(1);
    }

    @Test
    void aConnectionThatRestedForLongIsNotTrusted() {
        send(message("A"));
        clock.advance(Duration.ofMinutes(2));
        assertThat(send(message("B"))).isEqualTo(TAKEN);
        assertThat(engine.connections()).isEqualTo(2);
    }

    @Test
    void aPositiveAnswerToAnotherMessageIsNone() {
        engine.thenAnswer(MllpScript.answer("AA").replace("ID", "1"));
        assertThat(send(message("A"))).isEqualTo(unavailable("ACK_OF_OTHER_MESSAGE", false));
        assertThat(send(message("A"))).isEqualTo(TAKEN);
        assertThat(engine.received()).containsExactly(message("A"), message("A"));
        assertThat(engine.connections()).as("the first is dropped").isEqualTo(2);
    }

    @Test
    void aMessageWithoutControlIdGetsTheSameOneEachTime() {
        send(message(""), message(""));
        send(message(""), message(""));
        List<String> ids = engine.received().stream()
                .map(message -> message.split("\\|", -1)[9])
                .toList();
        assertThat(ids.subList(0, 2)).doesNotHaveDuplicates().isEqualTo(ids.subList(2, 4));
        assertThat(ids).allMatch(id -> id.matches("[0-9A-F]{20}"));
    }

    @Test
    void anErrorOfTheApplicationRefusesThatMessageAndNoOther() {
        engine.thenAnswer(MllpScript.answer("AA")).thenAnswer(MllpScript.answer("AE"));
        assertThat(send(message("A"), message("B"), message("C"))).isEqualTo(new Partly(1, "9", new Refused("MSA_AE")));
        assertThat(engine.received()).hasSize(2);
        assertThat(send(message("C"))).isEqualTo(TAKEN);
        assertThat(engine.connections()).isEqualTo(1);
    }

    @Test
    void whatANegativeAnswerMeansDependsOnItsNumber() {
        record Case(String answer, EngineAnswer means) {}
        for (Case each : List.of(
                new Case("MSA|AE|ID\rERR|||101^Required field missing^HL70357\r", new Refused("MSA_AE_101")),
                new Case("MSA|AE|ID\rERR|||207^Internal^HL70357\r", unavailable("MSA_AE_207", false)),
                new Case("MSA|CE|ID\rERR|||206^Locked^HL70357\r", unavailable("MSA_CE_206", false)),
                new Case("MSA|AR|ID\rERR|||200^Unsupported^HL70357\r", unavailable("MSA_AR_200", false)),
                new Case("MSA|CR|ID||||202^Unsupported\r", unavailable("MSA_CR_202", false)),
                new Case("MSA|AR|ID\rERR|||103^Table\r", new Refused("MSA_AR_103")),
                new Case("MSA|AR|ID|filtered: DOE^JANE\r", new Refused("MSA_AR")))) {
            engine.thenAnswer("MSH|^~\\&|E|F|L|H|2026||ACK|9|P|2.5\r" + each.answer());
            assertThat(send(message("A"))).as(each.answer()).isEqualTo(each.means());
        }
        target = with(Acknowledgement.COMMIT, ApplicationError.RETRY);
        engine.thenAnswer(MllpScript.answer("AE"));
        assertThat(send(message("A"))).isEqualTo(unavailable("MSA_AE", false));
    }

    private MllpTarget with(Acknowledgement acknowledgement, ApplicationError error) {
        return new MllpTarget("127.0.0.1", engine.port(), Duration.ofSeconds(20), null, acknowledgement, error);
    }

    @Test
    void aCommitIsEnoughOrNotAsTheEngineIsConfigured() {
        engine.thenAnswer(MllpScript.answer("CA"));
        assertThat(send(message("A"))).isEqualTo(TAKEN);
        target = with(Acknowledgement.APPLICATION, ApplicationError.REFUSE);
        MllpScript.Reaction both = (id, out, connection) -> {
            out.write(MllpScript.block(MllpScript.answer("CA").replace("ID", id)));
            out.write(MllpScript.block(MllpScript.answer("AE").replace("ID", id)));
        };
        engine.then(both);
        assertThat(send(message("B"))).isEqualTo(new Refused("MSA_AE"));
        shortTimeout();
        engine.thenAnswer(MllpScript.answer("CA"));
        assertThat(send(message("C"))).isEqualTo(unavailable("TIMED_OUT", true));
    }

    @Test
    void aSecondAnswerIsNotTakenForTheNextMessages() {
        MllpScript.Reaction twice = (id, out, connection) -> {
            out.write(MllpScript.block(MllpScript.answer("CA").replace("ID", id)));
            out.write(MllpScript.block(MllpScript.answer("AA").replace("ID", id)));
        };
        engine.then(twice).then(twice).thenAnswer(MllpScript.answer("AE"));
        assertThat(send(message("A"), message("B"), message("C"))).isEqualTo(new Partly(2, "9", new Refused("MSA_AE")));
    }

    @Test
    void ofTwoMessagesWithOneControlIdTheSecondHasAConnectionOfItsOwn() {
        MllpScript.Reaction twice = (id, out, connection) -> {
            out.write(MllpScript.block(MllpScript.answer("AA").replace("ID", id)));
            out.write(MllpScript.block(MllpScript.answer("AA").replace("ID", id)));
        };
        engine.then(twice).thenAnswer(MllpScript.answer("AE"));
        assertThat(send(message("A"), message("A"))).isEqualTo(new Partly(1, "9", new Refused("MSA_AE")));
        assertThat(engine.connections()).isEqualTo(2);
    }

    @Test
    void noiseBetweenBlocksAndBlocksWithoutTheirReturnAreBorne() {
        engine.then((id, out, connection) -> {
            out.write("\r\nhello ".getBytes(StandardCharsets.ISO_8859_1));
            out.write(MllpScript.block(MllpScript.answer("AA").replace("ID", id)));
        });
        engine.then((id, out, connection) ->
                out.write(("\u000bMSH|half\u000b" + MllpScript.answer("AA").replace("ID", id) + "\u001c")
                        .getBytes(StandardCharsets.ISO_8859_1)));
        assertThat(send(message("A"), message("B"), message("C"))).isEqualTo(TAKEN);
    }

    @Test
    void anAnswerByTheByteIsReadAndOneThatNeverEndsTimesOut() {
        engine.then((id, out, connection) -> {
            for (byte each : MllpScript.block(MllpScript.answer("AA").replace("ID", id))) {
                out.write(each);
                out.flush();
            }
        });
        assertThat(send(message("A"))).isEqualTo(TAKEN);
        shortTimeout();
        CountDownLatch dropped = new CountDownLatch(1);
        engine.then((id, out, connection) -> {
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
        assertThat(send(message("B"))).isEqualTo(unavailable("TIMED_OUT", true));
        dropped.countDown();
    }

    @Test
    void silenceTimesOutAndTheSameMessageGoesOutAgainOnAnotherConnection() {
        shortTimeout();
        engine.then((id, out, connection) -> {});
        assertThat(send(message("A"))).isEqualTo(unavailable("TIMED_OUT", true));
        timeout = Duration.ofSeconds(60);
        assertThat(send(message("A"))).isEqualTo(TAKEN);
        assertThat(engine.connections()).isEqualTo(2);
        assertThat(engine.received()).containsExactly(message("A"), message("A"));
    }

    @Test
    void anAnswerThatComesAfterTheTimeOutIsNobodys() throws InterruptedException {
        shortTimeout();
        CountDownLatch late = new CountDownLatch(1);
        engine.then((id, out, connection) -> {
            try {
                late.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            out.write(MllpScript.block(MllpScript.answer("AA").replace("ID", id)));
        });
        assertThat(send(message("A"))).isEqualTo(unavailable("TIMED_OUT", true));
        late.countDown();
        timeout = Duration.ofSeconds(60);
        engine.thenAnswer(MllpScript.answer("AE"));
        assertThat(send(message("B"))).isEqualTo(new Refused("MSA_AE"));
    }

    @Test
    void aListenerThatDoesNotReadTimesOutToo() throws Exception {
        shortTimeout();
        try (ServerSocket deaf = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            deaf.setReceiveBufferSize(4096);
            target = new MllpTarget(
                    "127.0.0.1",
                    deaf.getLocalPort(),
                    Duration.ofSeconds(20),
                    null,
                    Acknowledgement.COMMIT,
                    ApplicationError.REFUSE);
            String large = message("A") + "OBX|" + "x".repeat(20 << 20) + "\r";
            assertThat(send(large)).isEqualTo(unavailable("TIMED_OUT", true));
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
            target = new MllpTarget(
                    "127.0.0.1",
                    hasty.getLocalPort(),
                    Duration.ofSeconds(20),
                    null,
                    Acknowledgement.COMMIT,
                    ApplicationError.REFUSE);
            String large = message("A") + "OBX|" + "x".repeat(20 << 20) + "\r";
            assertThat(send(large)).isEqualTo(unavailable("ACK_BEFORE_END", false));
        }
    }

    @Test
    void whatIsNoAnswerAtAllHasACodeOfItsOwn() {
        engine.then((id, out, connection) -> out.write(MllpScript.block("HTTP/1.1 400 Bad Request")));
        assertThat(send(message("A"))).isEqualTo(unavailable("ACK_UNREADABLE", false));
        engine.then((id, out, connection) -> out.write(MllpScript.block("x".repeat(Frames.MOST + 1))));
        assertThat(send(message("A"))).isEqualTo(unavailable("ACK_TOO_LARGE", false));
        engine.then(
                (id, out, connection) -> out.write("x".repeat(Frames.MOST + 1).getBytes(StandardCharsets.UTF_8)));
        assertThat(send(message("A"))).isEqualTo(unavailable("ACK_NOT_MLLP", false));
    }

    @Test
    void aConnectionThatIsCutWithoutAnAnswerIsReported() {
        engine.then((id, out, connection) -> connection.close());
        assertThat(send(message("A"))).isEqualTo(unavailable("CONNECTION_LOST", true));
        engine.then((id, out, connection) -> {
            out.write("\u000bMSH|^~".getBytes(StandardCharsets.ISO_8859_1));
            connection.close();
        });
        assertThat(send(message("A"))).isEqualTo(unavailable("CONNECTION_LOST", true));
    }

    @Test
    void aConnectionAtRestThatTheEngineClosedIsReplacedUnnoticed() {
        engine.then((id, out, connection) -> {
            out.write(MllpScript.block(MllpScript.answer("AA").replace("ID", id)));
            out.flush();
            connection.close();
        });
        assertThat(send(message("A"), message("B"))).isEqualTo(TAKEN);
        assertThat(engine.connections()).isEqualTo(2);
        assertThat(engine.received()).containsExactly(message("A"), message("B"));
    }

    @Test
    void whatCannotBeSentIsRefusedWithoutBeingSent() {
        assertThat(send(message("A"), message("B") + "NTE|a\u001cb\r"))
                .isEqualTo(new Partly(1, "9", new Refused("MESSAGE_HAS_BLOCK_CHARACTERS")));
        assertThat(engine.received()).containsExactly(message("A"));
    }

    @Test
    void aBatchThatTakesLongIsTakenInParts() {
        MllpScript.Reaction slow = (id, out, connection) -> {
            clock.advance(Duration.ofSeconds(3));
            out.write(MllpScript.block(MllpScript.answer("AA").replace("ID", id)));
        };
        engine.then(slow).then(slow);
        assertThat(send(message("A"), message("B"), message("C"))).isEqualTo(new Partly(2, "9", EngineAnswer.NOT_SENT));
    }

    @Test
    void anEngineThatIsNotThereIsOutOfReach() {
        engine.close();
        assertThat(send(message("A"))).isEqualTo(unavailable("OUT_OF_REACH", true));
        target = new MllpTarget(
                "no-such-host.invalid",
                1,
                Duration.ofSeconds(20),
                null,
                Acknowledgement.COMMIT,
                ApplicationError.REFUSE);
        assertThat(send(message("A"))).isEqualTo(unavailable("HOST_UNKNOWN", true));
    }
}
