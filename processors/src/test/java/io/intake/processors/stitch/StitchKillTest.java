package io.intake.processors.stitch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.processors.AtCall;
import io.intake.processors.Intercepted;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.store.ObjectStore;
import io.intake.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Functions are killed at their deadline, and taken for dead while they live: neither may change a byte. */
class StitchKillTest {

    /** The process is gone. */
    private static final class Kill extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** A saved cursor that only the latest claimant may replace, as the task runner has it. */
    private static final class Saved {
        private final StitchBench bench;
        private StitchCursor cursor = StitchCursor.START;
        private int generation;
        private @Nullable JsonNode result;

        Saved(StitchBench bench) {
            this.bench = bench;
        }

        Invocation claim(ObjectStore store) {
            return new Invocation(this, ++generation, bench.work(store));
        }
    }

    private record Invocation(Saved saved, int generation, StitchWork work) {
        /** Steps and saves; false once done or fenced. */
        boolean step() {
            if (saved.generation != generation || saved.result != null) {
                return false;
            }
            StepOutcome<StitchCursor> outcome = saved.bench.step(work, saved.cursor);
            if (saved.generation != generation || saved.result != null) {
                return false;
            }
            switch (outcome) {
                case Advanced<StitchCursor>(StitchCursor next, boolean ignored) -> saved.cursor = next;
                case Finished<StitchCursor>(JsonNode result) -> saved.result = result;
                case StepOutcome<StitchCursor> other -> throw new AssertionError(other.toString());
            }
            return true;
        }

        void run() {
            while (step()) {
                // on
            }
        }

        void run(int steps) {
            for (int i = 0; i < steps && step(); i++) {
                // on
            }
        }
    }

    private static StitchBench bench(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StitchBench bench = new StitchBench();
        bench.table("a,b\n1,2\n").table("x\n");
        RandomTable longer = RandomTable.of(random, 5, 120);
        bench.table(longer.format(), List.of(longer.file(), longer.file()));
        return bench.table("k\n1\n", "K\n2\n");
    }

    private record Expected(Map<String, String> objects, JsonNode result) {
        static Expected of(long seed) {
            StitchBench bench = bench(seed);
            JsonNode result = bench.finish(bench.work(), StitchCursor.START);
            return new Expected(bench.stitched(), result);
        }

        void check(StitchBench bench, Saved saved, String what, Object... arguments) {
            assertThat(bench.stitched()).as(what, arguments).isEqualTo(objects);
            assertThat(saved.result).as(what, arguments).isEqualTo(result);
        }
    }

    @Test
    void killedBeforeOrAfterAnyStoreCallItEndsWithTheSameBytes() {
        int kills = 0;
        for (long seed = 1; seed <= 4; seed++) {
            Expected expected = Expected.of(seed);
            for (boolean after : List.of(false, true)) {
                boolean reached = true;
                for (int call = 1; reached; call++) {
                    StitchBench bench = bench(seed);
                    Saved saved = new Saved(bench);
                    AtCall kill = new AtCall(call, after, () -> {
                        throw new Kill();
                    });
                    try {
                        saved.claim(Intercepted.store(bench.bucket, kill)).run();
                    } catch (Kill dead) {
                        kills++;
                    }
                    reached = kill.reached();
                    saved.claim(bench.bucket).run();
                    expected.check(bench, saved, "seed %d, call %d, after %s", seed, call, after);
                }
            }
        }
        assertThat(kills).isGreaterThan(100);
    }

    @Test
    void killedAgainAndAgainItStillEndsWithTheSameBytes() {
        for (long seed = 1; seed <= 200; seed++) {
            Expected expected = Expected.of(seed);
            SplittableRandom random = new SplittableRandom(seed);
            StitchBench bench = bench(seed);
            Saved saved = new Saved(bench);
            while (saved.result == null) {
                AtCall kill = new AtCall(1 + random.nextInt(12), random.nextBoolean(), () -> {
                    throw new Kill();
                });
                try {
                    saved.claim(Intercepted.store(bench.bucket, kill)).run();
                } catch (Kill ignored) {
                    // The next claim goes on
                }
            }
            expected.check(bench, saved, "seed %d", seed);
        }
    }

    @Test
    void anInvocationThatIsThoughtDeadChangesNothingWhenItWakesUp() {
        int wakings = 0;
        for (long seed = 1; seed <= 3; seed++) {
            Expected expected = Expected.of(seed);
            for (int steps : List.of(1, 2, 3, 5, 1_000)) {
                boolean reached = true;
                for (int call = 1; reached; call++) {
                    StitchBench bench = bench(seed);
                    Saved saved = new Saved(bench);
                    List<Invocation> successor = new ArrayList<>();
                    AtCall sleep = new AtCall(call, false, () -> {
                        Invocation next = saved.claim(bench.bucket);
                        successor.add(next);
                        next.run(steps);
                    });
                    Invocation sleeper = saved.claim(Intercepted.store(bench.bucket, sleep));
                    survives(sleeper);
                    wakings += sleep.reached() ? 1 : 0;
                    reached = sleep.reached();
                    successor.forEach(Invocation::run);
                    expected.check(bench, saved, "seed %d, call %d, %d steps", seed, call, steps);
                }
            }
        }
        assertThat(wakings).isGreaterThan(100);
    }

    @Test
    void twoThatSleepAtTheSamePartDoNotSpoilTheThird() {
        for (long seed = 1; seed <= 3; seed++) {
            Expected expected = Expected.of(seed);
            for (int steps : List.of(1, 2, 4)) {
                boolean reached = true;
                for (int call = 1; reached; call++) {
                    StitchBench bench = bench(seed);
                    Saved saved = new Saved(bench);
                    List<Invocation> third = new ArrayList<>();
                    // The second reads the plan and its entry anew and sleeps before its next call
                    AtCall inner = new AtCall(3, false, () -> {
                        third.add(saved.claim(bench.bucket));
                        third.getFirst().run(steps);
                    });
                    AtCall outer = new AtCall(
                            call, false, () -> survives(saved.claim(Intercepted.store(bench.bucket, inner))));
                    survives(saved.claim(Intercepted.store(bench.bucket, outer)));
                    reached = outer.reached();
                    third.forEach(Invocation::run);
                    saved.claim(bench.bucket).run();
                    expected.check(bench, saved, "seed %d, call %d, %d steps", seed, call, steps);
                }
            }
        }
    }

    /** Runs an invocation that may find its work taken away. */
    private static boolean survives(Invocation invocation) {
        try {
            invocation.run();
            return true;
        } catch (StoreException taken) {
            return false;
        }
    }
}
