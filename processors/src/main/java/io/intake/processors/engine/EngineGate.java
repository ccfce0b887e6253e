package io.intake.processors.engine;

import io.intake.bucket.BucketLayout;
import io.intake.config.Configuration;
import io.intake.config.Engine;
import io.intake.processors.Records;
import io.intake.processors.engine.Line.Place;
import io.intake.processors.engine.Wakeups.Woken;
import io.intake.processors.page.EngineIncidents;
import io.intake.processors.page.Outbox;
import io.intake.store.ConditionalWrites.Pause;
import io.intake.store.ListRequest;
import io.intake.store.ObjectStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides, for all functions together, who may send to an engine and when: one knocks at an engine that is down, no more send
 * at once or in a time than it allows, and those that wait are started again when they can go on. Thread-safe, also across
 * processes.
 */
public final class EngineGate {
    /** Jobs that are started at once when an engine is back; each starts others when it is through. */
    private static final int FIRST = 4;

    private static final int NEXT = 2;
    private static final int LOOK_AT = 100;

    /** When nobody waits in line and nobody has probed for so long, nobody will: even the forgotten are started sooner. */
    private static final Duration QUIET = Duration.ofHours(1);

    private final ObjectStore store;
    private final EngineHealth health;
    private final Line line;
    private final Slots slots;
    private final Rates rates;
    private final Wakeups wakeups;
    private final InstantSource clock;
    private final Supplier<String> ids;
    private final RandomGenerator random;
    private final Pause pause;

    /** @param ids gives an id that was never given before */
    public EngineGate(
            ObjectStore store,
            Records records,
            Outbox outbox,
            Wakeups wakeups,
            InstantSource clock,
            Supplier<String> ids,
            RandomGenerator random,
            Pause pause) {
        this.store = store;
        this.line = new Line(store);
        this.health = new EngineHealth(records, outbox, line, clock);
        this.slots = new Slots(records, clock);
        this.rates = new Rates(records, clock);
        this.wakeups = wakeups;
        this.clock = clock;
        this.ids = ids;
        this.random = random;
        this.pause = pause;
    }

    /** What a run of a job's delivery has to do with its engine; to be left at its end. */
    public EngineRun run(String job) {
        return new EngineRun(this, job, ids.get());
    }

    /** What page senders ask. */
    public EngineIncidents incidents() {
        return health;
    }

    EngineHealth health() {
        return health;
    }

    Line line() {
        return line;
    }

    Slots slots() {
        return slots;
    }

    Rates rates() {
        return rates;
    }

    Wakeups wakeups() {
        return wakeups;
    }

    InstantSource clock() {
        return clock;
    }

    RandomGenerator random() {
        return random;
    }

    Pause pause() {
        return pause;
    }

    /** How many jobs may go on at once when an engine is back. */
    static int first(int concurrency) {
        return concurrency > 0 ? concurrency : FIRST;
    }

    /** How many jobs go on when one is through. */
    static int next(int concurrency) {
        return concurrency > 0 ? 1 : NEXT;
    }

    /**
     * Starts jobs that wait in the line of an engine.
     *
     * @param wanted how many
     * @param but the job that is not to be started; empty if there is none
     */
    void wake(String engine, int wanted, String but) {
        int started = 0;
        boolean anyLeft = false;
        for (Place place : line.front(engine, LOOK_AT)) {
            if (place.job().equals(but)) {
                continue;
            }
            if (started == wanted) {
                return;
            }
            Woken woken = wakeups.wake(place.job());
            if (woken == Woken.AWAKE) {
                // It is about to wait or about to end, and takes its mark away itself
                anyLeft = true;
            } else {
                line.leave(place);
                started += woken == Woken.STARTED ? 1 : 0;
            }
        }
        if (started == 0 && !anyLeft) {
            health.drained(engine);
        }
    }

    /**
     * Looks after all engines, for those who died: tells on-call what nobody has told, and starts who can go on.
     *
     * @return how many engines there is something to say of
     */
    public int tend(Supplier<Configuration> configuration) {
        Map<String, Boolean> waited = new TreeMap<>();
        ListRequest.under(BucketLayout.ENGINES).each(store, object -> {
            String[] parts = object.key().split("/", -1);
            waited.merge(parts[1], parts[2].equals("waiting"), Boolean::logicalOr);
        });
        waited.forEach((engine, waits) ->
                tend(engine, waits, configuration.get().engines().get(engine)));
        return waited.size();
    }

    private void tend(String id, boolean waits, @Nullable Engine engine) {
        EngineState state = waits ? health.state(id) : health.forsake(id, QUIET);
        Duration after = engine == null ? Engine.PAGE_AFTER : engine.pageAfter();
        // One job's failure is no reason to wake anybody if that job has ended since and nobody else has come
        if (waits || !state.open() || state.failed() > 0) {
            health.page(id, state, after);
        }
        if (!waits) {
            return;
        }
        int concurrency = engine == null ? 0 : engine.limits().concurrency();
        if (!state.open()) {
            wake(id, first(concurrency), "");
        } else if (state.mayBeProbed(clock.instant())) {
            wake(id, 1, "");
        }
    }
}
