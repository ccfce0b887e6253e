package io.intake.processors.quality;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.NaturalNaming;
import io.intake.bucket.Stage;
import io.intake.config.ArchiveLimits;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.processors.AtCall;
import io.intake.processors.Intercepted;
import io.intake.processors.Json;
import io.intake.processors.TestClock;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.processors.task.Task;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.PermanentStoreException;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A list of rejected rows that lacks one is a patient whose result nobody corrects. */
class RejectsWorkTest {
    private static final String JOB = "20260304-aa";
    private static final int PART = 100;
    private static final Task TASK = new Task(Stage.STITCH, JOB, 0, 1);
    private static final String FILE = "outbound/p/rejects/daily/x.zip." + JOB + ".ndjson";

    private final TestClock clock = new TestClock();
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(clock, PART);
    private final StringBuilder expected = new StringBuilder();

    /** The process is gone. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private Job job() {
        Feed feed = new Feed("f", ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "e", 10, Set.of());
        Input input = new Input("inbound/p/daily/x.zip", null, "e", 1, null, clock.instant());
        return Job.open(JOB, "p", input, feed, clock.instant());
    }

    private void put(String key, String lines) {
        bucket.put(PutRequest.of(key, Content.of(lines.getBytes(StandardCharsets.UTF_8)), "x/y"));
        expected.append(lines);
    }

    private long rejects(long seed, int objects) {
        SplittableRandom random = new SplittableRandom(seed);
        long rows = 0;
        for (int i = 0; i < objects; i++) {
            StringBuilder lines = new StringBuilder();
            for (int line = random.nextInt(1, 9); line > 0; line--) {
                lines.append("{\"row\":").append(random.nextInt()).append("}\n");
                rows++;
            }
            String key = i < objects / 2
                    ? BucketLayout.rejects(JOB, i / 3, i % 3)
                    : BucketLayout.rejectsOfJoin(JOB, 1, i, 0);
            put(key, lines.toString());
        }
        return rows;
    }

    /** Steps from a cursor until the end, or the kill; the cursor then. */
    private RejectsWork.Cursor run(ObjectStore store, RejectsWork.Cursor from, long[] result) {
        RejectsWork work = new RejectsWork(store, new NaturalNaming(), PART);
        RejectsWork.Cursor cursor = from;
        try {
            while (true) {
                RejectsWork.Cursor saved = Json.read(Json.bytes(cursor), RejectsWork.Cursor.class);
                switch (work.step(job(), TASK, saved, () -> Duration.ofMinutes(1))) {
                    case Advanced<RejectsWork.Cursor>(RejectsWork.Cursor next, boolean ignored) -> cursor = next;
                    case Finished<RejectsWork.Cursor>(JsonNode finished) -> {
                        result[0] = finished.path("rejects").longValue();
                        return cursor;
                    }
                    case StepOutcome<RejectsWork.Cursor> other -> throw new AssertionError(other.toString());
                }
            }
        } catch (Killed killed) {
            return cursor;
        }
    }

    private String file() {
        byte[] bytes = bucket.snapshot().get(FILE);
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void allRowsComeTogetherInTheOrderOfTheirTables() {
        for (long seed = 1; seed <= 60; seed++) {
            RejectsWorkTest each = new RejectsWorkTest();
            long rows = each.rejects(seed, (int) (seed % 14));
            long[] result = {-1};
            each.run(each.bucket, RejectsWork.Cursor.START, result);
            assertThat(result[0]).as("seed %d", seed).isEqualTo(rows);
            assertThat(each.file()).as("seed %d", seed).isEqualTo(each.expected.toString());
            each.bucket.assertNoOpenUploads();
        }
    }

    @Test
    void aKillBeforeOrAfterAnyStoreCallLosesAndDoublesNoRow() {
        for (int call = 1; call < 60; call++) {
            for (boolean after : new boolean[] {false, true}) {
                RejectsWorkTest each = new RejectsWorkTest();
                long rows = each.rejects(7, 11);
                AtCall kill = new AtCall(call, after, () -> {
                    throw new Killed();
                });
                long[] result = {-1};
                RejectsWork.Cursor left =
                        each.run(Intercepted.store(each.bucket, kill), RejectsWork.Cursor.START, result);
                each.run(each.bucket, left, result);
                String when = "kill %s call %d".formatted(after ? "after" : "before", call);
                assertThat(result[0]).as(when).isEqualTo(rows);
                assertThat(each.file()).as(when).isEqualTo(each.expected.toString());
            }
        }
    }

    /** The function's role need not allow it: the bucket's rules end uploads as well. */
    @Test
    void anUploadThatCannotBeEndedLosesNoFileThatIsThere() {
        long rows = rejects(7, 11);
        byte[] lines = expected.toString().getBytes(StandardCharsets.UTF_8);
        ObjectStore raced = Intercepted.store(bucket, new Intercepted.Around() {
            @Override
            public void before(String operation, Object[] arguments) {
                if (operation.equals("completeUpload")) {
                    bucket.put(new PutRequest(FILE, Content.of(lines), "x/y", Map.of("job", JOB), Precondition.ALWAYS));
                } else if (operation.equals("abortUpload")) {
                    throw new PermanentStoreException(operation, FILE, "denied", null);
                }
            }
        });
        long[] result = {-1};

        run(raced, RejectsWork.Cursor.START, result);

        assertThat(result[0]).isEqualTo(rows);
        assertThat(file()).isEqualTo(expected.toString());
    }

    @Test
    void whereNothingWasRejectedThereIsNoFile() {
        long[] result = {-1};
        run(bucket, RejectsWork.Cursor.START, result);
        assertThat(result[0]).isZero();
        assertThat(bucket.snapshot()).isEmpty();
    }
}
