package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.hold.Decision;
import io.intake.processors.hold.Holds;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Half a set that is worked on as if it were whole tells an engine that patients have gone; one that is never closed tells it nothing. */
class CollectTest {
    private static final byte[] VISITS = SimulatedHospital.zip(Map.of("visits.csv", "ID,MRN\n7,1\n"));
    private static final byte[] PATIENTS = "MRN\n1\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NONE = new byte[0];

    private static String feed(String collect) {
        return """
                      - id: nightly
                        match: 'night/(?<day>\\d+)/.*'
                        collect: %s
                        deliver: { engine: lab, batch: 3 }
                """.formatted(collect);
    }

    private static final String BY_PARTS = "{ by: [day], within: 2h, overdue: %s, parts:"
            + " { patients: { match: '.*/patients.csv' }, visits: { match: '.*/visits.zip' },"
            + " notes: { match: '.*/notes.csv', required: false } } }";

    /** States of the jobs of files by their paths, and of sets. */
    private static Map<String, JobState> states(World world) {
        Map<String, JobState> states = new TreeMap<>();
        for (Job job : world.jobs()) {
            String path = job.input().key().replace("inbound/st-marys/night/", "");
            states.put(job.isSet() ? "set of " + path : path, job.state());
        }
        return states;
    }

    private static List<String> codes(World world) {
        return world.jobs().stream()
                .map(Job::failure)
                .filter(java.util.Objects::nonNull)
                .map(Failure::code)
                .sorted()
                .collect(Collectors.toList());
    }

    private static String receipt(World world, String path, String kind) {
        byte[] receipt = world.bucket.snapshotOf("outbound/st-marys/receipts/night/" + path + "." + kind + ".json");
        return receipt == null ? "none" : new String(receipt, StandardCharsets.UTF_8);
    }

    @Test
    void aSetIsWorkedOnAsOneFileWhenAllItsPartsAreThereAndEachFileHasItsReceipts() throws Exception {
        try (World world = new World(Map.of(), feed(BY_PARTS.formatted("wait")))) {
            world.upload("night/1/visits.zip", VISITS);
            world.upload("night/1/notes.csv", PATIENTS);
            world.upload("night/2/patients.csv", PATIENTS);
            world.run();
            assertThat(world.engine.received()).isEmpty();
            assertThat(receipt(world, "1/visits.zip", "collected")).contains("\"set\"");
            world.upload("night/1/patients.csv", PATIENTS);
            world.run();
            assertThat(states(world))
                    .isEqualTo(Map.of(
                            "1/visits.zip", JobState.DELIVERED,
                            "1/notes.csv", JobState.DELIVERED,
                            "1/patients.csv", JobState.DELIVERED,
                            "set of 1/notes.csv", JobState.DELIVERED,
                            "2/patients.csv", JobState.COLLECTING));
            assertThat(world.delivered())
                    .isEqualTo(Map.of(
                            "notes", List.of("{\"MRN\":\"1\"}"),
                            "patients", List.of("{\"MRN\":\"1\"}"),
                            "visits", List.of("{\"ID\":\"7\",\"MRN\":\"1\"}")));
            assertThat(receipt(world, "1/visits.zip", "delivered")).contains("\"set\"");
            assertThat(world.keys("tasks/")).isEmpty();
            assertThat(world.keys("open-sets/")).hasSize(1);
        }
    }

    @Test
    void onlyOptionalPartsMissingTheSetGoesOnWhenItsTimeIsUp() throws Exception {
        try (World world = new World(Map.of(), feed(BY_PARTS.formatted("quarantine")))) {
            world.upload("night/1/visits.zip", VISITS);
            world.upload("night/1/patients.csv", PATIENTS);
            world.run();
            world.sweepLater();
            world.run();
            assertThat(world.engine.received()).isEmpty();
            world.clock.advance(Duration.ofHours(2));
            world.sweepLater();
            world.run();
            assertThat(world.delivered()).containsOnlyKeys("patients", "visits");
            assertThat(world.keys("open-sets/")).isEmpty();
        }
    }

    @Test
    void aSetThatIsNotCompleteInTimeWaitsWithOnePageOrGoesOnOrIsRefused() throws Exception {
        for (String overdue : List.of("wait", "go-on", "quarantine")) {
            try (World world = new World(Map.of(), feed(BY_PARTS.formatted(overdue)))) {
                world.upload("night/1/visits.zip", VISITS);
                world.run();
                for (int sweep = 0; sweep < 3; sweep++) {
                    world.clock.advance(Duration.ofHours(2));
                    world.sweepLater();
                    world.run();
                }
                switch (overdue) {
                    case "wait" -> {
                        assertThat(states(world)).isEqualTo(Map.of("1/visits.zip", JobState.COLLECTING));
                        assertThat(world.pager.received()).hasSize(1);
                        assertThat(world.pager.received().getFirst().body()).doesNotContain("visits");
                        world.upload("night/1/patients.csv", PATIENTS);
                        world.upload("night/1/notes.csv", PATIENTS);
                        world.run();
                        assertThat(states(world)).doesNotContainValue(JobState.COLLECTING);
                        assertThat(world.pager.received()).hasSize(2);
                        assertThat(world.pager.received().getLast().body()).contains("\"resolve\"", "intake/set/");
                    }
                    case "go-on" -> {
                        assertThat(world.delivered()).containsOnlyKeys("visits");
                        assertThat(world.pager.received()).isEmpty();
                    }
                    default -> {
                        assertThat(codes(world)).containsExactly("SET_INCOMPLETE", "SET_INCOMPLETE");
                        assertThat(receipt(world, "1/visits.zip", "rejected")).contains("SET_INCOMPLETE");
                        assertThat(world.pager.received()).hasSize(1);
                        assertThat(world.engine.received()).isEmpty();
                    }
                }
            }
        }
    }

