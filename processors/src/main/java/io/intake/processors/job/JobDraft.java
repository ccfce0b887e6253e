package io.intake.processors.job;

import io.intake.config.Feed;
import io.intake.processors.job.Job.Change;
import io.intake.processors.job.Job.Collected;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A job's record while it is changed, so that a change says what it changes and no more. What it is about stays. Not thread-safe. */
final class JobDraft {
    private final Job before;
    private JobState state;
    private List<Change> history;

    @Nullable
    Feed feed;

    TreeMap<String, Long> counts;
    TreeMap<String, Long> tables;

    @Nullable
    Failure failure;

    boolean settled;
    TreeMap<String, List<Reading>> readings;

    @Nullable
    String earlier;

    @Nullable
    Collected collected;

    @Nullable
    Runs runs;

    JobDraft(Job job) {
        before = job;
        state = job.state();
        history = job.history();
        feed = job.feed();
        counts = job.counts();
        tables = job.tables();
        failure = job.failure();
        settled = job.settled();
        readings = job.readings();
        earlier = job.earlier();
        collected = job.collected();
        runs = job.runs();
    }

    /**
     * In another state, which is not settled yet.
     *
     * @throws IllegalStateException if the state machine has no such step
     */
    void become(JobState next, Instant now) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException("job " + before.id() + " is " + state + " and cannot become " + next);
        }
        enter(next, now);
    }

    /** As {@link #become}, whatever the state was. */
    void enter(JobState next, Instant now) {
        List<Change> changes = new ArrayList<>(history);
        changes.add(new Change(next, now));
        history = changes;
        state = next;
        settled = false;
    }

    Job job() {
        return new Job(
                before.id(),
                before.partner(),
                before.input(),
                feed,
                state,
                history,
                counts,
                tables,
                failure,
                settled,
                readings,
                earlier,
                collected,
                runs);
    }
}
