package io.intake.processors.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.NaturalNaming;
import io.intake.bucket.Stage;
import io.intake.config.ArchiveLimits;
import io.intake.config.Configuration;
import io.intake.config.Engine;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.config.HttpTarget;
import io.intake.processors.HttpScript;
import io.intake.processors.HttpScript.Answer;
import io.intake.processors.Json;
import io.intake.processors.Records;
import io.intake.processors.Secrets;
import io.intake.processors.TestClock;
import io.intake.processors.engine.EngineGate;
import io.intake.processors.engine.Wakeups;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobStore;
import io.intake.processors.join.Deliveries;
import io.intake.processors.machine.Settlement;
import io.intake.processors.order.Turns;
import io.intake.processors.page.Outbox;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.quality.RejectsWork;
import io.intake.processors.receipt.Receipts;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.Task;
import io.intake.processors.task.TaskStore;
import io.intake.processors.task.TimeBudget;
import io.intake.store.ConditionalWrites;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A job that is to be delivered, and an engine. */
final class ForwardWorld implements AutoCloseable {
    static final TimeBudget PLENTY = () -> Duration.ofMinutes(10);
    static final Task TASK = new Task(Stage.FORWARD, "20260304-aa", 1, 1);

    final TestClock clock = new TestClock();
    final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    private final AtomicInteger ids = new AtomicInteger();
    final List<Duration> pauses = new ArrayList<>();
    final HttpScript engine = new HttpScript(Answer.of(200));

    final Records records =
            new Records(bucket, new ConditionalWrites(bucket, () -> "w" + ids.incrementAndGet(), pause -> {}));

    private final Engines client = new Engines(
            new Secrets(name -> null, name -> name.equals("engine/token") ? "Bearer t0k" : null, clock), clock);

    ObjectStore store = bucket;

    /** Instead of the engine by HTTP. */
    @Nullable
    EngineClient use;

    Job job(int batch, List<String> tables) {
        Feed feed = new Feed("daily", ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "lab", batch, Set.of());
        List<Plan.TablePlan> plans = new ArrayList<>();
        for (String lines : tables) {
            int number = plans.size();
            plans.add(
                    new Plan.TablePlan(number, "table \"" + number + "\"", List.of(number), Format.DEFAULT, List.of()));
            bucket.put(PutRequest.of(
                    BucketLayout.stitched(TASK.job(), number),
                    Content.of(lines.getBytes(StandardCharsets.UTF_8)),
                    "application/x-ndjson"));
        }
        new PlanStore(records).create(TASK.job(), new Plan(List.of(), 0, List.of(), plans, List.of()));
        Input input = new Input("inbound/p/x.zip", null, "e", 1, null, clock.instant());
        return Job.open(TASK.job(), "p", input, feed, clock.instant());
    }

    ForwardWork work() {
        Engine lab = new Engine("lab", new HttpTarget(engine.uri("/in"), "secret:engine/token"), Duration.ofSeconds(5));
        return work(new Configuration(List.of(), Map.of("lab", lab), null));
    }

    ForwardWork work(Configuration configuration) {
        Records records =
                new Records(store, new ConditionalWrites(store, () -> "w" + ids.incrementAndGet(), pause -> {}));
        JobStore jobs = new JobStore(records);
        TaskStore tasks = new TaskStore(store, records);
        Wakeups wakeups = new Wakeups(records, tasks, clock);
        NaturalNaming naming = new NaturalNaming();
        Outbox outbox = new Outbox(records);
        return new ForwardWork(new ForwardWork.Parts(
                store,
                new PlanStore(records),
                new Deliveries(records),
                new DeliveryLog(store, records),
                use == null ? client : use,
                new EngineGate(
                        store,
                        records,
                        outbox,
                        wakeups,
                        clock,
                        () -> "run-" + ids.incrementAndGet(),
                        new Random(2),
                        pauses::add),
                new Turns(store, records, jobs, wakeups, job -> false, clock),
                wakeups,
                RejectsWork.ofEngine(store, naming),
                new Settlement(store, jobs, new Receipts(store, naming), outbox),
                () -> configuration,
                RetryPolicy.DEFAULT,
                clock,
                new Random(1),
                pauses::add));
    }

    StepOutcome<ForwardCursor> runToEnd(Job job) {
        ForwardCursor cursor = ForwardCursor.START;
        while (true) {
            StepOutcome<ForwardCursor> outcome = work().step(job, TASK, cursor, PLENTY);
            if (outcome instanceof Advanced<ForwardCursor>(ForwardCursor next, boolean progress)) {
                assertThat(progress).isTrue();
                cursor = next;
            } else {
                return outcome;
            }
        }
    }

    static Job counted(Job job, long rows) {
        return job.withCount("rows", rows);
    }

    static String lines(int from, int to) {
        StringBuilder lines = new StringBuilder();
        for (int i = from; i < to; i++) {
            lines.append("{\"a\":\"").append(i).append("\"}\n");
        }
        return lines.toString();
    }

    /** An engine that refuses bodies with a value, and drops what it has by its key. */
    static final class Picky implements EngineClient {
        private final Set<String> bad;
        final Map<String, String> keys = new HashMap<>();
        final List<String> taken = new ArrayList<>();
        int sends;

        Picky(Set<String> bad) {
            this.bad = bad;
        }

        @Override
        public EngineAnswer send(Engine engine, Job job, Batch batch) {
            sends++;
            String body = new String(batch.bytes(), StandardCharsets.UTF_8);
            if (bad.stream().anyMatch(body::contains)) {
                return new EngineAnswer.Refused("HTTP_422");
            }
            String before = keys.putIfAbsent(batch.key(job), body);
            assertThat(before).isIn(null, body);
            if (before == null) {
                body.lines().forEach(taken::add);
            }
            return new EngineAnswer.Taken("log-" + sends);
        }
    }

    /** The process is gone. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** Each step's cursor is saved; a killed step is done again from the one before. */
    StepOutcome<ForwardCursor> runWithKills(Job job) {
        ForwardCursor cursor = ForwardCursor.START;
        while (true) {
            try {
                StepOutcome<ForwardCursor> outcome = work().step(job, TASK, cursor, PLENTY);
                if (!(outcome instanceof Advanced<ForwardCursor>(ForwardCursor next, boolean ignored))) {
                    return outcome;
                }
                cursor = Json.mapper().convertValue(Json.mapper().valueToTree(next), ForwardCursor.class);
            } catch (Killed killed) {
                // the step is lost
            }
        }
    }

    @Override
    public void close() {
        client.close();
        engine.close();
    }
}