    @Test
    void aFileThatComesAfterItsSetWasClosedHasItsOwnEndAndReceipt() throws Exception {
        try (World world = new World(Map.of(), feed("{ by: [day], count: 1, within: 1h }"))) {
            world.upload("night/1/visits.zip", VISITS);
            world.run();
            world.upload("night/1/patients.csv", PATIENTS);
            world.run();
            assertThat(codes(world)).containsExactly("LATE_FOR_SET");
            assertThat(receipt(world, "1/patients.csv", "rejected")).contains("LATE_FOR_SET");
            assertThat(world.delivered()).containsOnlyKeys("visits");
        }
    }

    @Test
    void aFileThatIsSentAgainBeforeItsSetIsCompleteReplacesTheFirst() throws Exception {
        try (World world = new World(Map.of(), feed("{ by: [day], count: 2, within: 1h }"))) {
            world.upload("night/1/patients.csv", "MRN\nwrong\n".getBytes(StandardCharsets.UTF_8));
            world.run();
            world.upload("night/1/patients.csv", PATIENTS);
            world.run();
            assertThat(world.engine.received()).isEmpty();
            world.upload("night/1/visits.zip", VISITS);
            world.run();
            assertThat(codes(world)).containsExactly("REPLACED_IN_SET");
            assertThat(world.delivered().get("patients")).containsExactly("{\"MRN\":\"1\"}");
        }
    }

    @Test
    void withoutGroupsOneSetFollowsAnother() throws Exception {
        try (World world = new World(Map.of(), feed("{ count: 2, within: 1h }"))) {
            for (int day = 1; day <= 4; day++) {
                world.upload("night/" + day + "/patients.csv", PATIENTS);
                world.run();
            }
            assertThat(world.jobs().stream().filter(Job::isSet))
                    .hasSize(2)
                    .allSatisfy(set -> assertThat(set.state()).isEqualTo(JobState.DELIVERED));
            assertThat(world.delivered().get("patients")).isNull();
        }
    }

    @Test
    void aMarkerSaysThatASetIsCompleteAndIsNotLookedInto() throws Exception {
        try (World world = new World(
                Map.of(), feed("{ by: [day], marker: '.*/all.done', parts: { p: { match: '.*csv' } }, within: 1h }"))) {
            world.upload("night/1/all.done", NONE);
            world.run();
            assertThat(world.engine.received()).isEmpty();
            world.upload("night/1/patients.csv", PATIENTS);
            world.run();
            assertThat(world.delivered()).containsOnlyKeys("patients");
            assertThat(states(world).values()).containsOnly(JobState.DELIVERED);
        }
    }

    @Test
    void eachFileOfASetSaysWhatWasRejectedInItAndWhere() throws Exception {
        String checked =
                "tables: { patients: { match: '.*', bad-rows: reject, columns: [ { name: MRN, type: integer } ] } }";
        String feed = feed("{ by: [day], within: 2h, count: 2 }").replace("deliver:", checked + "\n        deliver:");
        try (World world = new World(Map.of(), feed)) {
            world.upload("night/1/patients.csv", "MRN\n1\nx\n".getBytes(StandardCharsets.UTF_8));
            world.upload("night/1/more.csv", "MRN\n2\n".getBytes(StandardCharsets.UTF_8));
            world.run();
            assertThat(states(world)).containsEntry("1/patients.csv", JobState.DELIVERED);
            List<String> rejects = world.keys("outbound/st-marys/rejects/");
            assertThat(rejects).hasSize(1);
            String path = rejects.getFirst().replace("outbound/st-marys/", "/outbound/");
            for (String file : List.of("1/patients.csv", "1/more.csv")) {
                assertThat(receipt(world, file, "delivered"))
                        .contains("\"read\" : 3", "\"rows\" : 2", "\"rejected\" : 1", path);
            }
        }
    }

    @Test
    void ofASetThatIsHeldEachSenderIsToldAndItGoesOnWhenAnOperatorLetsIt() throws Exception {
        String feed = feed("{ by: [day], within: 2h, count: 2 }")
                .replace("deliver:", "controls: { max-shrink: { percent: 40, files: 3 } }\n        deliver:");
        try (World world = new World(Map.of(), feed)) {
            for (int day = 1; day <= 4; day++) {
                String rows = "MRN\n" + "1\n".repeat(day == 4 ? 1 : 10);
                world.upload("night/" + day + "/a.csv", rows.getBytes(StandardCharsets.UTF_8));
                world.upload("night/" + day + "/b.csv", rows.getBytes(StandardCharsets.UTF_8));
                world.run();
            }
            assertThat(states(world))
                    .containsEntry("set of 4/a.csv", JobState.HELD)
                    .containsEntry("4/a.csv", JobState.COLLECTING);
            for (String file : List.of("4/a.csv", "4/b.csv")) {
                assertThat(receipt(world, file, "held")).contains("SHRUNK");
                assertThat(receipt(world, file, "delivered")).isEqualTo("none");
            }
            String held = world.jobs().stream()
                    .filter(job -> job.state() == JobState.HELD)
                    .map(Job::id)
                    .findFirst()
                    .orElseThrow();
            assertThat(world.holds().decide(held, Decision.Action.RELEASE, "ops-7"))
                    .isInstanceOf(Holds.Outcome.Decided.class);
            world.run();
            assertThat(states(world))
                    .containsEntry("set of 4/a.csv", JobState.DELIVERED)
                    .containsEntry("4/a.csv", JobState.DELIVERED);
            assertThat(receipt(world, "4/b.csv", "delivered")).contains("\"rows\" : 2");
        }
    }
}
