package io.intake.processors.task;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;

/**
 * Saves a step while the one behind it runs, where the work allows that ({@link StageWork#goesOn}). One save at a time is under
 * way in a run. Thread-safe.
 */
@FunctionalInterface
public interface Saves {

    /** On a virtual thread. */
    Saves MEANWHILE = Saves::onThread;

    /** Before the next step begins. */
    Saves FIRST = save -> {
        boolean kept = save.getAsBoolean();
        return () -> kept;
    };

    /** A save that was begun. */
    @FunctionalInterface
    interface Saving {
        /** Of what was saved before. */
        Saving DONE = () -> true;

        /** Waits for its end, if need be, and says what the save said; throws what it threw. */
        boolean kept();
    }

    /**
     * Begins to save.
     *
     * @param save false if another invocation has taken the task over
     */
    Saving begin(BooleanSupplier save);

    private static Saving onThread(BooleanSupplier save) {
        FutureTask<Boolean> task = new FutureTask<>(save::getAsBoolean);
        Thread.ofVirtual().name("save").start(task);
        return () -> result(task);
    }

    /** However often it is interrupted: whether the step is saved must be known before the next save begins. */
    private static boolean result(FutureTask<Boolean> task) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case RuntimeException thrown -> throw thrown;
                case Error thrown -> throw thrown;
                case null, default -> throw new IllegalStateException("a save throws nothing else", failed);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
