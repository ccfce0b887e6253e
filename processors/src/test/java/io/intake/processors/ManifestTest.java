package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A night's load without one of its files looks like a quiet night. */
class ManifestTest {
    private static final String FEEDS = """
                      - id: names
                        match: 'names/(?<day>\\d+)/.*'
                        collect: { by: [day], manifest: { match: '.*/MANIFEST.txt' }, within: 2h, overdue: quarantine }
                        deliver: { engine: lab }
                      - id: columns
                        match: 'columns/(?<day>\\d+)/.*'
                        collect:
                          by: [day]
                          manifest: { match: '.*/list.csv', style: columns, name: File, bytes: Size, md5: Digest }
                          within: 2h
                        deliver: { engine: lab }
                      - id: rows
                        match: 'rows/(?<day>\\d+)/.*'
                        collect:
                          by: [day]
                          manifest: { match: '.*/list.csv', style: columns, name: File, rows: Rows }
                          within: 2h
                        tables:
                          people: { match: 'people.*', bad-rows: reject, columns: [ { name: id, type: integer } ] }
                          more: { match: 'more.*' }
                        deliver: { engine: lab }
                      - id: sums
                        match: 'sums/(?<day>\\d+)/.*'
                        collect: { by: [day], manifest: { match: '.*/SHA256SUMS', style: sums }, within: 2h, overdue: go-on }
                        deliver: { engine: lab }
                """;
    private static final byte[] A = bytes("id\n1\n");
    private static final byte[] B = bytes("id\n2\n3\n");

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String digest(String algorithm, byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
    }

    private static Map<String, String> ends(World world) {
        Map<String, String> ends = new TreeMap<>();
        for (Job job : world.jobs()) {
            Failure failure = job.failure();
            String name = job.isSet() ? "set" : job.input().key().replaceAll(".*/", "");
            ends.put(name, failure == null ? job.state().name() : failure.code());
        }
        return ends;
    }

