package io.intake.processors;

import com.amazonaws.services.lambda.runtime.Context;
import io.intake.bucket.BucketLayout;
import io.intake.processors.engine.EngineState;
import io.intake.processors.join.JoinLimits;
import io.intake.processors.lambda.ForwardHandler;
import io.intake.processors.lambda.IntakeHandler;
import io.intake.processors.lambda.PageHandler;
import io.intake.processors.lambda.StitchHandler;
import io.intake.processors.lambda.SweepHandler;
import io.intake.processors.lambda.UnzipHandler;
import io.intake.processors.task.LateSaves;
import io.intake.processors.task.Saves;
import io.intake.processors.unzip.ArchivePlanner.Units;
import io.intake.store.CompleteRequest;
import io.intake.store.Content;
import io.intake.store.ObjectInfo;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * The whole pipeline on one thread at a time, under a clock and a scheduler that a seed decides: which invocation goes on to
 * its next call, which event comes when, how often or never, who is killed, what fails. The same seed gives the same run.
 */
final class Simulation implements AutoCloseable {
    /** Parts are cut so small, so that a file of some kilobytes is large. */
    static final int MIN_PART = 256;

    private static final Duration SWEEP = Duration.ofMinutes(5);
    private static final int ATTEMPTS = 3;
    private static final int MAX_STEPS = 400_000;
    private static final Duration MAX_TIME = Duration.ofDays(2);

    private final RandomGenerator random;
    private final SimulatedFaults faults;
    private final SimulatedClock clock = new SimulatedClock();
    private final InMemoryObjectStore bucket = InMemoryObjectStore.encrypting(clock, MIN_PART);
    private final SimulatedEngine engine = new SimulatedEngine(this);
    private final SimulatedPager pager = new SimulatedPager(this);
    private final SimulatedWitness witness = new SimulatedWitness();
    private final List<SimulatedEvent> events = new ArrayList<>();
    private final List<SimulatedRun> live = new ArrayList<>();
    private final Map<String, List<SimulatedSandbox>> idle = new HashMap<>();
    private final List<Later> later = new ArrayList<>();
    private final Map<String, Integer> concurrency = new HashMap<>();
    private final Map<String, Integer> deaths = new HashMap<>();
    private long nextSweep = SWEEP.toMillis();
    private long ids;
    private SimulatedHunt hunt = SimulatedHunt.NONE;
    private int kills;
    private int steps;

    private record Later(long due, Runnable effect) {}

    Simulation(long seed, SimulatedFaults faults) {
        this.random = new SplittableRandom(seed);
        this.faults = faults;
        configure(SimulatedHospital.CONFIGURATION);
    }

    void configure(String yaml) {
        Content content = Content.of(yaml.getBytes(StandardCharsets.UTF_8));
        bucket.put(PutRequest.of(BucketLayout.PARTNERS, content, "application/yaml"));
    }

    /** A world as bad as the seed says. */
    static Simulation of(long seed) {
        return new Simulation(seed, SimulatedFaults.some(new SplittableRandom(seed ^ 0x5eed)));
    }

    RandomGenerator random() {
        return random;
    }

    SimulatedFaults faults() {
        return faults;
    }

    SimulatedClock clock() {
        return clock;
    }

    InMemoryObjectStore bucket() {
        return bucket;
    }

    SimulatedEngine engine() {
        return engine;
    }

    SimulatedPager pager() {
        return pager;
    }

    SimulatedWitness witness() {
        return witness;
    }

    ProcessorSettings settings() {
        return ProcessorSettings.DEFAULT;
    }

    String nextId() {
        return "id-" + ++ids;
    }

    /** How often an invocation died, by kill or time-out, that worked on the object of a key. */
    Map<String, Integer> deaths() {
        return deaths;
    }

    /** Kills come on top of those of the faults, for as long as these last. */
    void hunt(SimulatedHunt by) {
        hunt = by;
    }

    /** Lambda's reserved concurrency of a function. */
    void limit(String function, int most) {
        concurrency.put(function, most);
    }

    Workings workings(SimulatedSandbox sandbox) {
        return new Workings(
                (to, job, batch) -> engine.send(sandbox.run(), job, batch),
                (page, budget) -> pager.send(sandbox.run(), page),
                (period, action) -> sandbox.run().renew(period, action),
                512,
                new Units(1_500, 3_000, 2_000, random.nextBoolean() ? 3_000 : -1),
                512,
                new JoinLimits(1_000, 600, 2_000, 1 << 20, 800, 1, 500, 2_000),
                random.nextBoolean() ? Saves.FIRST : LateSaves.LATE);
    }

