package io.intake.processors.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Tables that are sorted already are joined where they stand, cut by keys that were seen in some of their rows. A row on the wrong
 * side of a cut is in no record, or in two.
 */
class SortedTablesTest {
    /** As if no table were ever sorted. */
    private static final JoinLimits SCATTERED = new JoinLimits(0, 600, 2_500, 100_000, 300, 2, 5, 0);

    private static Map<String, List<String>> unordered(JoinBench bench) {
        Map<String, List<String>> lines = new TreeMap<>();
        bench.delivered()
                .keySet()
                .forEach(table -> lines.put(
                        table, bench.delivered(table).stream().sorted().toList()));
        return lines;
    }

    private static boolean sorted(JoinBench bench) {
        return bench.written().keySet().stream().noneMatch(key -> key.contains("/chunks/"));
    }

    @Test
    void sortedAndNearlySortedTablesGiveWhatScatteringThemGives() {
        int merged = 0;
        int scattered = 0;
        for (long seed = 1; seed <= 240; seed++) {
            boolean disturb = seed % 2 == 0;
            SortedJoin tables = new SortedJoin(seed, 1 + (int) (seed % 60), disturb);
            JoinBench ours = new JoinBench(JoinBench.TINY, tables.join, tables.files);
            JoinBench other = new JoinBench(SCATTERED, tables.join, tables.files);
            Job job = ours.run(new Random(seed));
            Job expected = other.run(new Random(seed));
            String what = "seed " + seed + ", disturbed " + tables.disturbed;

            assertThat(job.state()).as(what).isEqualTo(expected.state());
            assertThat(job.counts()).as(what).isEqualTo(expected.counts());
            Failure failure = expected.failure();
            if (failure != null) {
                assertThat(job.failure()).as(what).isEqualTo(failure);
                continue;
            }
            assertThat(unordered(ours)).as(what).isEqualTo(unordered(other));
            assertThat(rejects(ours)).as(what).isEqualTo(rejects(other));
            if (!tables.disturbed) {
                assertThat(sorted(ours)).as(what).isTrue();
                merged++;
            } else if (!sorted(ours)) {
                scattered++;
            }
        }
        assertThat(merged).isGreaterThan(60);
        assertThat(scattered).isGreaterThan(30);
    }

    private static List<String> rejects(JoinBench bench) {
        return bench.written().entrySet().stream()
                .filter(each -> each.getKey().contains("rejects"))
                .flatMap(each -> each.getValue().lines())
                .sorted()
                .toList();
    }

    @Test
    void recordsOfSortedTablesComeInTheOrderOfTheirFile() {
        for (long seed = 1; seed <= 20; seed++) {
            SortedJoin tables = new SortedJoin(seed, 50, false);
            JoinBench small = new JoinBench(JoinLimits.DEFAULT, tables.join, tables.files);
            JoinBench large = new JoinBench(JoinBench.TINY, tables.join, tables.files);
            if (small.run(new Random(seed)).state() == JobState.FORWARDING) {
                large.run(new Random(seed));
                assertThat(large.delivered("patients")).as("seed %d", seed).isEqualTo(small.delivered("patients"));
            }
        }
    }

    @Test
    void numbersAreInOrderThoughTheirBytesAreNot() {
        StringBuilder patients = new StringBuilder("MRN,NAME\n");
        StringBuilder visits = new StringBuilder("ID,PATIENT\n");
        for (int i = 0; i < 200; i++) {
            patients.append(i).append(",a\n");
            visits.append(i).append(',').append(i).append('\n');
        }
        SortedJoin tree = new SortedJoin(1, 1, false);
        Map<String, String> files =
                Map.of("patients", patients.toString(), "visits", visits.toString(), "results", "", "notes", "");
        JoinBench bench = new JoinBench(JoinBench.TINY, tree.join, new TreeMap<>(files));

        assertThat(bench.run(new Random(1)).counts()).containsEntry("visits.nested", 200L);
        assertThat(sorted(bench)).isTrue();
        assertThat(bench.delivered().getOrDefault("patients", Map.of()).size()).isGreaterThan(5);
    }
}