    private static Map<String, Integer> rows(World world) throws Exception {
        return world.delivered().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, table -> table.getValue().size()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"MANIFEST.txt a.csv b.csv", "a.csv MANIFEST.txt b.csv", "b.csv a.csv MANIFEST.txt"})
    void aSetIsCompleteWhenAllFilesOfItsListAreThereWhateverComesFirst(String order) throws Exception {
        Map<String, byte[]> files =
                Map.of("a.csv", A, "b.csv", B, "MANIFEST.txt", bytes("/export/a.csv\r\nC:\\out\\b.csv\r\n\r\n"));
        try (World world = new World(Map.of(), FEEDS)) {
            for (String name : List.of(order.split(" "))) {
                assertThat(world.engine.received()).isEmpty();
                world.upload("names/1/" + name, files.getOrDefault(name, A));
                world.run();
            }

            assertThat(world.jobs()).extracting(Job::state).containsOnly(JobState.DELIVERED);
            assertThat(rows(world)).isEqualTo(Map.of("a", 1, "b", 2));
            assertThat(world.keys("tasks/")).isEmpty();
        }
    }

    @Test
    void aFileThatIsNotListedRefusesTheSet() {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("names/1/x.csv", A);
            world.upload("names/1/a.csv", A);
            world.upload("names/1/MANIFEST.txt", bytes("a.csv\n"));
            world.run();

            assertThat(ends(world)).containsEntry("set", "MANIFEST_DIFFERS").containsEntry("x.csv", "MANIFEST_DIFFERS");
            assertThat(world.engine.received()).isEmpty();
        }
    }

    @Test
    void aSetThatWasRefusedIsSentAgainUnderItsNames() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("names/1/x.csv", A);
            world.upload("names/1/MANIFEST.txt", bytes("a.csv\n"));
            world.upload("names/1/a.csv", A);
            world.run();
            assertThat(world.jobs()).extracting(Job::state).containsOnly(JobState.QUARANTINED);

            world.clock.advance(Duration.ofMinutes(10));
            world.upload("names/1/a.csv", B);
            world.run();
            assertThat(world.engine.received()).isEmpty();
            world.upload("names/1/MANIFEST.txt", bytes("a.csv\n"));
            world.run();

            assertThat(world.jobs().stream().filter(job -> job.state() == JobState.DELIVERED))
                    .as("both files and their set")
                    .hasSize(3);
            assertThat(rows(world)).isEqualTo(Map.of("a", 2));

            world.clock.advance(Duration.ofMinutes(10));
            world.upload("names/1/a.csv", A);
            world.run();
            assertThat(rows(world))
                    .as("a set that was delivered is not begun anew")
                    .isEqualTo(Map.of("a", 2));
        }
    }

    @Test
    void aSetThatLacksAListedFileIsRefusedWhenItsTimeIsUp() {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("names/1/a.csv", A);
            world.upload("names/1/MANIFEST.txt", bytes("a.csv\nb.csv\n"));
            world.run();
            assertThat(ends(world)).containsEntry("a.csv", "COLLECTING");
            world.clock.advance(Duration.ofHours(3));
            world.sweepLater();
            world.run();

            assertThat(ends(world)).containsEntry("set", "SET_INCOMPLETE");
        }
    }

    @Test
    void sizesAndDigestsMustAgree() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            String head = "Size;File;Digest\n";
            world.upload("columns/1/a.csv", A);
            world.upload(
                    "columns/1/list.csv",
                    bytes(head + A.length + ";\"a.csv\";" + digest("MD5", A).toUpperCase(Locale.ROOT) + "\n"));
            world.upload("columns/2/b.csv", B);
            world.upload("columns/2/list.csv", bytes(head + "99;b.csv;\n"));
            world.upload("columns/3/c.csv", B);
            world.upload("columns/3/list.csv", bytes(head + ";c.csv;" + digest("MD5", A) + "\n"));
            world.run();

            assertThat(ends(world))
                    .containsEntry("a.csv", "DELIVERED")
                    .containsEntry("b.csv", "MANIFEST_DIFFERS")
                    .containsEntry("c.csv", "MANIFEST_DIFFERS");
            assertThat(world.receipt("columns/2/b.csv", "rejected")
                            .path("problem")
                            .asText())
                    .isEqualTo("File 1 of the set has 7 bytes, not 99, as the list of files says.");
            assertThat(rows(world)).isEqualTo(Map.of("a", 1));
        }
    }

    /** Each line is a set: its list, and what its job comes to. Two files make one table; rows that are rejected count. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "people1.csv,1;people2.csv,2;more.zip,2 | DELIVERED",
                "people1.csv,2;people2.csv,1;more.zip,2 | DELIVERED",
                "people1.csv,1;people2.csv,;more.zip,2 | DELIVERED",
                "people1.csv,1;people2.csv,3;more.zip,2 | MANIFEST_ROWS_DIFFER",
                "people1.csv,1;people2.csv,2;more.zip,1 | MANIFEST_ROWS_DIFFER",
                "people1.csv,1;people2.csv,2;more.zip,x | COLLECTING"
            })
    void aTableHasAsManyRowsAsTheListSaysOfItsFiles(String lines, String end) throws Exception {
        byte[] more = Zips.of(Map.of("more1.csv", "id\n4\n", "more2.csv", "id\n5\n"));
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("rows/1/people1.csv", A);
            world.upload("rows/1/people2.csv", bytes("id\n2\nx\n"));
            world.upload("rows/1/more.zip", more);
            world.upload("rows/1/list.csv", bytes("File,Rows\n" + lines.replace(';', '\n') + "\n"));
            world.run();

            assertThat(ends(world)).containsEntry("people1.csv", end);
            boolean delivered = end.equals("DELIVERED");
            assertThat(rows(world)).isEqualTo(delivered ? Map.of("people", 2, "more", 2) : Map.of());
            if (end.equals("MANIFEST_ROWS_DIFFER")) {
                assertThat(world.receipt("rows/1/people1.csv", "rejected")
                                .path("problem")
                                .asText())
                        .matches("The files of table \\d have \\d rows, not \\d, as the list of files says\\.");
            }
        }
    }

    @Test
    void aListAsSha256sumWritesItIsRead() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("sums/1/a.csv", A);
            world.upload("sums/1/b.csv", B);
            world.upload(
                    "sums/1/SHA256SUMS",
                    bytes(digest("SHA-256", A) + "  a.csv\n" + digest("SHA-256", B) + " *./b.csv\n"));
            world.run();

            assertThat(world.jobs()).extracting(Job::state).containsOnly(JobState.DELIVERED);
        }
    }

    @Test
    void aListThatCannotBeReadIsRefusedByItselfAndItsSetWaitsForAnother() {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("sums/1/a.csv", A);
            world.upload("sums/1/SHA256SUMS", bytes("a.csv\n"));
            world.run();

            assertThat(ends(world)).isEqualTo(Map.of("a.csv", "COLLECTING", "SHA256SUMS", "MANIFEST_UNREADABLE"));
        }
    }

    @Test
    void aProcessThatEndsAtAnyCallLosesAndDoublesNothing() throws Exception {
        boolean hit = true;
        for (int kill = 1; hit; kill += 3) {
            try (World world = new World(Map.of(), FEEDS)) {
                world.upload("sums/1/SHA256SUMS", bytes(digest("SHA-256", A) + "  a.csv\n"));
                world.upload("sums/1/a.csv", A);
                hit = KilledRun.run(world, kill, kill % 2 == 0);
                assertThat(world.jobs())
                        .as("killed at call %d", kill)
                        .extracting(Job::state)
                        .containsOnly(JobState.DELIVERED);
                assertThat(rows(world)).isEqualTo(Map.of("a", 1));
            }
        }
    }
}
