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
import io.intake.config.HttpAccess;
import io.intake.config.HttpTarget;
import io.intake.config.Limits;
import io.intake.config.RedoxTarget;
import io.intake.processors.AtCall;
import io.intake.processors.HttpScript;
import io.intake.processors.HttpScript.Answer;
import io.intake.processors.HttpScript.Received;
import io.intake.processors.Intercepted;
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
import io.intake.processors.task.Checkpoint;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.processors.task.StepOutcome.Refused;
import io.intake.processors.task.StepOutcome.Waiting;
import io.intake.processors.task.Task;
import io.intake.processors.task.TaskStore;
import io.intake.processors.task.TimeBudget;
import io.intake.store.ConditionalWrites;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A record the engine never got is a result a doctor never sees; one it gets twice without a mark may be given twice. */
class ForwardWorkTest {
    private static final TimeBudget PLENTY = () -> Duration.ofMinutes(10);
    private static final Task TASK = new Task(Stage.FORWARD, "20260304-aa", 1, 1);

    private final TestClock clock = new TestClock();
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    private final AtomicInteger ids = new AtomicInteger();
    private final List<Duration> pauses = new ArrayList<>();
    private final HttpScript engine = new HttpScript(Answer.of(200));
    private final Records records =
            new Records(bucket, new ConditionalWrites(bucket, () -> "w" + ids.incrementAndGet(), pause -> {}));
    private final Engines client = new Engines(
            new Secrets(name -> null, name -> name.equals("engine/token") ? "Bearer t0k" : null, clock), clock);

    private io.intake.store.ObjectStore store = bucket;
    /** Instead of the engine by HTTP. */
    private @org.jspecify.annotations.Nullable EngineClient use;

    @AfterEach
    void stop() {
        client.close();
        engine.close();
    }