    /** Something takes effect after its caller has given up. */
    void later(Duration delay, Runnable effect) {
        later.add(new Later(clock.elapsed() + delay.toMillis(), effect));
    }

    /** A store call took effect. */
    void happened(SimulatedRun run, String operation, Object[] arguments, Object result) {
        String key = switch (operation) {
            case "put" -> ((PutRequest) arguments[0]).key();
            case "completeUpload" -> ((CompleteRequest) arguments[0]).upload().key();
            case "copy" -> (String) arguments[1];
            default -> "";
        };
        if (!key.isEmpty()) {
            created(key);
            witness.written(run, key, (ObjectInfo) result, bucket);
        }
    }

    /** S3 tells of an object, more or less. */
    void created(String key) {
        if (!key.startsWith("inbound/") && !key.startsWith("tasks/") && !key.startsWith(BucketLayout.FAILURES)) {
            return;
        }
        if (faults.losesEvent(random, clock.elapsed())) {
            return;
        }
        int copies = faults.doublesEvent(random, clock.elapsed()) ? random.nextInt(2, 4) : 1;
        for (int copy = 0; copy < copies; copy++) {
            long delay = faults.delaysEvent(random, clock.elapsed())
                    ? random.nextLong(60_000, 3_600_000)
                    : random.nextLong(20, 2_000);
            events.add(new SimulatedEvent(key, "request-" + nextId(), clock.elapsed() + delay, 1));
        }
    }

    /** Runs until nothing is left to be done, which must come to pass. */
    void run(SimulatedHospital hospital) {
        int calm = 0;
        while (calm < 4) {
            boolean swept = step(hospital);
            if (swept) {
                boolean quiet =
                        clock.elapsed() > faults.until() && live.isEmpty() && events.size() == 1 && later.isEmpty();
                calm = quiet && hospital.over() && nothingLeft() ? calm + 1 : 0;
            }
            if (++steps > MAX_STEPS || clock.elapsed() > faults.until() + MAX_TIME.toMillis()) {
                throw new AssertionError("it does not come to an end: " + left());
            }
        }
    }

    private boolean nothingLeft() {
        return left().isEmpty();
    }

    /** What is still to be done. */
    List<String> left() {
        List<String> left = new ArrayList<>(bucket.listUploads("", null).uploads().stream()
                .map(Object::toString)
                .toList());
        bucket.snapshot().forEach((key, bytes) -> {
            if (key.startsWith("tasks/")
                    || key.startsWith("open-sets/")
                    || key.startsWith(BucketLayout.AWAITED)
                    || isOpenCircuit(key, bytes)) {
                left.add(key);
            }
        });
        return left;
    }

    /** Whether it is still to be found out if an engine is back: it is, or nobody is left to ask. */
    private static boolean isOpenCircuit(String key, byte[] bytes) {
        return key.startsWith(BucketLayout.ENGINES)
                && key.endsWith("/state.json")
                && Json.read(bytes, EngineState.class).open();
    }

    /** One thing happens. Tells whether it was a sweep that began. */
    private boolean step(SimulatedHospital hospital) {
        long now = clock.elapsed();
        hospital.act(this);
        for (Later each : List.copyOf(later)) {
            if (each.due() <= now) {
                later.remove(each);
                each.effect().run();
            }
        }
        if (now >= nextSweep) {
            nextSweep = now + SWEEP.toMillis();
            events.add(new SimulatedEvent("", "sweep-" + nextId(), now, 1));
            return true;
        }
        List<Object> choices = new ArrayList<>();
        live.stream().filter(run -> run.wakeAt() <= now).forEach(choices::add);
        events.stream()
                .filter(event -> event.due() <= now && room(event.function()))
                .forEach(choices::add);
        if (choices.isEmpty()) {
            clock.moveTo(next(hospital));
            return false;
        }
        switch (choices.get(random.nextInt(choices.size()))) {
            case SimulatedRun run -> goOn(run);
            case SimulatedEvent event -> start(event);
            default -> throw new IllegalStateException();
        }
        clock.moveTo(clock.elapsed() + random.nextInt(1, 40));
        return false;
    }

    private long next(SimulatedHospital hospital) {
        long next = Math.min(nextSweep, hospital.next());
        for (SimulatedRun run : live) {
            next = Math.min(next, run.wakeAt());
        }
        for (SimulatedEvent event : events) {
            next = Math.min(next, event.due() <= clock.elapsed() ? clock.elapsed() + 1_000 : event.due());
        }
        for (Later each : later) {
            next = Math.min(next, each.due());
        }
        return Math.max(next, clock.elapsed() + 1);
    }

