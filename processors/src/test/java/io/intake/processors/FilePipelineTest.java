package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A message that is read as a table, cut or re-coded on its way is another message. */
class FilePipelineTest {
    private static final String HL7 = "MSH|^~\\&|LAB\rPID|1||7^^^\"A,B\"|M\u00fcller\r";

    private static Job only(World world) {
        assertThat(world.jobs()).hasSize(1);
        return world.jobs().getFirst();
    }

    @Test
    void aMessageReachesTheEngineByteForByteUnderItsName() throws Exception {
        try (World world = new World()) {
            world.upload("whole/Müller 7.hl7", HL7.getBytes(StandardCharsets.ISO_8859_1));
            world.run();

            assertThat(only(world).state()).isEqualTo(JobState.DELIVERED);
            assertThat(only(world).counts()).containsEntry("delivered", 1L);
            assertThat(world.engine.received()).singleElement().satisfies(request -> {
                assertThat(request.bytes()).isEqualTo(HL7.getBytes(StandardCharsets.ISO_8859_1));
                assertThat(request.headers())
                        .containsEntry("content-type", "application/hl7-v2")
                        .containsEntry("content-disposition", "attachment; filename*=UTF-8''M%C3%BCller%207.hl7")
                        .containsKey("idempotency-key");
            });
            assertThat(world.receipt("whole/Müller 7.hl7", "delivered")
                            .path("receipt")
                            .asText())
                    .isEqualTo("delivered");
        }
    }

    @Test
    void anArchiveIsNotUnpackedWhereTheFileItselfIsWanted() throws Exception {
        byte[] zip = Zips.of(Map.of("a.pdf", "%PDF-1"));
        try (World world = new World()) {
            world.upload("whole/x.zip", zip);
            world.upload("whole/empty", new byte[0]);
            world.upload("whole/y.pdf", "%PDF-2".getBytes(StandardCharsets.US_ASCII));
            world.run();
            assertThat(world.jobs()).extracting(Job::state).containsOnly(JobState.DELIVERED);
            assertThat(world.engine.received())
                    .extracting(HttpScript.Received::bytes)
                    .containsExactlyInAnyOrder(zip, new byte[0], "%PDF-2".getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Test
    void eachFileOfAnArchiveIsARequestOfItsOwnHoweverOftenTheProcessIsKilled() throws Exception {
        byte[] zip = Zips.of(Map.of("a/1.pdf", "%PDF-1", "b/2.pdf", "", "c.xml", "<x/>", "__MACOSX/c.xml", "?"));
        boolean killed = true;
        for (int kill = 1; killed; kill++) {
            try (World world = new World()) {
                world.upload("members/x.zip", zip);
                killed = KilledRun.run(world, kill, kill % 2 == 0);
                String when = "kill at " + kill;
                assertThat(only(world).state()).as(when).isEqualTo(JobState.DELIVERED);
                assertThat(only(world).counts())
                        .as(when)
                        .containsEntry("delivered", 3L)
                        .containsEntry("ignored", 1L);
                Map<String, String> byKey = world.engine.received().stream()
                        .collect(Collectors.toMap(
                                request -> request.headers().getOrDefault("idempotency-key", "none"),
                                HttpScript.Received::body,
                                (first, again) -> {
                                    assertThat(again).as(when).isEqualTo(first);
                                    return first;
                                }));
                assertThat(List.copyOf(byKey.values())).as(when).containsExactlyInAnyOrder("%PDF-1", "", "<x/>");
            }
        }
    }

    @Test
    void aFileThatTheEngineCannotTakeInOnePieceIsRefusedBeforeAnyIsSent() throws Exception {
        Map<String, byte[]> tooLarge = Map.of(
                "whole/x.hl7", new byte[1_025], "members/x.zip", Zips.of(Map.of("a", "b", "c", "d".repeat(1_025))));
        Function<String, byte[]> content = name -> tooLarge.getOrDefault(name, new byte[0]);
        for (String name : tooLarge.keySet()) {
            try (World world = new World()) {
                world.upload(name, content.apply(name));
                world.run();
                assertThat(only(world).state()).as(name).isEqualTo(JobState.QUARANTINED);
                assertThat(world.receipt(name, "rejected").path("code").asText())
                        .as(name)
                        .isEqualTo("BODY_TOO_LARGE");
                assertThat(world.engine.received()).as(name).isEmpty();
            }
        }
    }
}
