package io.intake.processors.task;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.store.ListRequest;
import io.intake.store.ObjectStore;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Task objects: what lies there is still to do. Thread-safe. */
public final class TaskStore {
    private static final Pattern KEY = Pattern.compile(
            Pattern.quote(BucketLayout.TASKS) + "(?<stage>[a-z]+)/(?<job>[0-9a-z-]+)/(?<number>\\d{6})\\.json");

    private final ObjectStore store;
    private final Records records;

    public TaskStore(ObjectStore store, Records records) {
        this.store = store;
        this.records = records;
    }

    /**
     * What a task's key says of it.
     *
     * @param stage whose work
     * @param job whose file
     * @param number within the stage
     */
    public record TaskKey(Stage stage, String job, int number) {

        /** Empty if it is no task's key. */
        public static Optional<TaskKey> parse(String key) {
            Matcher matcher = KEY.matcher(key);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            for (Stage stage : Stage.values()) {
                if (stage.id().equals(matcher.group("stage"))) {
                    return Optional.of(
                            new TaskKey(stage, matcher.group("job"), Integer.parseInt(matcher.group("number"))));
                }
            }
            return Optional.empty();
        }

        @Override
        public String toString() {
            return BucketLayout.task(stage, job, number);
        }
    }

    /** The task at a key; empty if its work is done. */
    public Optional<Task> find(TaskKey key) {
        return records.find(key.toString(), Task.class).map(Versioned::value);
    }

    /** Opens a task unless it is open. */
    public void open(Stage stage, String job, int number) {
        records.create(BucketLayout.task(stage, job, number), new Task(stage, job, number, 1));
    }

    /** The numbers of a job's open tasks of a stage. */
    public Set<Integer> open(Stage stage, String job) {
        Set<Integer> numbers = new HashSet<>();
        ListRequest.under(BucketLayout.tasks(stage, job))
                .each(store, object -> TaskKey.parse(object.key()).ifPresent(key -> numbers.add(key.number())));
        return numbers;
    }

    /**
     * Writes a task again, which starts its function again.
     *
     * @return whether it was still there and nobody else did the same meanwhile
     */
    public boolean again(TaskKey key) {
        return again(key, task -> true);
    }

    /**
     * Writes a task again if it is as it should be.
     *
     * @return as above
     */
    public boolean again(TaskKey key, Predicate<Task> condition) {
        return records.find(key.toString(), Task.class)
                .filter(now -> condition.test(now.value()))
                .flatMap(now ->
                        records.replace(key.toString(), now.etag(), now.value().nextRound()))
                .isPresent();
    }

    /** Takes a task off the list. */
    public void remove(Task task) {
        store.delete(BucketLayout.task(task.stage(), task.job(), task.number()));
    }
}
