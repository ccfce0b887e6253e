package io.intake.processors.unzip;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.Json;
import io.intake.processors.job.Job;
import io.intake.processors.task.StepOutcome;
import io.intake.store.StoreException;
import io.intake.store.memory.InMemoryObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Several invocations of one task whose steps and checkpoints are interleaved at random. Each claim fences those before it,
 * which find out only when they save.
 */
final class Rivals {
    private final InMemoryObjectStore store;
    private final Job job;
    private final int task;
    private final Random random;
    private final List<Rival> alive = new ArrayList<>();
    private UnzipCursor saved = UnzipCursor.start();
    private int generation;
    private boolean done;

    /** @param task 1 of a zip archive, for which the plan is made first; 0 of a file that is read from front to back */
    Rivals(InMemoryObjectStore store, Job job, int task, Random random) {
        this.task = task;
        this.store = store;
        this.job = job;
        this.random = random;
    }

    /** An invocation; between a step and its checkpoint, others may act. */
    private static final class Rival {
        final UnzipWork work;
        final int generation;
        UnzipCursor cursor;
        StepOutcome<UnzipCursor> unsaved = new StepOutcome.Advanced<>(UnzipCursor.start(), false);
        boolean toSave;

        Rival(UnzipWork work, int generation, UnzipCursor cursor) {
            this.work = work;
            this.generation = generation;
            this.cursor = cursor;
        }
    }

    void run(int partBytes) {
        Driver driver = new Driver(job);
        if (task != 0) {
            StepOutcome<UnzipCursor> planned = new UnzipWork(store, Samples.NAMING, Samples.OWNERS, partBytes)
                    .step(job, driver.task(0), UnzipCursor.start(), Driver.AMPLE);
            assertThat(planned).isInstanceOf(StepOutcome.Finished.class);
        }
        UnzipWork shared = new UnzipWork(store, Samples.NAMING, Samples.OWNERS, partBytes);
        while (!done) {
            if (alive.isEmpty() || random.nextInt(12) == 0) {
                UnzipWork work =
                        random.nextBoolean() ? shared : new UnzipWork(store, Samples.NAMING, Samples.OWNERS, partBytes);
                alive.add(new Rival(work, ++generation, saved));
            }
            Rival rival = alive.get(random.nextInt(alive.size()));
            if (!act(driver, rival) || (alive.size() > 1 && random.nextInt(20) == 0)) {
                alive.remove(rival);
            }
        }
        // those that are still alive do what they were at
        alive.forEach(rival -> act(driver, rival));
    }

    /** Whether it goes on. */
    private boolean act(Driver driver, Rival rival) {
        if (!rival.toSave) {
            try {
                rival.unsaved = rival.work.step(job, driver.task(task), rival.cursor, Driver.AMPLE);
            } catch (StoreException ends) {
                assertThat(rival.generation)
                        .as("only a stale invocation may fail")
                        .isLessThan(generation);
                return false;
            }
            rival.toSave = true;
            return true;
        }
        rival.toSave = false;
        return switch (rival.unsaved) {
            case StepOutcome.Advanced<UnzipCursor> advanced -> save(rival, advanced.cursor());
            case StepOutcome.Finished<UnzipCursor> ignored -> {
                done |= rival.generation == generation;
                yield false;
            }
            default -> throw new AssertionError("unexpected " + rival.unsaved);
        };
    }

    private boolean save(Rival rival, UnzipCursor cursor) {
        if (rival.generation != generation) {
            return false;
        }
        saved = Json.read(Json.bytes(cursor), UnzipCursor.class);
        rival.cursor = saved;
        return true;
    }
}
