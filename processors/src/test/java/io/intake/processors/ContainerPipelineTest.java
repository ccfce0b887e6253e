package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.hold.Decision.Action;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A table that nobody told us of is dropped for months before somebody asks; a part that is missing, or a day that never
 * came, are patients who are not there.
 */
class ContainerPipelineTest {
    private static final String FEEDS = """
                      - id: unknown-hold
                        match: 'hold/.*\\.zip'
                        container: { unknown-member: hold }
                        tables: { p: { match: 'p.*\\.csv' } }
                        deliver: { engine: lab }
                      - id: unknown-reject
                        match: 'reject/.*\\.zip'
                        container: { unknown-member: reject }
                        tables: { p: { match: 'p.*\\.csv' } }
                        deliver: { engine: lab }
                      - id: unknown-ignore
                        match: 'ignore/.*'
                        container: { unknown-member: ignore }
                        deliver: { engine: lab }
                      - id: parts
                        match: 'parts/.*\\.zip'
                        tables:
                          p: { match: 'p(_(?<n>\\d+)of(?<of>\\d+))?\\.csv', parts: { order: n, expect: of } }
                        deliver: { engine: lab }
                      - id: numbered
                        match: 'numbered/x(?<seq>\\d+)[a-z]*\\.csv'
                        controls: { sequence: seq }
                        deliver: { engine: lab }
                      - id: warned
                        match: 'warned/x(?<seq>\\w+)\\.csv'
                        controls: { sequence: { group: seq, policy: warn }, load: delta }
                        deliver: { engine: lab }
                """;

    private static Job job(World world, String path) {
        return world.jobs().stream()
                .filter(job -> job.input().key().endsWith("/" + path))
                .findFirst()
                .orElseThrow();
    }

    private static String code(Job job) {
        Failure failure = job.failure();
        return failure == null ? "" : failure.code();
    }

    private static byte[] zip(String... names) {
        return Zips.of(IntStream.range(0, names.length)
                .boxed()
                .collect(Collectors.toMap(i -> names[i], i -> "id,v\n" + i + ",x\n")));
    }

