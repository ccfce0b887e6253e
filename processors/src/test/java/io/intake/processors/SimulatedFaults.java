package io.intake.processors;

import java.util.random.RandomGenerator;

/**
 * How bad a world is; probabilities in 10,000ths. Mutable only in that it ends: no world is bad for ever.
 *
 * @param until when it ends, in milliseconds of the simulation
 * @param before a store call fails
 * @param after it fails after it took effect
 * @param slow it takes long
 * @param never it does not answer, with and without effect, or takes effect later
 * @param cut a read breaks off
 * @param kill an invocation dies, at each of its calls
 * @param kills at most so many; of more, a task may rightly be given up
 * @param freeze an invocation stands still for minutes
 * @param lost an event is lost
 * @param doubled an event comes twice or more
 * @param late an event comes minutes late
 * @param engine the engine does not take a batch, or its answer is lost
 * @param skewed whether the machines' clocks differ by minutes, or by a second
 */
record SimulatedFaults(
        long until,
        int before,
        int after,
        int slow,
        int never,
        int cut,
        int kill,
        int kills,
        int freeze,
        int lost,
        int doubled,
        int late,
        int engine,
        boolean skewed) {

    /** What goes wrong with a store call. */
    enum Fault {
        NONE,
        BEFORE,
        AFTER,
        SLOW,
        NEVER_BEFORE,
        NEVER_AFTER,
        LATE
    }

    static final SimulatedFaults NONE = new SimulatedFaults(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false);

    /** Some kinds of trouble, others not: all at once would hide each other. */
    static SimulatedFaults some(RandomGenerator random) {
        return new SimulatedFaults(
                random.nextLong(10, 90) * 60_000,
                some(random, 300),
                some(random, 300),
                some(random, 100),
                some(random, 60),
                some(random, 200),
                some(random, 300),
                random.nextInt(1, 5),
                some(random, 100),
                some(random, 2_500),
                some(random, 4_000),
                some(random, 2_000),
                some(random, 3_000),
                random.nextInt(4) == 0);
    }

    /** The same world where nobody is killed by chance. */
    SimulatedFaults withoutKills() {
        return new SimulatedFaults(
                until, before, after, slow, never, cut, kill, 0, freeze, lost, doubled, late, engine, skewed);
    }

    private static int some(RandomGenerator random, int most) {
        return random.nextInt(3) == 0 ? 0 : random.nextInt(most + 1);
    }

    private static boolean hits(RandomGenerator random, int tenThousandths) {
        return tenThousandths > 0 && random.nextInt(10_000) < tenThousandths;
    }

    Fault ofStore(RandomGenerator random, long now) {
        if (now > until) {
            return Fault.NONE;
        }
        if (hits(random, before)) {
            return Fault.BEFORE;
        }
        if (hits(random, after)) {
            return Fault.AFTER;
        }
        if (hits(random, slow)) {
            return Fault.SLOW;
        }
        if (hits(random, never)) {
            return switch (random.nextInt(3)) {
                case 0 -> Fault.NEVER_BEFORE;
                case 1 -> Fault.NEVER_AFTER;
                default -> Fault.LATE;
            };
        }
        return Fault.NONE;
    }

    boolean cutsStream(RandomGenerator random, long now) {
        return now <= until && hits(random, cut);
    }

    boolean killsNow(RandomGenerator random, long now, int killed) {
        return now <= until && killed < kills && hits(random, kill);
    }

    boolean freezesNow(RandomGenerator random, long now) {
        return now <= until && hits(random, freeze);
    }

    boolean losesEvent(RandomGenerator random, long now) {
        return now <= until && hits(random, lost);
    }

    boolean doublesEvent(RandomGenerator random, long now) {
        return now <= until && hits(random, doubled);
    }

    boolean delaysEvent(RandomGenerator random, long now) {
        return now <= until && hits(random, late);
    }

    boolean troublesEngine(RandomGenerator random, long now) {
        return now <= until && hits(random, engine);
    }
}