    private Job job(int batch, List<String> tables) {
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

    private ForwardWork work() {
        Engine lab = new Engine("lab", new HttpTarget(engine.uri("/in"), "secret:engine/token"), Duration.ofSeconds(5));
        return work(new Configuration(List.of(), Map.of("lab", lab), null));
    }

    private ForwardWork work(Configuration configuration) {
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

    private StepOutcome<ForwardCursor> runToEnd(Job job) {
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

    @Test
    void sendsEveryRecordOnceInOrderWithAKeyForEachBatch() throws Exception {
        Job job = job(2, List.of("{\"a\":\"1\"}\n{\"a\":\"2\"}\n{\"a\":\"3\"}\n", "", "{\"b\":\"x\\n\"}\n"));
        StepOutcome<ForwardCursor> end = runToEnd(job);
        assertThat(end)
                .isInstanceOfSatisfying(
                        Finished.class,
                        finished ->
                                assertThat(finished.result().toString()).isEqualTo("{\"delivered\":4,\"batches\":3}"));
        List<Received> requests = engine.received();
        assertThat(requests).hasSize(3);
        assertThat(Json.mapper().readTree(requests.get(0).body()).toString())
                .isEqualTo(
                        "{\"job\":\"20260304-aa\",\"partner\":\"p\",\"feed\":\"daily\",\"table\":\"table \\\"0\\\"\","
                                + "\"batch\":1,\"records\":[{\"a\":\"1\"},{\"a\":\"2\"}]}");
        assertThat(Json.mapper()
                        .readTree(requests.get(2).body())
                        .path("records")
                        .get(0)
                        .path("b")
                        .asText())
                .isEqualTo("x\n");
        assertThat(requests.stream().map(request -> request.headers().get("idempotency-key")))
                .doesNotHaveDuplicates()
                .allMatch(key -> key.matches("[0-9a-f]{64}"));
        assertThat(requests.getFirst().headers())
                .containsEntry("authorization", "Bearer t0k")
                .containsEntry("content-type", "application/json")
                .containsEntry("intake-records", "2");
    }

    @Test
    void aBatchWhoseAnswerWasLostIsSentAgainUnderTheSameKey() {
        Job job = job(10, List.of("{\"a\":\"1\"}\n"));
        engine.then(Answer.of(0), Answer.of(503));
        runToEnd(job);
        assertThat(engine.received()).hasSize(3);
        assertThat(engine.received().stream()
                        .map(request -> request.headers().get("idempotency-key"))
                        .distinct())
                .hasSize(1);
        assertThat(pauses).hasSize(2);
    }

    @Test
    void aRedirectOrAMissingPageIsNoDelivery() {
        Job job = job(10, List.of("{\"a\":\"1\"}\n"));
        for (int status : new int[] {301, 302, 307, 401, 403, 404, 418, 501}) {
            bucket.delete(BucketLayout.engineState("lab"));
            engine.then(Answer.of(status));
            assertThat(work().step(job, TASK, ForwardCursor.START, PLENTY))
                    .as("%d", status)
                    .isInstanceOfSatisfying(
                            Waiting.class,
                            waiting -> assertThat(waiting.reason()).isEqualTo("HTTP_" + status));
        }
        assertThat(engine.received()).hasSize(8);
    }

    @Test
    void retryAfterIsObeyedWithoutASecondTry() {
        Job job = job(10, List.of("{\"a\":\"1\"}\n"));
        engine.then(new Answer(429, Map.of("Retry-After", "120"), ""));
        assertThat(work().step(job, TASK, ForwardCursor.START, PLENTY))
                .isInstanceOfSatisfying(
                        Waiting.class,
                        waiting -> assertThat(waiting.until())
                                .isEqualTo(clock.instant().plusSeconds(120)));
        assertThat(engine.received()).hasSize(1);
    }

    @Test
    void anEngineThatRefusesEveryRecordEndsTheJobWithTheBatchNamed() {
        Job job = counted(job(1, List.of("{\"a\":\"1\"}\n{\"a\":\"2\"}\n")), 2);
        engine.then(
                Answer.of(422, "{\"error\":\"MRN 12345 unknown\"}"),
                Answer.of(422, "{\"error\":\"MRN 12345 unknown\"}"));
        assertThat(runToEnd(job)).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.failure().code()).isEqualTo("ENGINE_REFUSED_RECORDS");
            assertThat(refused.failure().sentence())
                    .contains("batch 2")
                    .contains("422")
                    .doesNotContain("12345");
        });
    }

    private static Job counted(Job job, long rows) {
        return job.withCount("rows", rows);
    }

