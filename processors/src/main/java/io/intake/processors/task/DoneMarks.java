package io.intake.processors.task;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.store.ListRequest;
import io.intake.store.ObjectStore;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What finished tasks left for the next stage. Written once, never changed. Thread-safe. */
public final class DoneMarks {
    private final ObjectStore store;
    private final Records records;

    public DoneMarks(ObjectStore store, Records records) {
        this.store = store;
        this.records = records;
    }

    public void put(Task task, JsonNode result) {
        records.create(BucketLayout.done(task.stage(), task.job(), task.number()), result);
    }

    public Optional<JsonNode> find(Stage stage, String job, int number) {
        return records.find(BucketLayout.done(stage, job, number), JsonNode.class)
                .map(Versioned::value);
    }

    /** How many tasks with numbers from 1 on are done. S3's listings are strongly consistent: the last to ask sees all. */
    public int count(Stage stage, String job) {
        return numbers(stage, job).size();
    }

    /** The numbers of tasks that are done, from 1 on. */
    public Set<Integer> numbers(Stage stage, String job) {
        String prefix = BucketLayout.donePrefix(stage, job);
        Set<Integer> numbers = new HashSet<>();
        ListRequest.under(prefix).each(store, object -> {
            String name = object.key().substring(prefix.length());
            numbers.add(Integer.parseInt(name.substring(0, name.indexOf('.'))));
        });
        numbers.remove(0);
        return numbers;
    }

    /** The results of tasks 1 to a number, in order. */
    public SortedMap<Integer, JsonNode> results(Stage stage, String job, int tasks) {
        TreeMap<Integer, JsonNode> results = new TreeMap<>();
        for (int number = 1; number <= tasks; number++) {
            int n = number;
            results.put(
                    n,
                    find(stage, job, n)
                            .orElseThrow(() -> new IllegalStateException(
                                    stage + " task " + n + " of job " + job + " has no done mark")));
        }
        return results;
    }
}
