package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.intake.processors.job.JobState;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What only our own listener understands is not MLLP: HAPI's SimpleServer is another's reading of it. */
class HapiServerTest {
    private static final String HEAD = "MSH|^~\\&|L|H|||20260101||ADT^A01^ADT_A01|";

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
        server.stopAndWait();
        hapi.close();
    }

    private World world() {
        World world = new World();
        byte[] yaml = MllpPipelineTest.YAML.formatted(port).getBytes(StandardCharsets.UTF_8);
        world.bucket.put(PutRequest.of(BucketLayout.PARTNERS, Content.of(yaml), "application/yaml"));
        world.restart();
        return world;
    }

    private static String message(String id) {
        return HEAD + id + "|P|2.5.1\rEVN|A01|20260101\rPID|1||77^^^H^MR||DOE^JANE\r";
    }

    @Test
    void filesOfMessagesReachAServerOfAnotherMaker() throws Exception {
        String batch = "FHS|^~\\&|L\rBHS|^~\\&|L\r" + message("1") + message("2") + message("3") + "BTS|3\rFTS|1\r";
        String bare = (message("4") + message("5")).replace("\r", "\r\n");
        try (World world = world()) {
            world.upload("x.zip", Zips.of(new TreeMap<>(Map.of("a.hl7", batch, "b.hl7", bare))));
            world.run();

            assertThat(world.jobs()).singleElement().satisfies(job -> {
                assertThat(job.state()).isEqualTo(JobState.DELIVERED);
                assertThat(job.counts()).containsEntry("delivered", 5L);
            });
            assertThat(received).containsExactlyInAnyOrder("1", "2", "3", "4", "5");
        }
    }

    @Test
    void aMessageThatTheServerRefusesIsLeftOutAndNoOther() throws Exception {
        StringBuilder file = new StringBuilder(message("BAD"));
        for (int i = 0; i < 120; i++) {
            file.append(message("M" + i));
        }
        try (World world = world()) {
            world.upload("x.zip", Zips.of(Map.of("a.hl7", file.toString())));
            world.run();

            assertThat(world.jobs()).singleElement().satisfies(job -> {
                assertThat(job.counts()).containsEntry("delivered", 120L).containsEntry("refused", 1L);
                assertThat(job.state()).isEqualTo(JobState.DELIVERED);
            });
            assertThat(received)
                    .filteredOn(id -> id.startsWith("M"))
                    .hasSize(120)
                    .doesNotHaveDuplicates();
        }
    }
}
