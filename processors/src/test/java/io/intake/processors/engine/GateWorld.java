package io.intake.processors.engine;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.config.Limits;
import io.intake.processors.Records;
import io.intake.processors.TestClock;
import io.intake.processors.engine.EngineRun.Permit;
import io.intake.processors.page.Outbox;
import io.intake.processors.page.PageEvent.Action;
import io.intake.processors.page.PageTask;
import io.intake.processors.task.Checkpoint;
import io.intake.processors.task.TaskStore;
import io.intake.store.ConditionalWrites;
import io.intake.store.ObjectStore;
import io.intake.store.memory.InMemoryObjectStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** An engine, jobs that wait for it, and what on-call is told of it. */
final class GateWorld {
    static final String LAB = "lab";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration PLENTY = Duration.ofMinutes(10);

    final TestClock clock = new TestClock();
    final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    private final AtomicInteger ids = new AtomicInteger();

    EngineGate gate(ObjectStore store) {
        Records records = new Records(
                store, new ConditionalWrites(store, () -> "w" + ids.incrementAndGet(), pause -> clock.advance(pause)));
        return new EngineGate(
                store,
                records,
                new Outbox(records),
                new Wakeups(records, new TaskStore(store, records), clock),
                clock,
                () -> "run-" + ids.incrementAndGet(),
                new Random(3),
                pause -> clock.advance(pause));
    }

    Records records() {
        return new Records(bucket, new ConditionalWrites(bucket, () -> "w" + ids.incrementAndGet(), pause -> {}));
    }

    static Permit ask(EngineRun run, Limits limits) {
        return run.ask(LAB, limits, TIMEOUT, null, PLENTY);
    }

    static Optional<Permit.NotNow> fail(EngineRun run, TestClock clock) {
        return run.failed("HTTP_503", clock.instant(), failures -> Duration.ofSeconds(10), Duration.ofMinutes(5));
    }

    /** A job whose delivery waits. */
    void waits(String job) {
        Records records = records();
        new TaskStore(bucket, records).open(Stage.FORWARD, job, 1);
        Checkpoint first = Checkpoint.first(
                "owner", clock.instant(), Duration.ofMinutes(1), JsonNodeFactory.instance.objectNode());
        records.create(
                BucketLayout.checkpoint(Stage.FORWARD, job, 1),
                first.await(first.cursor(), clock.instant(), clock.instant().plus(Duration.ofHours(1))));
    }

    boolean isWoken(String job) {
        return records()
                        .find(BucketLayout.checkpoint(Stage.FORWARD, job, 1), Checkpoint.class)
                        .orElseThrow()
                        .value()
                        .notBefore()
                == null;
    }

    List<Action> pages() {
        List<Action> pages = new ArrayList<>();
        bucket.snapshot().keySet().stream()
                .filter(key -> key.startsWith("tasks/page/"))
                .sorted()
                .forEach(key -> pages.add(records()
                        .find(key, PageTask.class)
                        .orElseThrow()
                        .value()
                        .event()
                        .action()));
        return pages;
    }
}
