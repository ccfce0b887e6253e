package io.intake.processors.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ca.uhn.hl7v2.AcknowledgmentCode;
import ca.uhn.hl7v2.DefaultHapiContext;
import ca.uhn.hl7v2.HL7Exception;
import ca.uhn.hl7v2.HapiContext;
import ca.uhn.hl7v2.app.HL7Service;
import ca.uhn.hl7v2.model.Message;
import ca.uhn.hl7v2.protocol.ReceivingApplication;
import ca.uhn.hl7v2.util.Terser;
import ca.uhn.hl7v2.util.idgenerator.InMemoryIDGenerator;
import ca.uhn.hl7v2.validation.impl.ValidationContextFactory;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.config.ArchiveLimits;
import io.intake.config.Configuration;
import io.intake.config.Controls;
import io.intake.config.Engine;
import io.intake.config.Feed;
import io.intake.config.FileDelivery;
import io.intake.config.Format;
import io.intake.config.MllpTarget;
import io.intake.config.MllpTarget.Acknowledgement;
import io.intake.config.MllpTarget.ApplicationError;
import io.intake.processors.Records;
import io.intake.processors.Secrets;
import io.intake.processors.TestClock;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.RefusedException;
import io.intake.processors.join.Deliveries;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.processors.task.Task;
import io.intake.store.ConditionalWrites;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What only our own listener understands is not MLLP: HAPI's SimpleServer is another's reading of it. */
class MllpForwardTest {
    private static final Task TASK = new Task(Stage.FORWARD, "20260304-aa", 1, 1);
    private static final String HEAD = "MSH|^~\\&|L|H|||20260101||ADT^A01^ADT_A01|";

    private final TestClock clock = new TestClock();
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    private final AtomicInteger ids = new AtomicInteger();
    private final Records records =
            new Records(bucket, new ConditionalWrites(bucket, () -> "w" + ids.incrementAndGet(), pause -> {}));
    private final Engines client = new Engines(new Secrets(name -> null, name -> null, clock), clock);
    private final HapiContext hapi = new DefaultHapiContext();
    private final List<String> received = new CopyOnWriteArrayList<>();
    private HL7Service server = hapi.newServer(1, false);
    private int port;

    @BeforeEach
    void listen() throws Exception {
        // Its usual one keeps a file in the working directory
        hapi.getParserConfiguration().setIdGenerator(new InMemoryIDGenerator());
        hapi.setValidationContext(ValidationContextFactory.noValidation());
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        server = hapi.newServer(port, false);
        server.registerApplication(new ReceivingApplication<Message>() {
            @Override
            public Message processMessage(Message message, Map<String, Object> metadata) throws HL7Exception {
                received.add(new Terser(message).get("/MSH-10"));
                try {
                    return message.generateACK(
                            new Terser(message).get("/MSH-10").startsWith("BAD")
                                    ? AcknowledgmentCode.AE
                                    : AcknowledgmentCode.AA,
                            null);
                } catch (IOException e) {
                    throw new HL7Exception(e);
                }
            }

            @Override
            public boolean canProcess(Message message) {
                return true;
            }
        });
        server.startAndWait();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.stopAndWait();
        hapi.close();
    }

    private Job job(int batch, List<String> files) {
        Feed feed = new Feed(
                "adt",
                ".*",
                ArchiveLimits.DEFAULT,
                Format.DEFAULT,
                List.of(),
                "mirth",
                batch,
                Set.of(),
                null,
                1,
                null,
                Controls.DEFAULT,
                new FileDelivery(true, "application/hl7-v2", 1 << 30),
                null);
        List<Plan.Entry> entries = new ArrayList<>();
        for (String file : files) {
            int number = entries.size();
            byte[] bytes = file.getBytes(StandardCharsets.ISO_8859_1);
            entries.add(new Plan.Entry(number, number + ".hl7", bytes.length, bytes.length, 0));
            bucket.put(PutRequest.of(BucketLayout.entry(TASK.job(), number), Content.of(bytes), "x/y"));
        }
        new PlanStore(records).create(TASK.job(), new Plan(entries, 0, List.of(), List.of(), List.of()));
        Input input = new Input("inbound/p/x.zip", null, "e", 1, null, clock.instant());
        return Job.open(TASK.job(), "p", input, feed, clock.instant());
    }

    private ForwardWork work() {
        MllpTarget target = new MllpTarget(
                "127.0.0.1", port, Duration.ofSeconds(20), null, Acknowledgement.COMMIT, ApplicationError.REFUSE);
        Engine engine = new Engine("mirth", target, Duration.ofSeconds(60));
        return new ForwardWork(
                bucket,
                new PlanStore(records),
                new Deliveries(records),
                client,
                () -> new Configuration(List.of(), Map.of("mirth", engine), null),
                RetryPolicy.DEFAULT,
                clock,
                new Random(1),
                pause -> {});
    }

    private StepOutcome<ForwardCursor> run(Job job) {
        ForwardCursor cursor = ForwardCursor.START;
        while (true) {
            StepOutcome<ForwardCursor> outcome = work().step(job, TASK, cursor, () -> Duration.ofMinutes(10));
            if (!(outcome instanceof Advanced<ForwardCursor>(ForwardCursor next, boolean ignored))) {
                return outcome;
            }
            cursor = next;
        }
    }

    private static String message(String id) {
        return HEAD + id + "|P|2.5.1\rEVN|A01|20260101\rPID|1||77^^^H^MR||DOE^JANE\r";
    }

    @Test
    void filesOfMessagesReachAServerOfAnotherMaker() {
        String batch = "FHS|^~\\&|L\rBHS|^~\\&|L\r" + message("1") + message("2") + message("3") + "BTS|3\rFTS|1\r";
        String bare = (message("4") + message("5")).replace("\r", "\r\n");
        String empty = "FHS|^~\\&|L\rBHS|^~\\&|L\rBTS|0\rFTS|1\r";

        StepOutcome<ForwardCursor> outcome = run(job(2, List.of(batch, empty, bare)));

        assertThat(outcome).isInstanceOf(Finished.class);
        assertThat(((Finished<ForwardCursor>) outcome).result().toString())
                .isEqualTo("{\"messages\":5,\"delivered\":3,\"batches\":3}");
        assertThat(received).containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    void aMessageThatTheServerRefusesLeavesThoseBeforeItTaken() {
        StepOutcome<ForwardCursor> outcome =
                run(job(10, List.of(message("1") + message("2") + message("BAD") + message("3"))));

        assertThat(outcome).isInstanceOf(StepOutcome.Refused.class);
        assertThat(received).startsWith("1", "2", "BAD").doesNotContain("3").containsOnlyOnce("1", "2");
    }

    @Test
    void nothingOfAFileWhoseTrailerCountsOtherwiseIsSent() {
        Job job = job(1, List.of("BHS|^~\\&|L\r" + message("1") + message("2") + "BTS|3\r"));

        assertThatThrownBy(() -> run(job)).isInstanceOf(RefusedException.class);
        assertThat(received).isEmpty();
    }
}
