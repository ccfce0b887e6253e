package io.intake.processors.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.AtCall;
import io.intake.processors.Intercepted;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.store.StoreException;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Functions are killed at their deadline, and taken for dead while they live: neither may change a record or double one. */
class JoinKillTest {

    /** The process is gone. */
    private static final class Kill extends Error {
        private static final long serialVersionUID = 1L;
    }

    private record Expected(Map<String, String> objects, Map<String, Long> counts, JobState state) {
        static Expected of(JoinBench bench) {
            Job job = bench.job();
            return new Expected(bench.written(), job.counts(), job.state());
        }

        void check(JoinBench bench, String what, Object... arguments) {
            Expected now = of(bench);
            assertThat(now.state()).as(what, arguments).isEqualTo(state);
            assertThat(now.counts()).as(what, arguments).isEqualTo(counts);
            assertThat(now.objects()).as(what, arguments).isEqualTo(objects);
            assertThat(bench.open()).as(what, arguments).isEmpty();
        }
    }

    private static JoinBench bench(long seed, JoinLimits limits) {
        if (seed < 0) {
            SortedJoin sorted = new SortedJoin(-seed, 12, -seed % 2 == 0);
            return new JoinBench(limits, sorted.join, sorted.files);
        }
        RandomJoin tables = new RandomJoin(seed, 12);
        return new JoinBench(limits, tables.join, tables.files);
    }

    private static Expected undisturbed(long seed, JoinLimits limits) {
        JoinBench bench = bench(seed, limits);
        bench.run(new Random(1));
        return Expected.of(bench);
    }

    /**
     * Two whose tables make several partitions and windows, and one whose tables are refused; two below zero whose tables are
     * sorted, and nearly so.
     */
    private static final long[] SEEDS = {1, 12, 10, -1, -2};

    @Test
    void killedBeforeOrAfterAnyStoreCallItEndsWithTheSameBytes() {
        int kills = 0;
        for (JoinLimits limits : new JoinLimits[] {JoinLimits.DEFAULT, JoinBench.TINY}) {
            for (long seed : SEEDS) {
                Expected expected = undisturbed(seed, limits);
                for (boolean after : new boolean[] {false, true}) {
                    boolean reached = true;
                    for (int call = 1; reached; call++) {
                        JoinBench bench = bench(seed, limits);
                        AtCall kill = new AtCall(call, after, () -> {
                            throw new Kill();
                        });
                        try {
                            bench.new Function(Intercepted.store(bench.bucket, kill)).runAll(new Random(1));
                        } catch (Kill dead) {
                            kills++;
                        }
                        reached = kill.reached();
                        bench.clock.advance(JoinBench.LEASE);
                        bench.run(new Random(1));
                        expected.check(bench, "seed %d, call %d, after %s, %s", seed, call, after, limits);
                    }
                }
            }
        }
        assertThat(kills).isGreaterThan(500);
    }

    @Test
    void killedAgainAndAgainInAnyOrderItStillEndsWithTheSameBytes() {
        for (long seed = 1; seed <= 60; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Expected expected = undisturbed(seed, JoinBench.TINY);
            JoinBench bench = bench(seed, JoinBench.TINY);
            while (!bench.open().isEmpty()) {
                AtCall kill = new AtCall(60 + random.nextInt(80), random.nextBoolean(), () -> {
                    throw new Kill();
                });
                try {
                    bench.new Function(Intercepted.store(bench.bucket, kill)).runAll(random);
                } catch (Kill ignored) {
                    bench.clock.advance(JoinBench.LEASE);
                }
            }
            expected.check(bench, "seed %d", seed);
        }
    }

    @Test
    void anInvocationThatIsThoughtDeadChangesNothingWhenItWakesUp() {
        int wakings = 0;
        for (long seed : SEEDS) {
            Expected expected = undisturbed(seed, JoinBench.TINY);
            boolean reached = true;
            for (int call = 1; reached; call++) {
                JoinBench bench = bench(seed, JoinBench.TINY);
                AtCall sleep = new AtCall(call, false, () -> {
                    bench.clock.advance(JoinBench.LEASE);
                    bench.run(new Random(2));
                });
                try {
                    bench.new Function(Intercepted.store(bench.bucket, sleep)).runAll(new Random(1));
                } catch (StoreException taken) {
                    wakings++;
                }
                wakings += sleep.reached() ? 1 : 0;
                reached = sleep.reached();
                bench.clock.advance(JoinBench.LEASE);
                bench.run(new Random(3));
                expected.check(bench, "seed %d, call %d", seed, call);
            }
        }
        assertThat(wakings).isGreaterThan(100);
    }
}
