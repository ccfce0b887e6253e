package io.intake.processors.join;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A row nested in the wrong patient harms a patient; a row left out in silence harms one too. */
class JoinTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static List<JsonNode> json(List<String> lines) {
        List<JsonNode> parsed = new ArrayList<>();
        for (String line : lines) {
            try {
                parsed.add(JSON.readTree(line));
            } catch (java.io.IOException e) {
                throw new AssertionError(line, e);
            }
        }
        return parsed;
    }

    private static List<JsonNode> json(Iterable<Map<String, Object>> records) {
        List<JsonNode> nodes = new ArrayList<>();
        records.forEach(each -> nodes.add(JSON.valueToTree(each)));
        return nodes;
    }

    @Test
    void randomTablesAreNestedAsTheNaiveWayNestsThemWhateverTheLimits() {
        int joined = 0;
        for (long seed = 1; seed <= 300; seed++) {
            RandomJoin tables = new RandomJoin(seed, 60);
            List<JsonNode> expected = json(tables.records(tables.keyColumns()));
            for (JoinLimits limits : List.of(JoinLimits.DEFAULT, JoinBench.TINY)) {
                String what = "seed " + seed + ", " + limits;
                JoinBench bench = new JoinBench(limits, tables.join, tables.files);
                Job job = bench.run(new Random(seed));
                if (tables.wrong.isEmpty()) {
                    joined++;
                    check(bench, job, tables, expected, what);
                } else {
                    Failure failure = Objects.requireNonNull(job.failure(), what);
                    assertThat(job.state()).as(what).isEqualTo(JobState.QUARANTINED);
                    assertThat(tables.wrong).as(what).contains(failure.code());
                }
            }
        }
        assertThat(joined).isGreaterThan(200);
    }

    @Test
    void smallTablesAreJoinedByOneTaskAndLargeOnesByManyInSeveralWindows() {
        int windows = 0;
        int partitions = 0;
        for (long seed = 1; seed <= 20; seed++) {
            RandomJoin tables = new RandomJoin(seed, 60);
            JoinBench small = new JoinBench(JoinLimits.DEFAULT, tables.join, tables.files);
            small.run(new Random(seed));
            assertThat(small.written().keySet().stream().filter(key -> key.contains("/phases/")))
                    .as("seed %d", seed)
                    .hasSize(1);
            assertThat(small.written().keySet()).noneMatch(key -> key.contains("/chunks/"));
            JoinBench large = new JoinBench(JoinBench.TINY, tables.join, tables.files);
            large.run(new Random(seed));
            for (String key : large.written().keySet()) {
                windows += key.contains("/rows/") && !key.endsWith("-000000.ndjson") ? 1 : 0;
                partitions += key.contains("/rows/") && !key.contains("/000000-") ? 1 : 0;
            }
        }
        assertThat(partitions).isGreaterThan(100);
        assertThat(windows).isGreaterThan(100);
    }

    private static void check(JoinBench bench, Job job, RandomJoin tables, List<JsonNode> expected, String what) {
        assertThat(job.state()).as("%s: %s", what, job.failure()).isEqualTo(JobState.FORWARDING);
        List<JsonNode> records = json(bench.delivered("root"));
        assertThat(records).as(what).containsExactlyInAnyOrderElementsOf(expected);
        Map<String, List<String>> byPartition = new java.util.TreeMap<>();
        bench.delivered()
                .getOrDefault("root", Map.of())
                .forEach((key, lines) -> byPartition
                        .computeIfAbsent(key.substring(0, key.lastIndexOf('-')), partition -> new ArrayList<>())
                        .addAll(lines));
        byPartition.forEach((partition, lines) -> {
            List<JsonNode> own = json(lines);
            List<JsonNode> inOrder = expected.stream().filter(own::contains).toList();
            assertThat(own).as(what).isEqualTo(inOrder);
        });
        tables.files.keySet().stream().filter(table -> !table.equals("root")).forEach(table -> {
            assertThat(json(bench.delivered(table)))
                    .as("%s, %s", what, table)
                    .containsExactlyInAnyOrderElementsOf(json(tables.alone.getOrDefault(table, List.of())));
        });
        tables.counts.forEach((name, count) -> assertThat(job.counts()).as(what).containsEntry(name, count));
    }
}
