package io.intake.processors;

import java.util.concurrent.atomic.AtomicInteger;

/** Runs of the whole pipeline in which the process is killed once, around a call of the store. */
final class KilledRun {
    private KilledRun() {}

    /** The process is gone. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** How many calls of the store it takes to deal with a file, undisturbed. */
    static int callsOf(String name, byte[] content) {
        AtomicInteger calls = new AtomicInteger();
        try (World world = new World()) {
            world.upload(name, content);
            world.aroundEachCall(call -> calls.incrementAndGet());
            world.run();
        }
        return calls.get();
    }

    /**
     * Kills the process at a call; then Lambda tries the event again, or the event is lost and only the sweeper is left.
     *
     * @return false if there were fewer calls
     */
    static boolean run(World world, int kill, boolean lost) {
        boolean hit = false;
        AtomicInteger calls = new AtomicInteger();
        world.aroundEachCall(call -> {
            if (calls.incrementAndGet() == kill) {
                throw new Killed();
            }
        });
        World.Event current = null;
        try {
            while (!world.events.isEmpty()) {
                current = world.events.remove();
                world.deliver(current);
            }
        } catch (Killed killed) {
            hit = true;
            world.restart();
            if (!lost && current != null) {
                world.events.addFirst(current);
            }
        }
        world.aroundEachCall(call -> {});
        world.run();
        for (int sweep = 0; sweep < 3; sweep++) {
            world.sweepLater();
            world.run();
        }
        return hit;
    }
}
