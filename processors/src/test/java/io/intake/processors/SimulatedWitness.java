package io.intake.processors;

import io.intake.processors.task.Checkpoint;
import io.intake.store.ObjectInfo;
import io.intake.store.memory.InMemoryObjectStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sees each write, and whether it breaks a rule of the machine. */
final class SimulatedWitness {
    private final Map<String, SimulatedRun> holders = new HashMap<>();
    private final Map<String, Integer> generations = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private final Map<String, Integer> failures = new HashMap<>();

    /** Each generation of a lease has one holder, and no older one writes after a newer. */
    void written(SimulatedRun run, String key, ObjectInfo info, InMemoryObjectStore bucket) {
        if (!key.contains("/checkpoints/")) {
            return;
        }
        byte[] bytes = bucket.snapshotOf(key);
        if (bytes == null) {
            return;
        }
        Checkpoint written = Json.read(bytes, Checkpoint.class);
        SimulatedRun holder = holders.putIfAbsent(key + "#" + written.generation(), run);
        if (holder != null && holder != run) {
            wrong.add("two holders of generation " + written.generation() + " wrote " + key);
        }
        int before = generations.getOrDefault(key, 0);
        if (written.generation() < before) {
            wrong.add("generation " + written.generation() + " wrote after " + before + ": " + key);
        }
        generations.put(key, Math.max(before, written.generation()));
    }

    void failed(SimulatedEvent event, Throwable failure) {
        String what = event.function() + " " + failure.getClass().getSimpleName();
        failures.merge(what, 1, Integer::sum);
        if (failure instanceof AssertionError) {
            wrong.add(String.valueOf(failure.getMessage()));
        } else if (failure instanceof RuntimeException && !(failure instanceof io.intake.store.StoreException)) {
            java.io.StringWriter trace = new java.io.StringWriter();
            failure.printStackTrace(new java.io.PrintWriter(trace));
            wrong.add("unforeseen: " + trace.toString().lines().limit(8).toList());
        }
    }

    Map<String, Integer> failures() {
        return failures;
    }

    List<String> wrong() {
        return wrong;
    }
}
