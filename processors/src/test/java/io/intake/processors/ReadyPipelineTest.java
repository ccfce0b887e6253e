package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.Renamed;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.store.UploadRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Half a file that is taken for a whole one tells an engine that patients have gone; one that waits for ever tells it nothing,
 * and nobody knows.
 */
class ReadyPipelineTest {
    private static final String FEEDS = """
                      - id: renamed
                        match: 'renamed/.*\\.csv'
                        ready: rename
                        expect: { days: mon-sun, by: "06:30", zone: UTC }
                        deliver: { engine: lab, batch: 3 }
                      - id: marked
                        match: 'marked/.*'
                        ready: { marker: ".done" }
                        ready-within: 2h
                        deliver: { engine: lab, batch: 3 }
                      - id: numbered
                        match: 'numbered/x(?<seq>\\d+)\\.csv'
                        ready: { stable: 120s }
                        controls: { sequence: seq, same-bytes: skip }
                        deliver: { engine: lab, batch: 3 }
                      - id: listed
                        match: 'listed/.*\\.csv'
                        ready: { manifest: { match: 'listed/.*/MANIFEST', style: columns, name: File, bytes: Size, sha256: Digest } }
                        deliver: { engine: lab, batch: 3 }
                      - id: counted
                        match: 'counted/.*\\.csv'
                        ready: { manifest: { match: 'counted/.*LIST', style: columns, name: File, rows: Rows } }
                        deliver: { engine: lab, batch: 3 }
                      - id: marked-set
                        match: 'set/(?<day>\\d+)/.*\\.csv'
                        ready: { marker: ".ok" }
                        collect: { by: [day], count: 2, within: 2d }
                        deliver: { engine: lab, batch: 3 }
                """;

    private static final byte[] HALF = bytes("MRN\n1\n");
    private static final byte[] WHOLE = bytes("MRN\n1\n2\n");
    private static final byte[] NONE = new byte[0];

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    /** How the jobs of the files under a path stand: the state, and the reason if there is one, oldest upload first. */
    private static List<String> ends(World world, String path) {
        return world.jobs().stream()
                .filter(job -> !job.isSet() && job.input().key().endsWith("/" + path))
                .sorted(java.util.Comparator.comparing(
                        job -> job.history().getFirst().at()))
                .map(job -> job.state() + code(job))
                .toList();
    }

    private static String code(Job job) {
        Failure failure = job.failure();
        return failure == null ? "" : " " + failure.code();
    }

    private static int rows(World world) throws Exception {
        return world.delivered().values().stream().mapToInt(List::size).sum();
    }

    private static boolean hasReceipt(World world, String path, String kind) {
        return !world.keys("outbound/st-marys/receipts/" + path + "." + kind + ".json")
                .isEmpty();
    }

    private static void later(World world, Duration time) {
        world.clock.advance(time);
        world.sweepLater();
        world.run();
    }

    private static void assertNothingIsLeft(World world) {
        assertThat(world.keys("awaited/")).isEmpty();
        assertThat(world.keys("tasks/")).isEmpty();
    }

    @Test
    void aFileThatCameByARenameIsTakenAtOnce() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("renamed/a.csv", WHOLE, Renamed.MARK);
            world.run();

