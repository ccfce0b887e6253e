package io.intake.processors.machine;

import io.intake.bucket.BucketLayout;
import io.intake.config.ReceiptKind;
import io.intake.processors.Json;
import io.intake.processors.hold.HoldReasons;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.Job.Collected;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.page.Outbox;
import io.intake.processors.page.Pages;
import io.intake.processors.receipt.Receipts;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells people what became of a job: the receipt for the partner, the page for on-call, the reason beside what was refused.
 * Each is written under a key that its cause decides, so that repeating it after a crash changes nothing. Thread-safe.
 */
public final class Settlement {
    private final ObjectStore store;
    private final JobStore jobs;
    private final Receipts receipts;
    private final Outbox outbox;
    private final Ends ends;

    /** Nobody else is to be told of ends. */
    public Settlement(ObjectStore store, JobStore jobs, Receipts receipts, Outbox outbox) {
        this(store, jobs, receipts, outbox, job -> {});
    }

    /** @param ends is told of each job that has ended */
    public Settlement(ObjectStore store, JobStore jobs, Receipts receipts, Outbox outbox, Ends ends) {
        this.ends = ends;
        this.store = store;
        this.jobs = jobs;
        this.receipts = receipts;
        this.outbox = outbox;
    }

    /** Settles a job that has ended or is held; nothing to do if it is settled. */
    public void settle(Job job) {
        if (job.settled()) {
            return;
        }
        switch (job.state()) {
            case DELIVERED -> {
                endIncident(job);
                receipts.write(job, ReceiptKind.DELIVERED);
            }
            case QUARANTINED, FAILED, UNMATCHED -> {
                decided(job);
                refused(job);
            }
            case SKIPPED -> receipts.write(job, ReceiptKind.SKIPPED, earlier(job));
            case HELD -> {
                store.put(PutRequest.of(BucketLayout.held(job.id()), Content.of(new byte[0]), "text/plain"));
                receipts.write(job, ReceiptKind.HELD, earlier(job));
                if (!HoldReasons.isPaused(reason(job))) {
                    outbox.leaveOnce(job.id(), job.history().size(), Pages.held(job, reason(job)));
                }
            }
            case RECEIVED, COLLECTING, UNZIPPING, STITCHING, FORWARDING, WAITING ->
                throw new IllegalArgumentException("job " + job.id() + " has not ended: " + job.state());
        }
        if (job.isSet()) {
            settleMembers(job);
        }
        if (job.state().terminal()) {
            ends.over(job);
        }
        jobs.update(job.id(), now -> now.settled() ? now : now.asSettled());
    }

    /** The files of a set end as it does, and the partner is told of each, also if it is held; on-call is told of the set. */
    private void settleMembers(Job set) {
        Collected collected = Objects.requireNonNull(set.collected());
        Failure failure = set.failure();
        Instant at = set.history().getLast().at();
        if (set.state() == JobState.HELD) {
            for (String member : collected.members()) {
                Job waiting = jobs.require(member);
                if (waiting.state() == JobState.COLLECTING) {
                    receipts.writeOfSet(waiting.hold(reason(set), at), ReceiptKind.HELD, set);
                }
            }
            return;
        }
        Stream.concat(collected.members().stream(), collected.others().stream())
                .distinct()
                .forEach(member -> {
                    Job ended = jobs.update(member, now -> {
                        if (now.state() != JobState.COLLECTING) {
                            return set.replay() != null && now.state().terminal() && !ended(now, set, at)
                                    ? now.endedAnew(failure, at)
                                    : now;
                        }
                        return failure == null ? now.become(JobState.DELIVERED, at) : now.fail(failure, at);
                    });
                    receipts.writeOfSet(ended, failure == null ? ReceiptKind.DELIVERED : ReceiptKind.REJECTED, set);
                    jobs.update(member, now -> now.settled() ? now : now.asSettled());
                });
    }

    private static boolean ended(Job member, Job set, Instant at) {
        return member.state() == set.state() && member.history().getLast().at().equals(at);
    }

    /** Somebody is told of a file that goes on all the same. */
    public void warned(Job job, Failure what) {
        outbox.leaveOnce(job.id(), 0, Pages.warned(job, what));
    }

    /** Takes back that a set was overdue: whoever closes it does, for its mark, by which the sweep would find it, goes then. */
    public void setClosed(Job any, String set) {
        outbox.leaveOnce(set, 1, Pages.setClosed(any, set));
    }

    /** The file waits for the others of its set. */
    public void collected(Job job) {
        if (job.state() == JobState.COLLECTING) {
            receipts.write(job, ReceiptKind.COLLECTED);
        }
    }

    private void refused(Job job) {
        Failure failure = reason(job);
        receipts.write(job, ReceiptKind.REJECTED);
        store.put(PutRequest.of(
                BucketLayout.quarantine(job.id()),
                Content.of(Json.bytes(new Reason(job.id(), job.input(), failure))),
                Json.TYPE));
        outbox.leaveOnce(job.id(), job.history().size(), Pages.ended(job, failure));
    }

    private static Failure reason(Job job) {
        Failure failure = job.failure();
        if (failure == null) {
            throw new IllegalStateException("job " + job.id() + " is " + job.state() + " without a reason");
        }
        return failure;
    }

    private @Nullable Job earlier(Job job) {
        return Optional.ofNullable(job.earlier()).flatMap(jobs::find).orElse(null);
    }

    /** A person has decided about a job that was held: the page for it is over. */
    public void decided(Job job) {
        int states = job.history().size();
        if (states > 1 && job.history().get(states - 2).state() == JobState.HELD) {
            // Beside the page for the state that the job is in now
            outbox.leaveOnce(job.id(), Pages.DECIDED + states, Pages.decided(job));
            store.delete(BucketLayout.held(job.id()));
        }
    }

    /** What lies in {@code quarantine/}: a pointer to the original, which stays where it is, and the reason. */
    record Reason(String job, Input input, Failure failure) {}

    /** The file is here and not ready; the partner is told once what it waits for. */
    public void awaited(Job job) {
        if (job.awaits() && !job.settled()) {
            receipts.write(job, ReceiptKind.DELAYED);
            jobs.update(job.id(), now -> now.awaits() && !now.settled() ? now.asSettled() : now);
        }
    }

    /** The file was received and work on it begins. */
    public void received(Job job) {
        receipts.write(job, ReceiptKind.RECEIVED);
    }

    /** The file waits for its engine, of which on-call is told by itself. */
    public void delayed(Job job) {
        if (job.state() == JobState.WAITING) {
            receipts.write(job, ReceiptKind.DELAYED);
        }
    }

    /** The engine takes other files' records, but not this one's. */
    public void stuck(Job job, String engine, String code) {
        outbox.leaveOnce(job.id(), Pages.STUCK, Pages.stuck(job, engine, code));
    }

    /** Ends the incident of a job that was stuck, and is through. */
    private void endIncident(Job job) {
        boolean waited = job.history().stream().anyMatch(change -> change.state() == JobState.WAITING);
        if (waited && outbox.wasLeft(job.id(), Pages.STUCK)) {
            outbox.leaveOnce(job.id(), Pages.STUCK + 1, Pages.stuckNoMore(job));
        }
    }
}
