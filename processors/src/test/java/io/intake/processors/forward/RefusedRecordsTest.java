package io.intake.processors.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.AtCall;
import io.intake.processors.HttpScript.Answer;
import io.intake.processors.Intercepted;
import io.intake.processors.job.Job;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.processors.task.StepOutcome.Refused;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One record that an engine cannot take must not keep the others from it, nor be lost without its sender being told. */
class RefusedRecordsTest {
    private final ForwardWorld world = new ForwardWorld();

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void anEngineThatRefusesEveryRecordEndsTheJobWithTheBatchNamed() {
        Job job = ForwardWorld.counted(world.job(1, List.of("{\"a\":\"1\"}\n{\"a\":\"2\"}\n")), 2);
        world.engine.then(
                Answer.of(422, "{\"error\":\"MRN 12345 unknown\"}"),
                Answer.of(422, "{\"error\":\"MRN 12345 unknown\"}"));
        assertThat(world.runToEnd(job)).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.failure().code()).isEqualTo("ENGINE_REFUSED_RECORDS");
            assertThat(refused.failure().sentence())
                    .contains("batch 2")
                    .contains("422")
                    .doesNotContain("12345");
        });
    }

    @Test
    void aPoisonedRecordGoesBackToItsSenderAndTheRestToTheEngine() {
        Job job = ForwardWorld.counted(
                world.job(50, List.of(ForwardWorld.lines(0, 120), ForwardWorld.lines(200, 203))), 123);
        ForwardWorld.Picky picky = new ForwardWorld.Picky(Set.of("\"57\"", "\"201\""));
        world.use = picky;
        assertThat(world.runToEnd(job))
                .isInstanceOfSatisfying(
                        Finished.class,
                        finished -> assertThat(finished.result().toString())
                                .isEqualTo("{\"delivered\":121,\"batches\":4,\"refused\":2}"));
        List<String> all = new ArrayList<>((ForwardWorld.lines(0, 120) + ForwardWorld.lines(200, 203))
                .lines()
                .toList());
        all.removeIf(line -> line.contains("\"57\"") || line.contains("\"201\""));
        assertThat(picky.taken).isEqualTo(all);
        assertThat(picky.sends).isLessThan(22);
        String refused = world.bucket.snapshot().entrySet().stream()
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
    void equalRecordsInTheTwoHalvesOfABatchAreNotTakenForOne() {
        Job job = ForwardWorld.counted(
                world.job(4, List.of("{\"a\":\"1\"}\n{\"a\":\"2\"}\n{\"a\":\"1\"}\n{\"a\":\"9\"}\n")), 4);
        ForwardWorld.Picky picky = new ForwardWorld.Picky(Set.of("\"2\"", "\"9\""));
        world.use = picky;
        world.runToEnd(job);
        assertThat(picky.taken).containsExactly("{\"a\":\"1\"}", "{\"a\":\"1\"}");
    }

    @Test
    void anEngineThatRefusesMoreThanTheFeedAllowsEndsTheJob() {
        Job all = ForwardWorld.counted(world.job(100, List.of(ForwardWorld.lines(0, 2_000))), 2_000);
        world.use = new ForwardWorld.Picky(Set.of("{"));
        assertThat(world.runToEnd(all))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.failure().code()).isEqualTo("ENGINE_REFUSED_RECORDS"));
    }

    @Test
    void killedAroundAnyCallOfTheStoreEachRecordIsTakenOrGivenBackOnce() {
        String all = ForwardWorld.lines(0, 23);
        for (int call = 1; ; call++) {
            for (boolean after : new boolean[] {false, true}) {
                ForwardWorld killed = new ForwardWorld();
                AtCall around = new AtCall(call, after, () -> {
                    throw new ForwardWorld.Killed();
                });
                ForwardWorld.Picky picky = new ForwardWorld.Picky(Set.of("\"4\"", "\"17\""));
                killed.use = picky;
                Job job = ForwardWorld.counted(killed.job(8, List.of(all)), 23);
                killed.store = Intercepted.store(killed.bucket, around);
                StepOutcome<ForwardCursor> end = killed.runWithKills(job);
                String when = "killed at " + call;
                assertThat(end).as(when).isInstanceOf(Finished.class);
                List<String> good = new ArrayList<>(all.lines().toList());
                good.removeIf(line -> line.contains("\"4\"") || line.contains("\"17\""));
                assertThat(picky.taken).as(when).isEqualTo(good);
                assertThat(killed.bucket.snapshot().entrySet().stream()
                                .filter(object -> object.getKey().endsWith(".refused.ndjson"))
                                .flatMap(object -> new String(object.getValue(), StandardCharsets.UTF_8).lines()))
                        .as(when)
                        .hasSize(2);
                killed.close();
                if (!around.reached()) {
                    return;
                }
            }
        }
    }
}
