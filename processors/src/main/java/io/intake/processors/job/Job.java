package io.intake.processors.job;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.intake.config.Feed;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The record of a job, kept at {@code jobs/{id}/job.json}: a file's history is one GET away. Immutable; changes give a new
 * record.
 *
 * @param id see {@link JobId}
 * @param partner whose file it is
 * @param input the object it is about
 * @param feed a snapshot of the feed as it was when the job was opened, so that a changed configuration does not change
 *     work in progress (batches and their idempotency keys least of all); null where no feed takes the file
 * @param state now
 * @param history every state with its time, oldest first
 * @param counts what was counted, by name: {@code entries}, {@code ignored}, {@code bytes}, {@code tables}, {@code read}, {@code rows},
 *     {@code rejected}, {@code delivered}, {@code batches}; where tables are joined also {@code records}, and by table {@code
 *     NAME.nested}, {@code NAME.orphans}, {@code NAME.blank} and {@code NAME.unattached}
 * @param tables rows by table name once stitched; a table's name can be a file's name, so it is no more for logs than that
 * @param failure why it ended badly or was skipped, why it is held, or what it waits for; null otherwise
 * @param settled whether the receipt and the page that its last state calls for have been written
 * @param readings how the files of each table were read, by table name as in {@code tables}
 * @param earlier the job of an earlier file of the same bytes; null where there is none, or nobody asked
 * @param collected what it has to do with a set of files; null where it is about a file by itself
 * @param runs what it has to do with other jobs about the same upload; null where it is the only one
 */
