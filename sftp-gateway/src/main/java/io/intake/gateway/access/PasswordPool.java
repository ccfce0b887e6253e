package io.intake.gateway.access;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Where passwords are verified: at most {@value #THREADS} at once, so that they take at most so many times the memory of the
 * costliest hash, and a queue that ends. Its threads go when there is nothing to do. Thread-safe.
 */
public final class PasswordPool implements AutoCloseable {
    private static final int THREADS = 2;
    private static final int IDLE_SECONDS = 30;

    private final ThreadPoolExecutor executor;

    /**
     * A pool.
     *
     * @param waiting how many may wait; more are refused
     */
    public PasswordPool(int waiting) {
        executor = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(waiting),
                Thread.ofPlatform().name("password-", 0).daemon().factory());
        executor.allowCoreThreadTimeOut(true);
    }

    /** Runs a task soon; false if too many wait already. */
    public boolean submit(Runnable task) {
        try {
            executor.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Drops what waits. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