    private static byte[] csv(int id) {
        return ("id,v\n" + id + ",x\n").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void anArchiveWithFilesOfNoTableWaitsAndGoesOnWithoutThemWhenReleased() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("hold/a.zip", zip("p.csv", "secret.csv", "readme.pdf"));
            world.run();

            Job held = job(world, "hold/a.zip");
            assertThat(held.state()).isEqualTo(JobState.HELD);
            assertThat(code(held)).isEqualTo("UNKNOWN_MEMBER");
            assertThat(world.receipt("hold/a.zip", "held").path("problem").asText())
                    .startsWith("2 files");
            assertThat(world.delivered()).isEmpty();

            world.holds().decide(held.id(), Action.RELEASE, "ops-7");
            world.run();

            Job released = job(world, "hold/a.zip");
            assertThat(released.state()).isEqualTo(JobState.DELIVERED);
            assertThat(released.counts()).containsEntry("unknown", 2L);
            assertThat(world.delivered()).containsOnlyKeys("p");
            assertThat(world.receipt("hold/a.zip", "delivered").path("notTaken").asLong())
                    .isEqualTo(2);
        }
    }

    @Test
    void anArchiveThatWasHeldForAFileOfNoTableCanBeRejected() {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("hold/a.zip", zip("p.csv", "secret.csv"));
            world.run();
            world.holds().decide(job(world, "hold/a.zip").id(), Action.REJECT, "ops-7");
            world.run();

            assertThat(code(job(world, "hold/a.zip"))).isEqualTo("HELD_REJECTED");
            assertThat(world.engine.received()).isEmpty();
            assertThat(world.keys("tasks/")).isEmpty();
        }
    }

    @Test
    void filesOfNoTableAreLeftOutAndThePartnerIsToldHowMany() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("reject/a.zip", zip("p.csv", "q.csv"));
            world.run();

            assertThat(job(world, "reject/a.zip").state()).isEqualTo(JobState.DELIVERED);
            assertThat(world.delivered()).containsOnlyKeys("p");
            assertThat(world.receipt("reject/a.zip", "delivered")
                            .path("notTaken")
                            .asLong())
                    .isEqualTo(1);
        }
    }

    @Test
    void filesOfNoTableAreIgnoredAndCountedInATarToo() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("ignore/a.zip", zip("p.csv", "q.pdf"));
            world.upload(
                    "ignore/b.tar", Zips.tar(Map.of("one.csv", "id\n1\n", "q.pdf", "no table", "z.csv", "id\n2\n")));
            world.run();

            assertThat(world.jobs()).extracting(Job::state).containsOnly(JobState.DELIVERED);
            assertThat(world.jobs()).allMatch(job -> job.counts().getOrDefault("unknown", 0L) == 1);
            assertThat(world.delivered()).containsOnlyKeys("p", "one", "z");
            assertThat(world.receipt("ignore/a.zip", "delivered").has("notTaken"))
                    .isFalse();
        }
    }

    @Test
    void anArchiveOfWhichNothingIsKnownIsRefusedWhateverThePolicy() {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("reject/a.zip", zip("q.csv"));
            world.run();

            assertThat(code(job(world, "reject/a.zip"))).isEqualTo("UNKNOWN_MEMBER");
        }
    }

    @Test
    void partsThatSayHowManyTheyAreMustBeThatMany() {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("parts/whole.zip", zip("p.csv"));
            world.upload("parts/both.zip", zip("p_1of2.csv", "p_2of2.csv"));
            world.upload("parts/last.zip", zip("p_1of3.csv", "p_2of3.csv"));
            world.upload("parts/only.zip", zip("p_1of2.csv"));
            world.upload("parts/mixed.zip", zip("p_1of2.csv", "p_2of3.csv"));
            world.run();

            assertThat(world.jobs().stream()
                            .collect(Collectors.toMap(
                                    job -> job.input().key().replaceAll(".*/", ""), ContainerPipelineTest::code)))
                    .isEqualTo(Map.of(
                            "whole.zip", "",
                            "both.zip", "",
                            "last.zip", "MISSING_PART",
                            "only.zip", "MISSING_PART",
                            "mixed.zip", "MISSING_PART"));
        }
    }

    @Test
    void aFileWhoseNumberIsNotTheNextWaits() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            for (String name : List.of("x07", "x08", "x10", "x09", "x11", "x11b", "x99", "x00")) {
                world.upload("numbered/" + name + ".csv", csv(1));
                world.run();
            }

            Map<String, String> held = world.jobs().stream()
                    .filter(job -> job.state() == JobState.HELD)
                    .collect(Collectors.toMap(
                            job -> job.input().key().replaceAll(".*/|\\.csv", ""), ContainerPipelineTest::code));
            assertThat(held)
                    .isEqualTo(Map.of("x10", "SEQUENCE_GAP", "x11b", "SEQUENCE_REPEATED", "x99", "SEQUENCE_GAP"));
            assertThat(world.receipt("numbered/x10.csv", "held").path("problem").asText())
                    .isEqualTo("The file has number 10 where the last was 8.");

            Job gap = job(world, "numbered/x10.csv");
            world.holds().decide(gap.id(), Action.RELEASE, "ops-7");
            world.run();
            assertThat(job(world, "numbered/x10.csv").state()).isEqualTo(JobState.DELIVERED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x3", "x1", "xyz"})
    void aFileWhoseNumberIsNotTheNextGoesOnAndSomebodyIsPagedOnce(String name) {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("warned/x1.csv", csv(1));
            world.run();
            if (name.equals("x1")) {
                world.upload("warned/x2.csv", csv(2));
                world.run();
            }
            world.upload("warned/" + name + ".csv", csv(7));
            world.run();

            assertThat(world.jobs()).extracting(Job::state).containsOnly(JobState.DELIVERED);
            assertThat(world.pager.received())
                    .singleElement()
                    .satisfies(page ->
                            assertThat(page.body()).contains("SEQUENCE_").contains("warning"));
        }
    }

    @Test
    void aFileThatWasRefusedIsSentAgainUnderItsNumber() {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("numbered/x1.csv", csv(1));
            world.upload("numbered/x2.csv", "a,b\n1\n".getBytes(StandardCharsets.UTF_8));
            world.run();
            assertThat(code(job(world, "numbered/x2.csv"))).isEqualTo("RAGGED_ROW");
            world.upload("numbered/x2b.csv", csv(2));
            world.run();

            assertThat(job(world, "numbered/x2b.csv").state()).isEqualTo(JobState.DELIVERED);
            assertThat(Objects.requireNonNull(job(world, "numbered/x2b.csv")).failure())
                    .isNull();
        }
    }

    @Test
    void aProcessThatEndsAtAnyCallLeavesAFileInTheSameSequence() {
        boolean hit = true;
        for (int kill = 1; hit; kill++) {
            try (World world = new World(Map.of(), FEEDS)) {
                world.upload("numbered/x1.csv", csv(1));
                world.run();
                world.upload("numbered/x2.csv", csv(2));
                hit = KilledRun.run(world, kill, kill % 2 == 0);
                assertThat(world.jobs())
                        .as("killed at call %d", kill)
                        .extracting(Job::state)
                        .containsOnly(JobState.DELIVERED);
            }
        }
    }

    @Test
    void aProcessThatEndsAtAnyCallHoldsAnArchiveOnceAndReleasesIt() throws Exception {
        boolean hit = true;
        for (int kill = 1; hit; kill += 2) {
            try (World world = new World(Map.of(), FEEDS)) {
                world.upload("hold/a.zip", zip("p.csv", "secret.csv"));
                hit = KilledRun.run(world, kill, kill % 3 == 0);
                Job held = job(world, "hold/a.zip");
                assertThat(held.state()).as("killed at call %d", kill).isEqualTo(JobState.HELD);
                world.holds().decide(held.id(), Action.RELEASE, "ops-7");
                boolean again = KilledRun.run(world, kill, kill % 3 == 0);
                assertThat(job(world, "hold/a.zip").state())
                        .as("killed at call %d, %s", kill, again)
                        .isEqualTo(JobState.DELIVERED);
                assertThat(world.delivered()).containsOnlyKeys("p");
            }
        }
    }
}
