package io.intake.processors.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.job.Job;
import io.intake.processors.job.Job.Collected;
import io.intake.processors.job.Runs.From;
import io.intake.processors.job.Runs.Replay;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.task.Checkpoint;
import io.intake.processors.task.StageWork;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.processors.task.Task;
import io.intake.processors.task.TimeBudget;
import io.intake.processors.unzip.UnzipCursor;
import io.intake.store.CopySource;
import io.intake.store.ListRequest;
import io.intake.store.ObjectStore;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The unzip stage of replays that need not extract anything. Of one from the stitch stage, the files that the former job
 * extracted are taken over as those of a set are, by a plan of its own; one from the forward stage takes over the plan and,
 * where only the rest is to be sent, how far the engine had acknowledged. Thread-safe.
 */
public final class ReplayWork implements StageWork<UnzipCursor> {
    private final StageWork<UnzipCursor> unzip;
    private final ObjectStore store;
    private final PlanStore plans;
    private final Records records;
    private final Consumer<Job> place;
    private final InstantSource clock;

    /**
     * @param unzip what all other jobs are extracted by, sets of files among them
     * @param place gives a job its place in the order of its feed's deliveries
     */
    public ReplayWork(
            StageWork<UnzipCursor> unzip,
            ObjectStore store,
            PlanStore plans,
            Records records,
            Consumer<Job> place,
            InstantSource clock) {
        this.unzip = unzip;
        this.store = store;
        this.plans = plans;
        this.records = records;
        this.place = place;
        this.clock = clock;
    }

    @Override
    public Class<UnzipCursor> cursorType() {
        return unzip.cursorType();
    }

    @Override
    public UnzipCursor begin(Job job, Task task) {
        return unzip.begin(job, task);
    }

    @Override
    public StepOutcome<UnzipCursor> step(Job job, Task task, UnzipCursor cursor, TimeBudget budget) {
        Replay replay = job.replay();
        if (replay != null && task.number() == 0) {
            place.accept(job);
        }
        if (replay == null || replay.from() == From.UNZIP) {
            return unzip.step(job, task, cursor, budget);
        }
        String data = Objects.requireNonNull(replay.data());
        if (replay.from() == From.STITCH) {
            return unzip.step(job.with(new Collected(null, List.of(data), List.of())), task, cursor, budget);
        }
        Plan plan = plans.require(data);
        plans.create(job.id(), plan);
        if (replay.failedOnly()) {
            takeOver(replay.of(), job.id());
        }
        ObjectNode counts = JsonNodeFactory.instance.objectNode();
        return new Finished<>(counts.put("entries", plan.entries().size()));
    }

    /** What the engine refused before is in the new job's file of refused records too. */
    private void refusedToo(String former, String job) {
        String prefix = BucketLayout.refusedPrefix(former);
        ListRequest.under(prefix).each(store, object -> {
            String target = BucketLayout.refusedPrefix(job) + object.key().substring(prefix.length());
            var _ = store.copy(new CopySource(object.key(), null, null), target);
        });
    }

    /** The checkpoint of the task that sends, as of one that was given back. That it waited for the engine is forgotten. */
    private void takeOver(String former, String job) {
        Optional<Checkpoint> sent = records.find(BucketLayout.checkpoint(Stage.FORWARD, former, 1), Checkpoint.class)
                .map(Versioned::value);
        sent.ifPresent(checkpoint -> {
            refusedToo(former, job);
            JsonNode cursor = Resent.of(checkpoint.cursor());
            records.create(
                    BucketLayout.checkpoint(Stage.FORWARD, job, 1),
                    new Checkpoint("replay", 1, clock.instant(), null, 0, 0, cursor));
        });
    }
}
