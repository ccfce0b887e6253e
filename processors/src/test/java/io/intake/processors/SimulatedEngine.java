package io.intake.processors;

import io.intake.processors.forward.Batch;
import io.intake.processors.forward.EngineAnswer;
import io.intake.processors.job.Job;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** An integration engine that drops what it has by its key, and keeps everything. */
final class SimulatedEngine {
    private final Simulation simulation;
    private final Map<String, String> byKey = new HashMap<>();
    private final Map<String, List<String>> records = new HashMap<>();
    private final Map<String, Long> lastAt = new HashMap<>();
    private final List<Long> requests = new ArrayList<>();
    private final Map<String, int[]> places = new HashMap<>();
    private Predicate<String> poison = record -> false;
    private long downFrom;
    private long downUntil;
    private EngineAnswer.Unavailable silence = new EngineAnswer.Unavailable("HTTP_503", null, true);
    private Duration latency = Duration.ZERO;
    private int knocks;
    private int inFlight;
    private int mostInFlight;
    private int taken;

    SimulatedEngine(Simulation simulation) {
        this.simulation = simulation;
    }

    /** It answers that it is out of service from a time to a time, in milliseconds. */
    void down(long from, long until) {
        downFrom = from;
        downUntil = until;
    }

    /** It asks everybody to come again in two minutes, from a time to a time, in milliseconds. */
    void busy(long from, long until) {
        down(from, until);
        silence = new EngineAnswer.Unavailable("HTTP_429", Duration.ofMinutes(2), true);
    }

    /** It refuses batches with such a record. */
    void refuse(Predicate<String> record) {
        poison = record;
    }

    /** It takes so long for each request. */
    void slow(Duration time) {
        latency = time;
    }

    EngineAnswer send(SimulatedRun run, Job job, Batch batch) {
        run.point();
        requests.add(simulation.clock().elapsed());
        mostInFlight = Math.max(mostInFlight, ++inFlight);
        try {
            if (!latency.isZero()) {
                run.sleep(latency);
            }
            return answer(run, job, batch);
        } finally {
            inFlight--;
        }
    }

    private EngineAnswer answer(SimulatedRun run, Job job, Batch batch) {
        long now = simulation.clock().elapsed();
        if (now >= downFrom && now < downUntil) {
            knocks++;
            return silence;
        }
        if (simulation.faults().troublesEngine(simulation.random(), now)) {
            return trouble(run, job, batch);
        }
        if (isRefused(batch)) {
            return new EngineAnswer.Refused("HTTP_422");
        }
        take(job, batch);
        return new EngineAnswer.Taken("r" + taken);
    }

    private boolean isRefused(Batch batch) {
        return new String(batch.bytes(), StandardCharsets.UTF_8).lines().anyMatch(poison);
    }

    private EngineAnswer trouble(SimulatedRun run, Job job, Batch batch) {
        @Nullable Duration after = simulation.random().nextBoolean() ? null : Duration.ofSeconds(30);
        switch (simulation.random().nextInt(4)) {
            case 0 -> {
                downFrom = 0;
                downUntil = simulation.clock().elapsed() + simulation.random().nextLong(1_000, 1_200_000);
            }
            case 1 -> take(job, batch);
            case 2 -> {
                run.sleep(Duration.ofSeconds(30));
                return new EngineAnswer.Unavailable("TIMED_OUT", null, true);
            }
            default -> {
                run.sleep(Duration.ofSeconds(simulation.random().nextInt(1, 60)));
                take(job, batch);
                return new EngineAnswer.Unavailable("TIMED_OUT", null, true);
            }
        }
        return new EngineAnswer.Unavailable(
                "HTTP_503", after, simulation.random().nextBoolean());
    }

    private void take(Job job, Batch batch) {
        if (isRefused(batch)) {
            return;
        }
        String content = job.id() + "\0" + batch.table() + "\0" + new String(batch.bytes(), StandardCharsets.UTF_8);
        String before = byKey.putIfAbsent(batch.key(job), content);
        if (before != null && !before.equals(content)) {
            throw new AssertionError("two contents under one key");
        }
        if (before == null) {
            int place = ++taken;
            places.computeIfAbsent(job.id(), id -> new int[] {place, place})[1] = place;
            records.computeIfAbsent(job.id(), id -> new ArrayList<>())
                    .addAll(new String(batch.bytes(), StandardCharsets.UTF_8)
                            .lines()
                            .toList());
            lastAt.put(job.id(), simulation.clock().elapsed());
        }
    }

    /** The records of a job, those of each key once. */
    List<String> of(String job) {
        return records.getOrDefault(job, List.of());
    }

    /** When the last record of a job came. */
    long lastAt(String job) {
        return lastAt.getOrDefault(job, -1L);
    }

    /** The jobs of which there are records. */
    List<String> jobs() {
        return List.copyOf(records.keySet());
    }

    /** How often it was asked while it was out of service. */
    int knocks() {
        return knocks;
    }

    /** When it was asked. */
    List<Long> requests() {
        return requests;
    }

    int mostInFlight() {
        return mostInFlight;
    }

    /** The place of a job's first and of its last batch among all that were taken; null if it has none. */
    int @Nullable [] places(String job) {
        return places.get(job);
    }
}
