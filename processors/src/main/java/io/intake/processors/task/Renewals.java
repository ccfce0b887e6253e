package io.intake.processors.task;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does something again and again while an invocation lives: what keeps a lease. Thread-safe. */
@FunctionalInterface
public interface Renewals {

    /** By a virtual thread, in real time. */
    Renewals REAL_TIME = Renewals::onThread;

    /** Ends the repetition; an action that runs meanwhile may still end after it. */
    @FunctionalInterface
    interface Running extends AutoCloseable {
        @Override
        void close();
    }

    /** Runs an action after each period until it is told to end. */
    Running every(Duration period, Runnable action);

    private static Running onThread(Duration period, Runnable action) {
        CountDownLatch ended = new CountDownLatch(1);
        Thread.ofVirtual().name("lease").start(() -> {
            try {
                while (!ended.await(period.toNanos(), TimeUnit.NANOSECONDS)) {
                    action.run();
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        return ended::countDown;
    }
}
