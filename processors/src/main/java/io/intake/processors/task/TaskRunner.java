package io.intake.processors.task;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.processors.Json;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.job.RefusedException;
import io.intake.processors.task.TaskStore.TaskKey;
import io.intake.store.StoreException;
import io.intake.store.TransientStoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs a task in steps: claim, step, save, step, save ... until it is done, refused, has to wait or the time is up. A kill
 * at any instant loses at most one step. Thread-safe.
 */
public final class TaskRunner {
    private final Records records;
    private final JobStore jobs;
    private final TaskStore tasks;
    private final DoneMarks marks;
    private final StageEvents events;
    private final InstantSource clock;
    private final Duration lease;
    private final Renewals renewals;
    private final Saves saves;

    public TaskRunner(
            Records records,
            JobStore jobs,
            TaskStore tasks,
            DoneMarks marks,
            StageEvents events,
            InstantSource clock,
            Duration lease) {
        this(records, jobs, tasks, marks, events, clock, lease, Renewals.REAL_TIME, Saves.FIRST);
    }

    /**
     * @param renewals keep the lease while a step runs
     * @param saves save a step while the next one runs, where that may be
     */
    public TaskRunner(
            Records records,
            JobStore jobs,
            TaskStore tasks,
            DoneMarks marks,
            StageEvents events,
            InstantSource clock,
            Duration lease,
            Renewals renewals,
            Saves saves) {
        this.records = records;
        this.jobs = jobs;
        this.tasks = tasks;
        this.marks = marks;
        this.events = events;
        this.clock = clock;
        this.lease = lease;
        this.renewals = renewals;
        this.saves = saves;
    }

    /** How a run ended. */
    public enum Ending {
        /** The task's work is done, by this run or an earlier one. */
        DONE,
        /** Time was up; the task was written again. */
        CONTINUED,
        /** The job has ended: nothing to do. */
        ENDED,
        /** Another invocation holds the task. */
        LEASED,
        /** Another invocation took the task over while this one worked. */
        FENCED,
        /** The task waits for its time. */
        WAITING,
        /** A late or doubled event: the task was done long ago. */
        GONE
    }

    /**
     * Runs a task as far as the time allows.
     *
     * @param owner the invocation's id; Lambda's own retries have the same
     * @throws io.intake.store.StoreException if the store fails; the invocation should fail, so that it is tried again
     */
    public <C> Ending run(TaskKey key, StageWork<C> work, String owner, TimeBudget budget) {
        Optional<Task> found = tasks.find(key);
        if (found.isEmpty()) {
            return Ending.GONE;
        }
        Task task = found.get();
        Job job = jobs.require(task.job());
        if (job.state().terminal()) {
            return end(task, job);
        }
        return new Run<>(task, work, owner, budget).claimAndWork(job);
    }

    private Ending end(Task task, Job job) {
        events.ended(job);
        tasks.remove(task);
        return Ending.ENDED;
    }

    private Ending finish(Task task) {
        events.done(task);
        tasks.remove(task);
        return Ending.DONE;
    }

    private Ending refuse(Task task, Job job, Failure failure) {
        events.refused(job, failure);
        tasks.remove(task);
        return Ending.ENDED;
    }

    /** One invocation's work on one task. */
    private final class Run<C> {
        private final Task task;
        private final StageWork<C> work;
        private final String owner;
        private final TimeBudget budget;
        private final String key;
        private final RetryBudget retries;
        private boolean progressed;

        Run(Task task, StageWork<C> work, String owner, TimeBudget budget) {
            this.task = task;
            this.work = work.forRun();
            this.owner = owner;
            this.budget = budget;
            this.retries = RetryBudget.of(task.stage());
            this.key = BucketLayout.checkpoint(task.stage(), task.job(), task.number());
        }

        Ending claimAndWork(Job job) {
            Optional<Versioned<Checkpoint>> before = records.find(key, Checkpoint.class);
            Instant now = clock.instant();
            if (before.isEmpty()) {
                Checkpoint first = Checkpoint.first(owner, now, lease, json(work.begin(job, task)));
                return records.create(key, first).map(held -> hold(job, held)).orElse(Ending.LEASED);
            }
            Checkpoint saved = before.get().value();
            // what was never claimed cannot be done
            if (marks.find(task.stage(), task.job(), task.number()).isPresent()) {
                return finish(task);
            }
            if (!saved.claimableBy(owner, now)) {
                return saved.notBefore() != null && now.isBefore(saved.notBefore()) ? Ending.WAITING : Ending.LEASED;
            }
            if (saved.attempts() >= retries.attempts()) {
                return refuse(task, job, Exhausted.attempts(saved.attempts()));
            }
            if (saved.faults() >= retries.faults()) {
                return refuse(task, job, Exhausted.faults(saved.faults()));
            }
            return records.replace(key, before.get().etag(), saved.claim(owner, now, lease))
                    .map(held -> hold(job, held))
                    .orElse(Ending.LEASED);
        }

