package io.intake.processors.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.config.ArchiveLimits;
import io.intake.config.ColumnRules;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.config.Quality;
import io.intake.config.Quality.BadRows;
import io.intake.config.Quality.Empty;
import io.intake.processors.Json;
import io.intake.processors.Records;
import io.intake.processors.TestClock;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.RefusedException;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.Plan.TablePlan;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.stitch.StitchCursor;
import io.intake.processors.task.StageWork;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.processors.task.Task;
import io.intake.processors.task.TimeBudget;
import io.intake.store.ConditionalWrites;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Two rows with one key are two truths about one patient; refusing a file that has none is a day without results. */
class KeyedTablesTest {
    private static final String JOB = "20260304-aa";
    private static final Task TASK = new Task(Stage.STITCH, JOB, 1, 1);

    private final TestClock clock = new TestClock();
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    private final PlanStore plans =
            new PlanStore(new Records(bucket, new ConditionalWrites(bucket, () -> "w", pause -> {})));

    /** Has made the tables already. */
    private record Made(JsonNode result) implements StageWork<StitchCursor> {
        @Override
        public Class<StitchCursor> cursorType() {
            return StitchCursor.class;
        }

        @Override
        public StitchCursor begin(Job job, Task task) {
            return new StitchCursor(List.of(), null, null);
        }

        @Override
        public StepOutcome<StitchCursor> step(Job job, Task task, StitchCursor cursor, TimeBudget budget) {
            return new Finished<>(result);
        }
    }

    private void put(String key, byte[] bytes) {
        bucket.put(PutRequest.of(key, Content.of(bytes), "x/y"));
    }

    private Job job() {
        Feed feed = new Feed("f", ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "e", 10, Set.of());
        return Job.open(JOB, "p", new Input("inbound/p/x", null, "e", 1, null, clock.instant()), feed, clock.instant());
    }

    /** Checks a table of these lines, each step from a cursor that went through JSON; how many steps it took. */
    private int check(List<String> lines, long chunkBytes, long partitionRows) throws Exception {
        byte[] table = String.join("", lines).getBytes(StandardCharsets.UTF_8);
        put(BucketLayout.stitched(JOB, 0), table);
        Quality quality = new Quality(BadRows.REFUSE, Empty.OK, List.of("A", "B"));
        List<TablePlan> tables =
                List.of(new TablePlan(0, "t", List.of(), Format.DEFAULT, List.of(), ColumnRules.DEFAULT, quality));
        put(BucketLayout.plan(JOB), Json.bytes(new Plan(List.of(), 0, List.of(), tables, List.of())));
        JsonNode result = Json.mapper()
                .readTree("{\"tables\":[{\"number\":0,\"rows\":%d,\"bytes\":%d}],\"rows\":0}"
                        .formatted(lines.size(), table.length));
        KeyedTables work =
                new KeyedTables(bucket, plans, new Made(result), new KeyedTables.Limits(chunkBytes, partitionRows));
        KeyedTables.Cursor cursor = work.begin(job(), TASK);
        for (int steps = 1; ; steps++) {
            KeyedTables.Cursor saved = Json.read(Json.bytes(cursor), KeyedTables.Cursor.class);
            switch (work.step(job(), TASK, saved, () -> Duration.ofMinutes(1))) {
                case Advanced<KeyedTables.Cursor>(KeyedTables.Cursor next, boolean progress) -> {
                    assertThat(progress).isTrue();
                    cursor = next;
                }
                case Finished<KeyedTables.Cursor>(JsonNode finished) -> {
                    assertThat(finished).isEqualTo(result);
                    return steps;
                }
                case StepOutcome<KeyedTables.Cursor> other -> throw new AssertionError(other.toString());
            }
        }
    }

    private static String line(String a, String b, int width) {
        return "{\"x\":\"%s\",\"A\":\"%s\",\"B\":\"%s\"}\n".formatted("-".repeat(width), a, b);
    }

    @Test
    void aFileIsRefusedIfAndOnlyIfTwoRowsShareAKeyHoweverFarApartTheyAre() throws Exception {
        int refusals = 0;
        for (long seed = 1; seed <= 400; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            KeyedTablesTest each = new KeyedTablesTest();
            Set<String> keys = new HashSet<>();
            List<String> lines = new java.util.ArrayList<>();
            boolean shared = false;
            int rows = random.nextInt(120);
            int values = 1 + random.nextInt(4_000);
            for (int i = 0; i < rows; i++) {
                String a = random.nextInt(9) == 0 ? " " : Integer.toString(random.nextInt(values));
                String b = random.nextBoolean() ? "1" : "11";
                shared |= !a.isBlank() && !keys.add(a + "/" + b);
                lines.add(line(a, b, random.nextInt(30)));
            }
            long chunkBytes = random.nextLong(1, 3_000);
            long partitionRows = random.nextLong(1, 60);
            String seeded = "seed " + seed;
            try {
                each.check(lines, chunkBytes, partitionRows);
                assertThat(shared).as(seeded).isFalse();
            } catch (RefusedException refused) {
                assertThat(refused.failure().code()).as(seeded).isEqualTo("DUPLICATE_KEY");
                assertThat(shared).as(seeded).isTrue();
                refusals++;
            }
        }
        assertThat(refusals).isBetween(50, 350);
    }

    @Test
    void keysAreComparedColumnByColumn() throws Exception {
        check(List.of(line("1", "11", 1), line("11", "1", 1)), 1_000, 1_000);
        assertThatThrownBy(() -> new KeyedTablesTest().check(List.of(line("1", "2", 1), line("1", "2", 9)), 1, 1))
                .hasMessage(
                        "DUPLICATE_KEY: In table 1 of the file, 1 rows or more have a key that an earlier row has.");
    }

    @Test
    void whatOneStepHoldsDoesNotGrowWithTheTable() throws Exception {
        List<String> lines = new java.util.ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            lines.add(line(Integer.toString(i), "1", 5));
        }
        assertThat(check(lines, 4_000, 250)).isGreaterThan(3_000 * 30 / 4_000 + 3_000 / 250);
        long largest = bucket.snapshot().entrySet().stream()
                .filter(entry -> entry.getKey().contains("/keys/"))
                .mapToLong(entry -> entry.getValue().length)
                .max()
                .orElse(0);
        assertThat(largest).isBetween(1_000L, 4_000L);
    }

    @Test
    void aCursorOfAnEarlierVersionBeginsAgain() throws Exception {
        put(BucketLayout.plan(JOB), Json.bytes(new Plan(List.of(), 0, List.of(), List.of(), List.of())));
        KeyedTables work = new KeyedTables(
                bucket, plans, new Made(Json.mapper().readTree("{\"tables\":[]}")), KeyedTables.Limits.DEFAULT);
        KeyedTables.Cursor earlier =
                Json.read("{\"done\":[],\"open\":null}".getBytes(StandardCharsets.UTF_8), KeyedTables.Cursor.class);
        assertThat(work.step(job(), TASK, earlier, () -> Duration.ofMinutes(1)))
                .isEqualTo(new Advanced<>(work.begin(job(), TASK), false));
    }
}