    private boolean room(String function) {
        int most = concurrency.getOrDefault(function, 1_000);
        return live.stream()
                        .filter(run -> run.event().function().equals(function))
                        .count()
                < most;
    }

    private void goOn(SimulatedRun run) {
        if (faults.killsNow(random, clock.elapsed(), kills)) {
            kills++;
            run.kill();
        } else if (clock.elapsed() <= faults.until() && hunt.kills(random, run, bucket)) {
            run.kill();
        } else if (faults.freezesNow(random, clock.elapsed())) {
            run.freeze(random.nextLong(1_000, 400_000));
            return;
        }
        run.resume();
        if (run.ended()) {
            live.remove(run);
            end(run);
        }
    }

    private void start(SimulatedEvent event) {
        events.remove(event);
        SimulatedSandbox sandbox = sandbox(event.function());
        Duration timeout = Duration.ofMinutes(event.function().equals("sweep") ? 4 : random.nextInt(2, 15));
        SimulatedRun[] self = new SimulatedRun[1];
        SimulatedRun run =
                new SimulatedRun(clock, sandbox, event, timeout, () -> handle(sandbox.processors(), event, self[0]));
        self[0] = run;
        sandbox.serve(run);
        live.add(run);
    }

    private SimulatedSandbox sandbox(String function) {
        List<SimulatedSandbox> warm = idle.getOrDefault(function, List.of());
        if (!warm.isEmpty() && random.nextInt(8) > 0) {
            return warm.removeLast();
        }
        Duration skew = Duration.ofMillis(
                faults.skewed() ? random.nextLong(-300_000, 300_000) : random.nextLong(-1_000, 1_000));
        return new SimulatedSandbox(this, skew);
    }

    private void end(SimulatedRun run) {
        Throwable failure = run.failure();
        run.sandbox().serve(null);
        if (failure instanceof SimulatedRun.Killed) {
            deaths.merge(run.event().key(), 1, Integer::sum);
            run.sandbox().close();
        } else {
            idle.computeIfAbsent(run.event().function(), name -> new ArrayList<>())
                    .add(run.sandbox());
        }
        if (failure == null || run.event().key().isEmpty()) {
            return;
        }
        witness.failed(run.event(), failure);
        if (run.event().attempt() < ATTEMPTS) {
            events.add(run.event().again(clock.elapsed() + run.event().attempt() * 60_000L));
        } else if (!run.event().function().equals("page")) {
            died(run.event());
        }
    }

    /** What Lambda writes of an invocation that failed for good. */
    private void died(SimulatedEvent event) {
        String key = BucketLayout.FAILURES + "intake-" + event.function() + "/" + nextId();
        String record =
                "{\"requestContext\":{\"functionArn\":\"arn:aws:lambda:r:a:function:intake-%s\",\"condition\":\"RetriesExhausted\",\"requestId\":\"%s\",\"approximateInvokeCount\":3}}"
                        .formatted(event.function(), event.requestId());
        bucket.put(PutRequest.of(key, Content.of(record.getBytes(StandardCharsets.UTF_8)), Json.TYPE));
        created(key);
    }

    private static void handle(Processors processors, SimulatedEvent event, SimulatedRun run) {
        Context context = new TestContext(event.requestId(), run::remainingMillis);
        switch (event.function()) {
            case "sweep" -> new SweepHandler(processors).handleRequest(Map.of(), context);
            case "intake" ->
                new IntakeHandler(processors).handleRequest(TestContext.notification(event.key()), context);
            case "unzip" -> new UnzipHandler(processors).handleRequest(TestContext.notification(event.key()), context);
            case "stitch" ->
                new StitchHandler(processors).handleRequest(TestContext.notification(event.key()), context);
            case "forward" ->
                new ForwardHandler(processors).handleRequest(TestContext.notification(event.key()), context);
            case "page" -> new PageHandler(processors).handleRequest(TestContext.notification(event.key()), context);
            default -> throw new IllegalStateException(event.key());
        }
    }

    @Override
    public void close() {
        for (SimulatedRun run : live) {
            run.kill();
            while (!run.ended()) {
                run.resume();
            }
            run.sandbox().close();
        }
        idle.values().forEach(warm -> warm.forEach(SimulatedSandbox::close));
    }
}
