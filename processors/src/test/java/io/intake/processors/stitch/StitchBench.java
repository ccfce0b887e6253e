package io.intake.processors.stitch;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.config.ArchiveLimits;
import io.intake.config.ColumnRules;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.config.Table.Column;
import io.intake.processors.Json;
import io.intake.processors.Records;
import io.intake.processors.TestClock;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.Plan.TablePlan;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.processors.task.Task;
import io.intake.processors.task.TimeBudget;
import io.intake.store.ConditionalWrites;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** A bucket with a job that is ready to be stitched, in parts of some hundred bytes. */
final class StitchBench {
    static final String JOB = "20260304-aa";
    static final int PART = 400;
    static final TimeBudget PLENTY = () -> Duration.ofMinutes(10);

    final InMemoryObjectStore bucket;
    /** How large a table must be for its files to be joined as they stand, in bytes. */
    long spliced = Long.MAX_VALUE;

    final Job job;
    private final Task task = new Task(Stage.STITCH, JOB, 1, 0);
    private final List<TablePlan> tables = new ArrayList<>();
    private int entries;

    StitchBench() {
        this(PART);
    }

    /** @param minPart the store's smallest part, in bytes */
    StitchBench(int minPart) {
        this.bucket = new InMemoryObjectStore(new TestClock(), minPart);
        Feed feed = new Feed("f", ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "e", 10, Set.of());
        Instant now = new TestClock().instant();
        this.job = Job.open(JOB, "p", new Input("inbound/p/x", null, "e", 1, null, now), feed, now);
    }

    /** Adds a table made of some files. */
    StitchBench table(Format format, List<byte[]> files) {
        return table(format, files, List.of(), ColumnRules.DEFAULT);
    }

    StitchBench table(Format format, List<byte[]> files, List<Column> columns, ColumnRules rules) {
        List<Integer> numbers = new ArrayList<>();
        for (byte[] file : files) {
            put(BucketLayout.entry(JOB, entries), file);
            numbers.add(entries++);
        }
        tables.add(new TablePlan(tables.size(), "t" + tables.size(), numbers, format, columns, rules));
        plan(tables);
        return this;
    }

    StitchBench table(String... files) {
        List<byte[]> bytes = new ArrayList<>();
        for (String file : files) {
            bytes.add(file.getBytes(StandardCharsets.UTF_8));
        }
        return table(Format.DEFAULT, bytes);
    }

    private void plan(List<TablePlan> all) {
        Plan plan = new Plan(List.of(), 0, List.of(), all, List.of(new Plan.Run(0, all.size())));
        put(BucketLayout.plan(JOB), Json.bytes(plan));
    }

    void put(String key, byte[] bytes) {
        bucket.put(new PutRequest(key, Content.of(bytes), "x/y", Map.of(), Precondition.ALWAYS));
    }

    /** A new invocation's stage, which remembers nothing. */
    StitchWork work(ObjectStore store) {
        return work(store, PART);
    }

    StitchWork work(ObjectStore store, int partBytes) {
        ConditionalWrites writes = new ConditionalWrites(store, () -> "w", pause -> {});
        return new StitchWork(
                store, new PlanStore(new Records(store, writes)), partBytes, Rows.MAX_RECORD, spliced, PART);
    }

    StitchWork work() {
        return work(bucket);
    }

    /** One step, from a cursor that went through JSON. */
    StepOutcome<StitchCursor> step(StitchWork work, StitchCursor cursor) {
        return work.step(job, task, Json.read(Json.bytes(cursor), StitchCursor.class), PLENTY);
    }

    StepOutcome<StitchCursor> step(StitchWork work, StitchCursor cursor, TimeBudget budget) {
        return work.step(job, task, Json.read(Json.bytes(cursor), StitchCursor.class), budget);
    }

    /** Steps until the end. */
    JsonNode finish(StitchWork work, StitchCursor from) {
        StitchCursor cursor = from;
        while (true) {
            switch (step(work, cursor)) {
                case Advanced<StitchCursor>(StitchCursor next, boolean ignored) -> cursor = next;
                case Finished<StitchCursor>(JsonNode result) -> {
                    return result;
                }
                case StepOutcome<StitchCursor> other -> throw new AssertionError(other.toString());
            }
        }
    }

    /** The stitched objects by key, as text. */
    Map<String, String> stitched() {
        Map<String, String> found = new TreeMap<>();
        bucket.snapshot().forEach((key, bytes) -> {
            if (key.contains("/stitched/")) {
                found.put(key, new String(bytes, StandardCharsets.UTF_8));
            }
        });
        return found;
    }

    List<Map<String, String>> rows(int table) {
        return Rows.parse(
                Objects.requireNonNull(bucket.snapshot().get(BucketLayout.stitched(JOB, table)), "no such object"));
    }
}
