package io.intake.processors;

import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.task.Checkpoint;
import io.intake.store.memory.InMemoryObjectStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Kills the invocations of some functions again and again, those of one task several times in a row: whoever takes it over dies
 * too. It leaves each task one attempt more than it has to have, since a task that gets nowhere five times may rightly be given up.
 */
final class SimulatedHunt {
    /** Attempts that a task may have had; the next one that ends without progress, for another reason, must not be its last. */
    private static final int ATTEMPTS = 3;

    /** Nobody is hunted. */
    static final SimulatedHunt NONE = new SimulatedHunt(Set.of(), 0, 0);

    private final Set<String> functions;
    private final int most;
    private final int tenThousandths;
    private final Map<String, Integer> kills = new HashMap<>();
    private int all;
    private int whileWaiting;

    /**
     * A hunt.
     *
     * @param functions whose invocations are killed
     * @param most so many in all
     * @param tenThousandths how likely, at each of their calls
     */
    SimulatedHunt(Set<String> functions, int most, int tenThousandths) {
        this.functions = functions;
        this.most = most;
        this.tenThousandths = tenThousandths;
    }

    boolean kills(RandomGenerator random, SimulatedRun run, InMemoryObjectStore bucket) {
        String function = run.event().function();
        if (all >= most || !functions.contains(function) || random.nextInt(10_000) >= tenThousandths) {
            return false;
        }
        String task = run.event().key();
        if (task.startsWith("tasks/") && attempts(task, bucket) > ATTEMPTS) {
            return false;
        }
        all++;
        kills.merge(task.isEmpty() ? function : task, 1, Integer::sum);
        whileWaiting += isWaiting(task, bucket) ? 1 : 0;
        return true;
    }

    private static int attempts(String task, InMemoryObjectStore bucket) {
        String[] parts = task.split("/", 4);
        byte[] saved = bucket.snapshotOf("jobs/" + parts[2] + "/checkpoints/" + parts[1] + "/" + parts[3]);
        return saved == null ? 0 : Json.read(saved, Checkpoint.class).attempts();
    }

    private static boolean isWaiting(String task, InMemoryObjectStore bucket) {
        byte @Nullable [] record =
                task.startsWith("tasks/") ? bucket.snapshotOf("jobs/" + task.split("/", 4)[2] + "/job.json") : null;
        return record != null && Json.read(record, Job.class).state() == JobState.WAITING;
    }

    int all() {
        return all;
    }

    /** How often the task was killed that was killed most often. */
    int mostOfOneTask() {
        return kills.entrySet().stream()
                .filter(each -> each.getKey().startsWith("tasks/"))
                .mapToInt(Map.Entry::getValue)
                .max()
                .orElse(0);
    }

    /** How often a sweep was killed. */
    int sweeps() {
        return kills.getOrDefault("sweep", 0);
    }

    /** How often somebody was killed whose job waited for its engine. */
    int whileWaiting() {
        return whileWaiting;
    }
}