    @Test
    void anEngineThatIsDownForDaysEndsTheJob() {
        engine.close();
        Job job = job(10, List.of("{\"a\":\"1\"}\n"));
        ForwardCursor cursor = ForwardCursor.START;
        int waits = 0;
        while (work().step(job, TASK, cursor, PLENTY) instanceof Waiting<ForwardCursor> waiting) {
            assertThat(waiting.reason()).isEqualTo("OUT_OF_REACH");
            Duration delay = Duration.between(clock.instant(), waiting.until());
            assertThat(delay).isBetween(Duration.ofMinutes(15), Duration.ofMinutes(30));
            clock.advance(delay);
            cursor = waiting.cursor();
            waits++;
        }
        assertThat(waits).isBetween(140, 300);
        assertThat(work().step(job, TASK, cursor, PLENTY))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.failure().code()).isEqualTo("ENGINE_OUT_OF_REACH"));
    }

    @Test
    void anEngineThatIsNoLongerConfiguredIsWaitedFor() {
        Job job = job(10, List.of("{\"a\":\"1\"}\n"));
        ForwardWork work = work(new Configuration(List.of(), Map.of(), null));
        assertThat(work.step(job, TASK, ForwardCursor.START, PLENTY))
                .isInstanceOfSatisfying(
                        Waiting.class, waiting -> assertThat(waiting.reason()).isEqualTo("ENGINE_NOT_CONFIGURED"));
    }

    @Test
    void withLittleTimeLeftNoSecondTryIsBegun() {
        Job job = job(10, List.of("{\"a\":\"1\"}\n"));
        engine.then(Answer.of(500));
        assertThat(work().step(job, TASK, ForwardCursor.START, () -> Duration.ofSeconds(5)))
                .isInstanceOf(Waiting.class);
        assertThat(engine.received()).hasSize(1);
    }

    private static String lines(int from, int to) {
        StringBuilder lines = new StringBuilder();
        for (int i = from; i < to; i++) {
            lines.append("{\"a\":\"").append(i).append("\"}\n");
        }
        return lines.toString();
    }

    /** An engine that refuses bodies with a value, and drops what it has by its key. */
    private static final class Picky implements EngineClient {
        private final Set<String> bad;
        private final Map<String, String> keys = new java.util.HashMap<>();
        private final List<String> taken = new ArrayList<>();
        private int sends;

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

    @Test
    void aPoisonedRecordGoesBackToItsSenderAndTheRestToTheEngine() {
        Job job = counted(job(50, List.of(lines(0, 120), lines(200, 203))), 123);
        Picky picky = new Picky(Set.of("\"57\"", "\"201\""));
        use = picky;
        assertThat(runToEnd(job))
                .isInstanceOfSatisfying(
                        Finished.class,
                        finished -> assertThat(finished.result().toString())
                                .isEqualTo("{\"delivered\":121,\"batches\":4,\"refused\":2}"));
        List<String> all =
                new ArrayList<>((lines(0, 120) + lines(200, 203)).lines().toList());
        all.removeIf(line -> line.contains("\"57\"") || line.contains("\"201\""));
        assertThat(picky.taken).isEqualTo(all);
        assertThat(picky.sends).isLessThan(22);
        String refused = bucket.snapshot().entrySet().stream()
                .filter(object -> object.getKey().equals("outbound/p/rejects/x.zip.20260304-aa.refused.ndjson"))
                .map(object -> new String(object.getValue(), StandardCharsets.UTF_8))
                .findFirst()
                .orElseThrow();
        assertThat(refused.lines())
                .containsExactly(
                        "{\"table\":\"table \\\"0\\\"\",\"record\":58,\"problems\":[{\"code\":\"HTTP_422\"}],\"values\":{\"a\":\"57\"}}",
                        "{\"table\":\"table \\\"1\\\"\",\"record\":2,\"problems\":[{\"code\":\"HTTP_422\"}],\"values\":{\"a\":\"201\"}}");
    }

    @Test
    void whereEachRecordIsARequestEachIsSentAndCountedByItself() {
        Job job = counted(job(50, List.of(lines(0, 7))), 7);
        Picky picky = new Picky(Set.of("\"3\""));
        use = picky;
        HttpAccess access = new HttpAccess(null, null, null, Map.of());
        RedoxTarget redox =
                new RedoxTarget(engine.uri(""), engine.uri("/upload"), access, null, null, null, List.of("d"), false);
        Engine lab = new Engine(
                "lab",
                redox,
                Duration.ofSeconds(5),
                new Limits(new Limits.Rate(1_000, Duration.ofMinutes(5)), 0),
                Engine.PAGE_AFTER);
        ForwardWork work = work(new Configuration(List.of(), Map.of("lab", lab), null));
        ForwardCursor cursor = ForwardCursor.START;
        StepOutcome<ForwardCursor> outcome = work.step(job, TASK, cursor, PLENTY);
        while (outcome instanceof Advanced<ForwardCursor>(ForwardCursor next, boolean ignored)) {
            outcome = work.step(job, TASK, next, PLENTY);
        }
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Finished.class,
                        finished -> assertThat(
                                        finished.result().path("delivered").asInt())
                                .isEqualTo(6));
        assertThat(picky.sends).isEqualTo(7);
        assertThat(picky.keys.values()).allMatch(body -> body.lines().count() == 1);
    }

    @Test
    void equalRecordsInTheTwoHalvesOfABatchAreNotTakenForOne() {
        Job job = counted(job(4, List.of("{\"a\":\"1\"}\n{\"a\":\"2\"}\n{\"a\":\"1\"}\n{\"a\":\"9\"}\n")), 4);
        Picky picky = new Picky(Set.of("\"2\"", "\"9\""));
        use = picky;
        runToEnd(job);
        assertThat(picky.taken).containsExactly("{\"a\":\"1\"}", "{\"a\":\"1\"}");
    }

    @Test
    void anEngineThatRefusesMoreThanTheFeedAllowsEndsTheJob() {
        Job all = counted(job(100, List.of(lines(0, 2_000))), 2_000);
        use = new Picky(Set.of("{"));
        assertThat(runToEnd(all))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.failure().code()).isEqualTo("ENGINE_REFUSED_RECORDS"));
    }

    @Test
    void killedAroundAnyCallOfTheStoreEachRecordIsTakenOrGivenBackOnce() {
        String all = lines(0, 23);
        for (int call = 1; ; call++) {
            for (boolean after : new boolean[] {false, true}) {
                ForwardWorkTest world = new ForwardWorkTest();
                AtCall around = new AtCall(call, after, () -> {
                    throw new Killed();
                });
                Picky picky = new Picky(Set.of("\"4\"", "\"17\""));
                world.use = picky;
                Job job = counted(world.job(8, List.of(all)), 23);
                world.store = Intercepted.store(world.bucket, around);
                StepOutcome<ForwardCursor> end = world.runWithKills(job);
                String when = "killed at " + call;
                assertThat(end).as(when).isInstanceOf(Finished.class);
                List<String> good = new ArrayList<>(all.lines().toList());
                good.removeIf(line -> line.contains("\"4\"") || line.contains("\"17\""));
                assertThat(picky.taken).as(when).isEqualTo(good);
                assertThat(world.bucket.snapshot().entrySet().stream()
                                .filter(object -> object.getKey().endsWith(".refused.ndjson"))
                                .flatMap(object -> new String(object.getValue(), StandardCharsets.UTF_8).lines()))
                        .as(when)
                        .hasSize(2);
                world.stop();
                if (!around.reached()) {
                    return;
                }
            }
        }
    }

    /** The process is gone. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** Each step's cursor is saved; a killed step is done again from the one before. */
    private StepOutcome<ForwardCursor> runWithKills(Job job) {
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

    @Test
    void theDeliveryLogIsWholeInCheckpointAndObjectsTogether() {
        Job job = counted(job(1, List.of(lines(0, 70))), 70);
        use = new Picky(Set.of());
        ForwardCursor cursor = ForwardCursor.START;
        int puts = bucket.snapshot().size();
        while (work().step(job, TASK, cursor, PLENTY)
                instanceof Advanced<ForwardCursor>(ForwardCursor next, boolean ignored)) {
            cursor = next;
        }
        assertThat(bucket.snapshot().size() - puts).as("objects of the log").isEqualTo(2);
        Checkpoint first = Checkpoint.first(
                "o", clock.instant(), Duration.ofMinutes(1), Json.mapper().valueToTree(cursor));
        records.create(BucketLayout.checkpoint(Stage.FORWARD, TASK.job(), 1), first);
        List<Acknowledged> log = new DeliveryLog(bucket, records).read(TASK.job());
        assertThat(log).hasSize(70);
        for (int i = 0; i < 70; i++) {
            Acknowledged each = log.get(i);
            assertThat(each.number()).isEqualTo(i + 1);
            assertThat(each.first()).isEqualTo(i);
            assertThat(each.reference()).isEqualTo("log-" + (i + 1));
            assertThat(each.attempts()).isEqualTo(1);
        }
    }
}
