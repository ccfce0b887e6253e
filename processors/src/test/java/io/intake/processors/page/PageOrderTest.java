package io.intake.processors.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.processors.Records;
import io.intake.processors.TestClock;
import io.intake.processors.job.JobStore;
import io.intake.processors.page.PageEvent.Action;
import io.intake.processors.page.Pager.Outcome;
import io.intake.store.ConditionalWrites;
import io.intake.store.memory.InMemoryObjectStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An incident that is opened behind its own end stays open, and the next real one is taken for it. */
class PageOrderTest {
    private static final String OWNER = "engine-lab";

    private final TestClock clock = new TestClock();
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    private final AtomicInteger ids = new AtomicInteger();
    private final Records records =
            new Records(bucket, new ConditionalWrites(bucket, () -> "w" + ids.incrementAndGet(), pause -> {}));
    private final JobStore jobs = new JobStore(records);
    private final Outbox outbox = new Outbox(records);
    private final List<Action> sent = new ArrayList<>();
    private Runnable whileSending = () -> {};

    private final AtomicBoolean down = new AtomicBoolean(true);

    /** Knows of one engine, whose present episode has the number 4. */
    private final EngineIncidents engines = new EngineIncidents() {
        @Override
        public boolean isOver(String owner, int number, Action action) {
            return action == Action.TRIGGER ? !down.get() : down.get();
        }

        @Override
        public void repeat(String owner) {
            outbox.leave(owner, down.get() ? 4 : 5, down.get() ? beginning() : ServicePages.engineUp("lab"));
        }
    };

    private PageEvent beginning() {
        return ServicePages.engineDown("lab", "HTTP_503", clock.instant(), 3, 7);
    }

    private Optional<Outcome> send(int number) {
        Pager pager = (event, budget) -> {
            whileSending.run();
            sent.add(event.action());
            return Outcome.ACCEPTED;
        };
        PageOrder order = new PageOrder(bucket, records, jobs, outbox, engines);
        return new PageSender(
                        bucket,
                        records,
                        order,
                        new Incidents(bucket, records, clock),
                        Optional::of,
                        () -> Optional.of(pager))
                .send(BucketLayout.task(Stage.PAGE, OWNER, number), () -> Duration.ofMinutes(1));
    }

    @Test
    void theBeginningIsSentWhileTheEngineIsDown() {
        outbox.leave(OWNER, 4, beginning());
        assertThat(send(4)).contains(Outcome.ACCEPTED);
        assertThat(sent).containsExactly(Action.TRIGGER);
        assertThat(bucket.head(BucketLayout.task(Stage.PAGE, OWNER, 4))).isEmpty();
    }

    @Test
    void theEndWaitsForTheBeginningAndTheBeginningIsDroppedWhenTheEngineIsBack() {
        outbox.leave(OWNER, 4, beginning());
        outbox.leave(OWNER, 5, ServicePages.engineUp("lab"));
        down.set(false);
        assertThat(send(5)).contains(Outcome.UNAVAILABLE);
        assertThat(send(4)).isEmpty();
        assertThat(send(5)).contains(Outcome.ACCEPTED);
        assertThat(sent).containsExactly(Action.RESOLVE);
    }

    @Test
    void aBeginningThatWasSentTooLateIsFollowedByAnotherEnd() {
        outbox.leave(OWNER, 4, beginning());
        whileSending = () -> down.set(false);
        assertThat(send(4)).contains(Outcome.ACCEPTED);
        whileSending = () -> {};
        assertThat(send(5)).contains(Outcome.ACCEPTED);
        assertThat(sent).containsExactly(Action.TRIGGER, Action.RESOLVE);
    }

    @Test
    void anEndThatIsSentWhenTheEngineIsDownAgainIsFollowedByAnotherBeginning() {
        down.set(false);
        outbox.leave(OWNER, 5, ServicePages.engineUp("lab"));
        whileSending = () -> down.set(true);
        assertThat(send(5)).contains(Outcome.ACCEPTED);
        whileSending = () -> {};
        assertThat(send(4)).contains(Outcome.ACCEPTED);
        assertThat(sent).containsExactly(Action.RESOLVE, Action.TRIGGER);
    }

    @Test
    void anEndThatIsDueWhenTheEngineIsDownAgainIsDropped() {
        outbox.leave(OWNER, 3, ServicePages.engineUp("lab"));
        assertThat(send(3)).isEmpty();
        assertThat(sent).isEmpty();
    }
}
