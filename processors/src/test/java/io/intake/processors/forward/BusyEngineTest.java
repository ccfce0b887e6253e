package io.intake.processors.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.processors.HttpScript.Answer;
import io.intake.processors.engine.EngineState;
import io.intake.processors.job.Job;
import io.intake.processors.page.PageEvent;
import io.intake.processors.page.PageTask;
import io.intake.processors.task.StageWork;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.processors.task.StepOutcome.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An engine that wants less for ever takes nothing, and nobody would hear of it: "busy" is no reason to wake anybody up. */
class BusyEngineTest {
    private static final Duration TWO_MINUTES = Duration.ofMinutes(2);

    private final ForwardWorld world = new ForwardWorld();
    private final Job job = world.job(10, List.of("{\"a\":\"1\"}\n"));
    private ForwardCursor cursor = ForwardCursor.START;

    @AfterEach
    void stop() {
        world.close();
    }

    private static Answer busy() {
        return new Answer(429, Map.of("Retry-After", "120"), "");
    }

    /** One invocation's run. */
    private StepOutcome<ForwardCursor> run() {
        StageWork<ForwardCursor> run = world.work().forRun();
        StepOutcome<ForwardCursor> outcome = run.step(job, ForwardWorld.TASK, cursor, ForwardWorld.PLENTY);
        run.leave();
        if (outcome instanceof Waiting<ForwardCursor> waiting) {
            cursor = waiting.cursor();
        } else if (outcome instanceof Advanced<ForwardCursor> advanced) {
            cursor = advanced.cursor();
        }
        return outcome;
    }

    private EngineState state() {
        return world.records
                .find(BucketLayout.engineState("lab"), EngineState.class)
                .orElseThrow()
                .value();
    }

    private List<PageEvent> pages() {
        return world.bucket.snapshot().keySet().stream()
                .filter(key -> key.startsWith(BucketLayout.TASKS + "page/"))
                .sorted()
                .map(key -> world.records
                        .find(key, PageTask.class)
                        .orElseThrow()
                        .value()
                        .event())
                .toList();
    }

    /** Runs as often as the engine lets it, for a time. */
    private void waits(Duration time) {
        Instant end = world.clock.instant().plus(time);
        while (world.clock.instant().isBefore(end)) {
            assertThat(run()).isInstanceOf(Waiting.class);
            world.clock.advance(TWO_MINUTES);
        }
    }

    @Test
    void anEngineThatWantsLessForHalfAnHourIsNoReasonToWakeAnybodyUp() {
        world.engine.usually(busy());
        waits(Duration.ofMinutes(30));
        assertThat(state().open()).isFalse();
        assertThat(pages()).isEmpty();
    }

    @Test
    void anEngineThatWantsLessForEverIsDownAndOnCallIsTold() {
        world.engine.usually(busy());
        waits(Duration.ofMinutes(60));
        assertThat(state().open()).isTrue();
        assertThat(state().code()).isEqualTo("HTTP_429");
        assertThat(state().episode())
                .as("a probe that is told to wait says nothing new")
                .isEqualTo(1);
        assertThat(state().failed()).isPositive();
        assertThat(pages()).singleElement().satisfies(page -> {
            assertThat(page.action()).isEqualTo(PageEvent.Action.TRIGGER);
            assertThat(page.summary()).contains("lab");
        });
    }

    @Test
    void theIncidentEndsWithTheFirstRecordThatIsTaken() {
        world.engine.usually(busy());
        waits(Duration.ofMinutes(60));
        world.engine.usually(Answer.of(200));
        world.clock.advance(Duration.ofHours(1));
        assertThat(run()).isInstanceOf(Advanced.class);
        assertThat(state().open()).isFalse();
        assertThat(pages()).extracting(PageEvent::action).contains(PageEvent.Action.RESOLVE);
        assertThat(run()).isInstanceOf(Finished.class);
    }

    /** It has just taken somebody's records: what it wants less of is only this job's turn to wait. */
    @Test
    void aFileWhoseTurnDoesNotComeWhileOthersAreTakenWaitsOn() {
        world.engine.usually(busy());
        waits(Duration.ofMinutes(60));
        world.records.replace(
                BucketLayout.engineState("lab"),
                world.records
                        .find(BucketLayout.engineState("lab"), EngineState.class)
                        .orElseThrow()
                        .etag(),
                new EngineState(
                        false,
                        1,
                        world.clock.instant().minusSeconds(60),
                        null,
                        "HTTP_429",
                        false,
                        false,
                        false,
                        null,
                        world.clock.instant()));
        int before = pages().size();
        assertThat(run()).isInstanceOf(Waiting.class);
        assertThat(state().open()).isFalse();
        assertThat(state().busyUntil()).isNotNull();
        assertThat(pages()).hasSize(before);
    }
}