public record Job(
        String id,
        String partner,
        Input input,
        @Nullable Feed feed,
        JobState state,
        List<Change> history,
        TreeMap<String, Long> counts,
        TreeMap<String, Long> tables,
        @Nullable Failure failure,
        boolean settled,
        TreeMap<String, List<Reading>> readings,
        @Nullable String earlier,
        @Nullable Collected collected,
        @Nullable Runs runs) {

    /**
     * A set of files that arrive over time has a job, and so has each of its files.
     *
     * @param set of a file: the job of its set; null while it is in none. Null of a set
     * @param members of a set: the jobs of its files with data, in the order of their paths; empty of a file
     * @param others of a set: the jobs of files that only said that it is complete
     */
    public record Collected(@Nullable String set, List<String> members, List<String> others) {
        public Collected {
            members = List.copyOf(members);
            others = List.copyOf(others);
        }
    }

    /** A state and when it began. */
    public record Change(JobState state, Instant at) {}

    public Job {
        history = List.copyOf(history);
        counts = new TreeMap<>(counts);
        tables = new TreeMap<>(tables);
        // Records from before they were kept
        readings = readings == null ? new TreeMap<>() : new TreeMap<>(readings);
    }

    /** A record of a job whose files have not been read. */
    public Job(
            String id,
            String partner,
            Input input,
            @Nullable Feed feed,
            JobState state,
            List<Change> history,
            TreeMap<String, Long> counts,
            TreeMap<String, Long> tables,
            @Nullable Failure failure,
            boolean settled) {
        this(id, partner, input, feed, state, history, counts, tables, failure, settled, new TreeMap<>(), null, null);
    }

    /** The record of an upload's only job. */
    public Job(
            String id,
            String partner,
            Input input,
            @Nullable Feed feed,
            JobState state,
            List<Change> history,
            TreeMap<String, Long> counts,
            TreeMap<String, Long> tables,
            @Nullable Failure failure,
            boolean settled,
            TreeMap<String, List<Reading>> readings,
            @Nullable String earlier,
            @Nullable Collected collected) {
        this(
                id, partner, input, feed, state, history, counts, tables, failure, settled, readings, earlier,
                collected, null);
    }

    /** A job that has just been opened. */
    public static Job open(String id, String partner, Input input, Feed feed, Instant now) {
        return first(id, partner, input, feed, JobState.RECEIVED, null, now);
    }

    /** A job for a file that no feed takes. */
    public static Job unmatched(String id, String partner, Input input, Failure failure, Instant now) {
        return first(id, partner, input, null, JobState.UNMATCHED, failure, now);
    }

    private static Job first(
            String id,
            String partner,
            Input input,
            @Nullable Feed feed,
            JobState state,
            @Nullable Failure failure,
            Instant now) {
        List<Change> history = List.of(new Change(state, now));
        return new Job(id, partner, input, feed, state, history, new TreeMap<>(), new TreeMap<>(), failure, false);
    }

    /** The feed's id, or {@code none}. */
    @JsonIgnore
    public String feedId() {
        return feed == null ? "none" : feed.id();
    }

    /** The feed of a job that is past RECEIVED. */
    public Feed requireFeed() {
        if (feed == null) {
            throw new IllegalStateException("job " + id + " has no feed");
        }
        return feed;
    }

    private Job changed(Consumer<JobDraft> change) {
        JobDraft draft = new JobDraft(this);
        change.accept(draft);
        return draft.job();
    }

    /**
     * The job in another state, which is not settled yet.
     *
     * @throws IllegalStateException if the state machine has no such step
     */
    public Job become(JobState next, Instant now) {
        return changed(draft -> draft.become(next, now));
    }

    /** The job at its bad end. */
    public Job fail(Failure why, Instant now) {
        return becomeFor(why, why.state(), now);
    }

    /** The job waiting until its file is ready. */
    public Job await(Failure why, Instant now) {
        if (state != JobState.COLLECTING) {
            return becomeFor(why, JobState.COLLECTING, now);
        }
        return changed(draft -> {
            draft.failure = why;
            draft.settled = settled && why.equals(failure);
        });
    }

    /** Whether its file is not ready: a file that waits for the others of its set is, and says no reason. */
    @JsonIgnore
    public boolean awaits() {
        return state == JobState.COLLECTING && failure != null;
    }

    /** The job with nothing more to be done. */
    public Job skip(Failure why, Instant now) {
        return becomeFor(why, JobState.SKIPPED, now);
    }

    /** The job waiting for a person. */
    public Job hold(Failure why, Instant now) {
        return becomeFor(why, JobState.HELD, now);
    }

    /** The job going on after a person let it. */
    public Job release(JobState next, Instant now) {
        return becomeFor(null, next, now);
    }

    private Job becomeFor(@Nullable Failure why, JobState next, Instant now) {
        return changed(draft -> {
            draft.become(next, now);
            draft.failure = why;
        });
    }

    /** The state from which a job that is held was held. */
    public JobState heldFrom() {
        if (state != JobState.HELD) {
            throw new IllegalStateException("job " + id + " is " + state + ", not held");
        }
        return history.get(history.size() - 2).state();
    }

    /** With the job of an earlier file of the same bytes. */
    public Job withEarlier(String job) {
        return changed(draft -> draft.earlier = job);
    }

    /** With a count set; setting it again to the same changes nothing, so that a repeated step is harmless. */
    public Job withCount(String name, long value) {
        TreeMap<String, Long> more = new TreeMap<>(counts);
        more.put(name, value);
        return changed(draft -> draft.counts = more);
    }

    public Job withTables(TreeMap<String, Long> rows) {
        return changed(draft -> draft.tables = rows);
    }

    public Job withReadings(TreeMap<String, List<Reading>> read) {
        return changed(draft -> draft.readings = read);
    }

    public Job asSettled() {
        return changed(draft -> draft.settled = true);
    }

    /** With what it has to do with a set. */
    public Job with(@Nullable Collected part) {
        return changed(draft -> draft.collected = part);
    }

    /** The job as it would be with another feed. */
    public Job withFeed(Feed other) {
        return changed(draft -> draft.feed = other);
    }

    /** With what it has to do with other jobs about the same upload. */
    public Job with(Runs others) {
        return changed(draft -> draft.runs = others);
    }

    /** The operator's order that it exists by; null of an upload's first job. */
    @JsonIgnore
    public Runs.@Nullable Replay replay() {
        return runs == null ? null : runs.replay();
    }

    /** The newer job about the same upload; null if this is the newest. */
    @JsonIgnore
    public Runs.@Nullable Replayed replayed() {
        return runs == null ? null : runs.replayed();
    }

    /** The id in whose name its records are sent, which stays the same where an engine shall know a repeat. */
    @JsonIgnore
    public String deliveryId() {
        Runs.Replay replay = replay();
        return replay == null ? id : replay.delivery();
    }

    /** The job whose tables are sent: itself, unless only their delivery is repeated. */
    @JsonIgnore
    public String dataId() {
        Runs.Replay replay = replay();
        if (replay == null || replay.from() != Runs.From.FORWARD || replay.data() == null) {
            return id;
        }
        return replay.data();
    }

    /**
     * A file of a set that ended otherwise when the set was worked on again.
     *
     * @param why null if it ended well
     */
    public Job endedAnew(@Nullable Failure why, Instant at) {
        return changed(draft -> {
            draft.enter(why == null ? JobState.DELIVERED : why.state(), at);
            draft.failure = why;
        });
    }

    /** Whether it is about a file that is collected into a set. */
    @JsonIgnore
    public boolean isMember() {
        return collected != null && collected.members().isEmpty();
    }

    /** Whether it is about a set of files. */
    @JsonIgnore
    public boolean isSet() {
        return collected != null && !collected.members().isEmpty();
    }
}