            assertThat(ends(world, "a.csv")).containsExactly("DELIVERED");
            assertThat(rows(world)).isEqualTo(2);
            assertNothingIsLeft(world);
        }
    }

    @Test
    void aFileThatWasPutPlainlyWaitsTellsItsSenderWhyAndGivesWayToTheOneThatIsRenamed() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("renamed/a.csv", HALF);
            world.run();

            assertThat(ends(world, "a.csv")).containsExactly("COLLECTING NOT_RENAMED");
            JsonNode told = world.receipt("renamed/a.csv", "delayed");
            assertThat(told.path("code").asText()).isEqualTo("NOT_RENAMED");
            assertThat(told.path("action").asText()).contains("rename it when it is whole");
            assertThat(world.text("outbound/st-marys/receipts/renamed/a.csv.delayed.txt"))
                    .contains("the file is here and waits");
            assertThat(hasReceipt(world, "renamed/a.csv", "received")).isFalse();
            assertThat(world.keys("feeds/st-marys/renamed/arrived/")).isEmpty();

            world.clock.advance(Duration.ofSeconds(5));
            world.upload("renamed/a.csv", WHOLE, Renamed.MARK);
            world.run();

            assertThat(ends(world, "a.csv")).containsExactly("SKIPPED SUPERSEDED", "DELIVERED");
            assertThat(rows(world)).isEqualTo(2);
            assertThat(world.receipt("renamed/a.csv", "skipped").path("code").asText())
                    .isEqualTo("SUPERSEDED");
            assertThat(world.keys("feeds/st-marys/renamed/arrived/")).hasSize(1);
            assertThat(world.pager.received()).isEmpty();
            assertNothingIsLeft(world);
        }
    }

    @Test
    void aFileThatIsNeverRenamedIsRefusedAndSomebodyIsPagedWhenItsTimeIsUp() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("renamed/a.csv", WHOLE);
            world.run();
            later(world, Duration.ofHours(23));
            assertThat(ends(world, "a.csv")).containsExactly("COLLECTING NOT_RENAMED");
            assertThat(world.pager.received()).isEmpty();
            later(world, Duration.ofHours(1));

            assertThat(ends(world, "a.csv")).containsExactly("QUARANTINED NOT_RENAMED");
            assertThat(hasReceipt(world, "renamed/a.csv", "rejected")).isTrue();
            assertThat(world.pager.received())
                    .singleElement()
                    .satisfies(page ->
                            assertThat(page.body()).contains("NOT_RENAMED").doesNotContain("a.csv"));
            assertThat(world.engine.received()).isEmpty();
            assertNothingIsLeft(world);
        }
    }

    @Test
    void aFileThatIsTakenAwayBeforeItIsReadyIsNobodysBusiness() {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("renamed/a.csv", WHOLE);
            world.run();
            world.bucket.delete("inbound/st-marys/renamed/a.csv");
            later(world, Duration.ZERO);

            assertThat(ends(world, "a.csv")).containsExactly("SKIPPED WITHDRAWN");
            assertThat(world.pager.received()).isEmpty();
            assertNothingIsLeft(world);
        }
    }

    /** Uploads, and events of them that come twice, late (again at the end) or never. */
    @ParameterizedTest
    @ValueSource(strings = {"a.zip a.zip.done", "a.zip.done a.zip"})
    void aFileIsTakenOnceItsMarkerIsThereInWhateverOrderTheyComeAndWhateverBecomesOfTheirEvents(String order)
            throws Exception {
        byte[] archive = SimulatedHospital.zip(Map.of("a.csv", "MRN\n1\n2\n"));
        for (int lost = 0; lost < 4; lost++) {
            try (World world = new World(Map.of(), FEEDS)) {
                List<World.Event> all = new ArrayList<>();
                int number = 0;
                for (String name : List.of(order.split(" "))) {
                    world.upload("marked/1/" + name, name.endsWith("done") ? NONE : archive);
                    World.Event event = world.events.remove();
                    all.add(event);
                    if ((lost >> number++ & 1) == 0) {
                        world.events.add(event);
                        world.events.add(event);
                    }
                    world.run();
                    world.clock.advance(Duration.ofSeconds(2));
                }
                if (lost > 0) {
                    later(world, Duration.ZERO);
                    later(world, Duration.ZERO);
                }
                world.events.addAll(all);
                world.run();

                assertThat(ends(world, "a.zip")).as("lost %d", lost).containsExactly("DELIVERED");
                assertThat(ends(world, "a.zip.done")).as("lost %d", lost).containsExactly("SKIPPED MARKER");
                assertThat(rows(world)).isEqualTo(2);
                assertThat(world.pager.received()).isEmpty();
                assertNothingIsLeft(world);
            }
        }
    }

    @Test
    void aMarkerIsGoodForOneFileOnly() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("marked/a.csv", HALF);
            world.upload("marked/a.csv.done", NONE);
            world.run();
            world.clock.advance(Duration.ofHours(1));
            world.upload("marked/a.csv", WHOLE);
            world.run();
            assertThat(ends(world, "a.csv")).containsExactly("DELIVERED", "COLLECTING NOT_MARKED");
            assertThat(hasReceipt(world, "marked/a.csv", "delayed")).isFalse();
            later(world, Duration.ofMinutes(10));
            assertThat(world.receipt("marked/a.csv", "delayed").path("code").asText())
                    .isEqualTo("NOT_MARKED");
            world.upload("marked/a.csv.done", NONE);
            world.run();

            assertThat(ends(world, "a.csv")).containsExactly("DELIVERED", "DELIVERED");
            assertThat(rows(world)).isEqualTo(3);
            assertNothingIsLeft(world);
        }
    }

    @Test
    void theFileThatIsThereWhenTheMarkerComesIsTheOneThatIsTaken() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("marked/a.csv", HALF);
            world.run();
            world.clock.advance(Duration.ofSeconds(3));
            world.upload("marked/a.csv", WHOLE);
            world.upload("marked/a.csv.done", NONE);
            world.run();

            assertThat(ends(world, "a.csv")).containsExactly("SKIPPED SUPERSEDED", "DELIVERED");
            assertThat(rows(world)).isEqualTo(2);
        }
    }

    @Test
    void aMarkerAloneIsReportedWhenItsTimeIsUpAndOneTooManyIsNot() {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("marked/alone.csv.done", NONE);
            world.upload("marked/a.csv", WHOLE);
            world.upload("marked/a.csv.done", NONE);
            world.run();
            world.clock.advance(Duration.ofSeconds(3));
            world.upload("marked/a.csv.done", NONE);
            world.run();
            later(world, Duration.ofHours(2));

            assertThat(ends(world, "alone.csv.done")).containsExactly("QUARANTINED MARKER_ALONE");
            assertThat(ends(world, "a.csv.done")).containsExactly("SKIPPED MARKER", "SKIPPED MARKER_UNUSED");
            assertThat(ends(world, "a.csv")).containsExactly("DELIVERED");
            assertThat(world.pager.received()).hasSize(1);
            assertNothingIsLeft(world);
        }
    }

    @Test
    void namesOfFilesAreFoundAgainWhereTheyAreEncrypted() throws Exception {
        String key = java.util.Base64.getEncoder().encodeToString(new byte[64]);
        Map<String, String> environment = Map.of("INTAKE_NAMING", "encrypted", "INTAKE_NAME_KEYS", "k1:" + key);
        try (World world = new World(environment, FEEDS)) {
            world.upload("marked/Smith/a.csv.done", NONE);
            world.upload("marked/Smith/a.csv", WHOLE);
            world.upload("listed/Smith/b.csv", WHOLE);
            world.upload("listed/Smith/MANIFEST", bytes("File,Size,Digest\nb.csv,,\n"));
            world.run();

            assertThat(world.jobs())
                    .filteredOn(job -> job.state() == JobState.DELIVERED)
                    .hasSize(2);
            world.bucket.snapshot().forEach((name, content) -> {
                if (!name.startsWith("inbound/") && !name.startsWith("config/") && !name.startsWith("outbound/")) {
                    assertThat(name + new String(content, StandardCharsets.ISO_8859_1))
                            .doesNotContain("Smith");
                }
            });
            assertNothingIsLeft(world);
        }
    }

    @Test
    void aFileIsTakenWhenItWasNotPutAgainForSoLongAndCountsAsOne() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("numbered/x7.csv", HALF);
            world.run();
            world.clock.advance(Duration.ofSeconds(100));
            world.upload("numbered/x7.csv", WHOLE);
            World.Event late = world.events.peek();
            world.run();
            assertThat(ends(world, "x7.csv")).containsExactly("SKIPPED SUPERSEDED", "COLLECTING NOT_STABLE");
            assertThat(world.engine.received()).isEmpty();
            world.clock.advance(Duration.ofSeconds(121));
            world.events.add(Objects.requireNonNull(late));
            world.run();

            assertThat(ends(world, "x7.csv")).containsExactly("SKIPPED SUPERSEDED", "DELIVERED");
            assertThat(rows(world)).isEqualTo(2);
            assertThat(world.pager.received()).isEmpty();
            assertNothingIsLeft(world);
        }
    }

    @Test
    void whileAFileIsBeingPutAgainTheOneThatIsThereIsNotTaken() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("numbered/x7.csv", HALF);
            world.run();
            var again = world.bucket.startUpload(
                    new UploadRequest("inbound/st-marys/numbered/x7.csv", "application/octet-stream", Map.of()));
            later(world, Duration.ofHours(1));
            assertThat(ends(world, "x7.csv")).containsExactly("COLLECTING NOT_STABLE");
            world.bucket.abortUpload(again);
            later(world, Duration.ZERO);

            assertThat(ends(world, "x7.csv")).containsExactly("DELIVERED");
            assertThat(rows(world)).isEqualTo(1);
        }
    }

    @Test
    void aFileIsTakenWhenAListNamesItAndIsWhatTheListSays() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("listed/1/a.csv", WHOLE);
            world.upload("listed/1/b.csv", HALF);
            world.upload("listed/1/c.csv", WHOLE);
            world.run();
            assertThat(world.engine.received()).isEmpty();
            world.upload(
                    "listed/1/MANIFEST",
                    bytes("File,Size,Digest\na.csv,%d,%s\nb.csv,%d,\nc.csv,,%s\nd.csv,,\n"
                            .formatted(WHOLE.length, sha256(WHOLE), WHOLE.length, sha256(HALF))));
            world.run();

            assertThat(ends(world, "a.csv")).containsExactly("DELIVERED");
            assertThat(ends(world, "b.csv")).containsExactly("COLLECTING MANIFEST_DIFFERS");
            assertThat(world.receipt("listed/1/b.csv", "delayed")
                            .path("problem")
                            .asText())
                    .isEqualTo("The file has 6 bytes, not 8, as the list of files says.");
            assertThat(ends(world, "c.csv")).containsExactly("QUARANTINED MANIFEST_DIFFERS");
            assertThat(ends(world, "MANIFEST")).containsExactly("COLLECTING LISTED_MISSING");
            assertThat(rows(world)).isEqualTo(2);

            world.clock.advance(Duration.ofSeconds(3));
            world.upload("listed/1/b.csv", WHOLE);
            world.upload("listed/1/d.csv", HALF);
            world.run();
            assertThat(ends(world, "b.csv")).containsExactly("SKIPPED SUPERSEDED", "DELIVERED");
            assertThat(ends(world, "d.csv")).containsExactly("DELIVERED");
            assertThat(ends(world, "MANIFEST")).containsExactly("SKIPPED MANIFEST");
            assertNothingIsLeft(world);
        }
    }

    @Test
    void aListThatNamesFilesThatNeverComeAndAFileThatNoListNamesAreReported() {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("listed/1/a.csv", WHOLE);
            world.upload("listed/2/MANIFEST", bytes("File,Size,Digest\na.csv,,\nb.csv,,\n"));
            world.upload("listed/3/MANIFEST", bytes("neither\n"));
            world.run();
            later(world, Duration.ofHours(24));

            assertThat(ends(world, "1/a.csv")).containsExactly("QUARANTINED NOT_LISTED");
            assertThat(ends(world, "2/MANIFEST")).containsExactly("QUARANTINED LISTED_MISSING");
            assertThat(ends(world, "3/MANIFEST")).containsExactly("QUARANTINED MANIFEST_UNREADABLE");
            assertThat(world.pager.received()).hasSize(3);
            assertNothingIsLeft(world);
        }
    }

    @Test
    void aFileOfOtherRowsThanItsListSaysIsRefused() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("counted/a.csv", WHOLE);
            world.upload("counted/b.csv", HALF);
            world.upload("counted/LIST", bytes("File|Rows\na.csv|2\nb.csv|2\n"));
            world.run();

            assertThat(ends(world, "a.csv")).containsExactly("DELIVERED");
            assertThat(ends(world, "b.csv")).containsExactly("QUARANTINED MANIFEST_ROWS_DIFFER");
            assertThat(world.receipt("counted/b.csv", "rejected")
                            .path("problem")
                            .asText())
                    .isEqualTo("The file has 1 rows, not 2, as the list of files says.");
            assertThat(rows(world)).isEqualTo(2);
        }
    }

    @Test
    void theFilesOfASetJoinItWhenTheyAreReady() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("set/1/a.csv", WHOLE);
            world.upload("set/1/b.csv", HALF);
            world.upload("set/1/a.csv.ok", NONE);
            world.run();
            assertThat(world.engine.received()).isEmpty();
            world.upload("set/1/b.csv.ok", NONE);
            world.run();

            assertThat(ends(world, "a.csv")).containsExactly("DELIVERED");
            assertThat(ends(world, "b.csv")).containsExactly("DELIVERED");
            assertThat(rows(world)).isEqualTo(3);
            assertThat(world.keys("tasks/")).isEmpty();
        }
    }

    @Test
    void aProcessThatEndsAtAnyCallLosesAndDoublesNothing() throws Exception {
        Map<String, Map<String, byte[]>> cases = new TreeMap<>();
        cases.put("marker first", ordered("marked/1/a.csv.done", NONE, "marked/1/a.csv", WHOLE));
        cases.put("marker last", ordered("marked/1/a.csv", WHOLE, "marked/1/a.csv.done", NONE));
        cases.put(
                "list last",
                ordered(
                        "listed/1/a.csv",
                        WHOLE,
                        "listed/1/MANIFEST",
                        bytes("File,Size,Digest\na.csv,8," + sha256(WHOLE) + "\n")));
        for (Map.Entry<String, Map<String, byte[]>> each : cases.entrySet()) {
            boolean hit = true;
            for (int kill = 1; hit; kill++) {
                try (World world = new World(Map.of(), FEEDS)) {
                    each.getValue().forEach(world::upload);
                    hit = KilledRun.run(world, kill, kill % 4 < 2);
                    assertThat(world.jobs())
                            .as("%s, killed at call %d", each.getKey(), kill)
                            .extracting(Job::state)
                            .containsExactlyInAnyOrder(JobState.DELIVERED, JobState.SKIPPED);
                    assertThat(rows(world)).isEqualTo(2);
                    assertNothingIsLeft(world);
                    assertThat(world.jobs()).allMatch(Job::settled);
                }
            }
        }
    }

    private static Map<String, byte[]> ordered(String first, byte[] content, String second, byte[] more) {
        Map<String, byte[]> files = new java.util.LinkedHashMap<>();
        files.put(first, content);
        files.put(second, more);
        return files;
    }
}
