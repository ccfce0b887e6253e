package io.intake.processors.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.config.Configuration;
import io.intake.config.Engine;
import io.intake.config.HttpAccess;
import io.intake.config.Limits;
import io.intake.config.RedoxTarget;
import io.intake.processors.HttpScript.Answer;
import io.intake.processors.HttpScript.Received;
import io.intake.processors.Json;
import io.intake.processors.job.Job;
import io.intake.processors.task.Checkpoint;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.processors.task.StepOutcome.Refused;
import io.intake.processors.task.StepOutcome.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A record the engine never got is a result a doctor never sees; one it gets twice without a mark may be given twice. */
class ForwardWorkTest {
    private final ForwardWorld world = new ForwardWorld();

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void sendsEveryRecordOnceInOrderWithAKeyForEachBatch() throws Exception {
        Job job = world.job(2, List.of("{\"a\":\"1\"}\n{\"a\":\"2\"}\n{\"a\":\"3\"}\n", "", "{\"b\":\"x\\n\"}\n"));
        StepOutcome<ForwardCursor> end = world.runToEnd(job);
        assertThat(end)
                .isInstanceOfSatisfying(
                        Finished.class,
                        finished ->
                                assertThat(finished.result().toString()).isEqualTo("{\"delivered\":4,\"batches\":3}"));
        List<Received> requests = world.engine.received();
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
        Job job = world.job(10, List.of("{\"a\":\"1\"}\n"));
        world.engine.then(Answer.of(0), Answer.of(503));
        world.runToEnd(job);
        assertThat(world.engine.received()).hasSize(3);
        assertThat(world.engine.received().stream()
                        .map(request -> request.headers().get("idempotency-key"))
                        .distinct())
                .hasSize(1);
        assertThat(world.pauses).hasSize(2);
    }

    @Test
    void aRedirectOrAMissingPageIsNoDelivery() {
        Job job = world.job(10, List.of("{\"a\":\"1\"}\n"));
        for (int status : new int[] {301, 302, 307, 401, 403, 404, 418, 501}) {
            world.bucket.delete(BucketLayout.engineState("lab"));
            world.engine.then(Answer.of(status));
            assertThat(world.work().step(job, ForwardWorld.TASK, ForwardCursor.START, ForwardWorld.PLENTY))
                    .as("%d", status)
                    .isInstanceOfSatisfying(
                            Waiting.class,
                            waiting -> assertThat(waiting.reason()).isEqualTo("HTTP_" + status));
        }
        assertThat(world.engine.received()).hasSize(8);
    }

    @Test
    void retryAfterIsObeyedWithoutASecondTry() {
        Job job = world.job(10, List.of("{\"a\":\"1\"}\n"));
        world.engine.then(new Answer(429, Map.of("Retry-After", "120"), ""));
        assertThat(world.work().step(job, ForwardWorld.TASK, ForwardCursor.START, ForwardWorld.PLENTY))
                .isInstanceOfSatisfying(
                        Waiting.class,
                        waiting -> assertThat(waiting.until())
                                .isEqualTo(world.clock.instant().plusSeconds(120)));
        assertThat(world.engine.received()).hasSize(1);
    }

    @Test
    void anEngineThatIsDownForDaysEndsTheJob() {
        world.engine.close();
        Job job = world.job(10, List.of("{\"a\":\"1\"}\n"));
        ForwardCursor cursor = ForwardCursor.START;
        int waits = 0;
        while (world.work().step(job, ForwardWorld.TASK, cursor, ForwardWorld.PLENTY)
                instanceof Waiting<ForwardCursor> waiting) {
            assertThat(waiting.reason()).isEqualTo("CONNECTION_REFUSED");
            Duration delay = Duration.between(world.clock.instant(), waiting.until());
            assertThat(delay).isBetween(Duration.ofMinutes(15), Duration.ofMinutes(30));
            world.clock.advance(delay);
            cursor = waiting.cursor();
            waits++;
        }
        assertThat(waits).isBetween(140, 300);
        assertThat(world.work().step(job, ForwardWorld.TASK, cursor, ForwardWorld.PLENTY))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.failure().code()).isEqualTo("ENGINE_OUT_OF_REACH"));
    }

    @Test
    void anEngineThatIsNoLongerConfiguredIsWaitedFor() {
        Job job = world.job(10, List.of("{\"a\":\"1\"}\n"));
        ForwardWork work = world.work(new Configuration(List.of(), Map.of(), null));
        assertThat(work.step(job, ForwardWorld.TASK, ForwardCursor.START, ForwardWorld.PLENTY))
                .isInstanceOfSatisfying(
                        Waiting.class, waiting -> assertThat(waiting.reason()).isEqualTo("ENGINE_NOT_CONFIGURED"));
    }

    @Test
    void withLittleTimeLeftNoSecondTryIsBegun() {
        Job job = world.job(10, List.of("{\"a\":\"1\"}\n"));
        world.engine.then(Answer.of(500));
        assertThat(world.work().step(job, ForwardWorld.TASK, ForwardCursor.START, () -> Duration.ofSeconds(5)))
                .isInstanceOf(Waiting.class);
        assertThat(world.engine.received()).hasSize(1);
    }

    @Test
    void whereEachRecordIsARequestEachIsSentAndCountedByItself() {
        Job job = ForwardWorld.counted(world.job(50, List.of(ForwardWorld.lines(0, 7))), 7);
        ForwardWorld.Picky picky = new ForwardWorld.Picky(Set.of("\"3\""));
        world.use = picky;
        HttpAccess access = new HttpAccess(null, null, null, Map.of());
        RedoxTarget redox = new RedoxTarget(
                world.engine.uri(""), world.engine.uri("/upload"), access, null, null, null, List.of("d"), false);
        Engine lab = new Engine(
                "lab",
                redox,
                Duration.ofSeconds(5),
                new Limits(new Limits.Rate(1_000, Duration.ofMinutes(5)), 0),
                Engine.PAGE_AFTER);
        ForwardWork work = world.work(new Configuration(List.of(), Map.of("lab", lab), null));
        ForwardCursor cursor = ForwardCursor.START;
        StepOutcome<ForwardCursor> outcome = work.step(job, ForwardWorld.TASK, cursor, ForwardWorld.PLENTY);
        while (outcome instanceof Advanced<ForwardCursor>(ForwardCursor next, boolean ignored)) {
            outcome = work.step(job, ForwardWorld.TASK, next, ForwardWorld.PLENTY);
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
    void theDeliveryLogIsWholeInCheckpointAndObjectsTogether() {
        Job job = ForwardWorld.counted(world.job(1, List.of(ForwardWorld.lines(0, 70))), 70);
        world.use = new ForwardWorld.Picky(Set.of());
        ForwardCursor cursor = ForwardCursor.START;
        int puts = world.bucket.snapshot().size();
        while (world.work().step(job, ForwardWorld.TASK, cursor, ForwardWorld.PLENTY)
                instanceof Advanced<ForwardCursor>(ForwardCursor next, boolean ignored)) {
            cursor = next;
        }
        assertThat(world.bucket.snapshot().size() - puts)
                .as("objects of the log")
                .isEqualTo(2);
        Checkpoint first = Checkpoint.first(
                "o", world.clock.instant(), Duration.ofMinutes(1), Json.mapper().valueToTree(cursor));
        world.records.create(BucketLayout.checkpoint(Stage.FORWARD, ForwardWorld.TASK.job(), 1), first);
        List<Acknowledged> log = new DeliveryLog(world.bucket, world.records).read(ForwardWorld.TASK.job());
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