        private Ending hold(Job job, Versioned<Checkpoint> held) {
            events.claimed(job, task, held.value().attempts());
            Ending ending;
            try (Claim claim = new Claim(records, key, held, clock, lease, renewals)) {
                ending = workOrFault(job, claim);
            } catch (RuntimeException failed) {
                work.leave();
                throw failed;
            }
            work.leave();
            return ending;
        }

        /** @throws TransientStoreException after the fault was saved, so that Lambda tries again; the sweeper does in any case */
        private Ending workOrFault(Job job, Claim claim) {
            try {
                return work(job, claim);
            } catch (TransientStoreException fault) {
                fault(claim);
                throw fault;
            }
        }

        private void fault(Claim claim) {
            Checkpoint held = claim.current();
            Instant now = clock.instant();
            try {
                claim.save(held.fault(now, now.plus(RetryBudget.wait(held.faults() + 1))));
            } catch (StoreException still) {
                // then it counts as an attempt, and the lease runs out
            }
        }

        private Ending work(Job job, Claim claim) {
            Job current = job;
            JsonNode at = claim.current().cursor();
            Saves.Saving saved = Saves.Saving.DONE;
            while (true) {
                StepOutcome<C> outcome = step(current, Json.mapper().convertValue(at, work.cursorType()), saved);
                if (!saved.kept()) {
                    return Ending.FENCED;
                }
                saved = Saves.Saving.DONE;
                switch (outcome) {
                    case StepOutcome.Finished<C>(JsonNode result) -> {
                        marks.put(task, result);
                        return finish(task);
                    }
                    case StepOutcome.Refused<C>(Failure failure) -> {
                        return refuse(task, current, failure);
                    }
                    case StepOutcome.Waiting<C>(C next, Instant until, @Nullable String reason) -> {
                        if (reason != null) {
                            events.waiting(current, reason);
                        }
                        Checkpoint waiting = claim.current().await(json(next), clock.instant(), until);
                        return claim.save(waiting) ? Ending.WAITING : Ending.FENCED;
                    }
                    case StepOutcome.Advanced<C>(C next, boolean progress) -> {
                        progressed |= progress;
                        boolean leave = budget.spent();
                        at = json(next);
                        if (!leave && progress && current.state() != JobState.WAITING && work.goesOn(next)) {
                            JsonNode reached = at;
                            saved = saves.begin(() -> save(claim, reached, true, false));
                            continue;
                        }
                        if (!save(claim, at, progress, leave)) {
                            return Ending.FENCED;
                        }
                        if (progress && current.state() == JobState.WAITING) {
                            events.resumed(current);
                            current = jobs.require(task.job());
                        }
                        if (leave) {
                            return continueLater(current, claim.current());
                        }
                    }
                }
            }
        }

        /** @param saved waits for what the step before came to, which nobody does any more if this one fails */
        private StepOutcome<C> step(Job job, C cursor, Saves.Saving saved) {
            try {
                return work.step(job, task, cursor, budget);
            } catch (RefusedException refused) {
                return new StepOutcome.Refused<>(refused.failure());
            } catch (RuntimeException failed) {
                settle(saved, failed);
                throw failed;
            }
        }

        private static void settle(Saves.Saving saved, RuntimeException failed) {
            try {
                // Whether or not: the next run sees what is saved
                var _ = saved.kept();
            } catch (RuntimeException also) {
                failed.addSuppressed(also);
            }
        }

        /** Saves a step; with the time up, gives the lease back in the same write. */
        private boolean save(Claim claim, JsonNode cursor, boolean progress, boolean leave) {
            Instant now = clock.instant();
            Checkpoint advanced = claim.current().advance(cursor, progress, now, lease);
            return claim.save(leave ? advanced.release(progressed, now) : advanced);
        }

        private Ending continueLater(Job job, Checkpoint saved) {
            if (saved.idle() >= retries.idle()) {
                return refuse(task, job, Exhausted.idle(saved.idle()));
            }
            tasks.again(new TaskKey(task.stage(), task.job(), task.number()));
            return Ending.CONTINUED;
        }
    }

    private static JsonNode json(Object cursor) {
        return Json.mapper().valueToTree(cursor);
    }
}
