package io.intake.processors;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One invocation of a function, on a thread of its own that runs only while it has the baton: the scheduler hands it over,
 * and it is given back before each call of the store, the engine or the pager, and while the invocation sleeps.
 */
final class SimulatedRun {
    /** The process is gone: whatever the code still tries to do while it unwinds comes to nothing. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed", null, false, false);
        }
    }

    private final Thread thread;
    private final SimulatedClock clock;
    private final SimulatedSandbox sandbox;
    private final SimulatedEvent event;
    private final List<Renewal> renewals = new ArrayList<>();
    private final long deadline;
    private @Nullable Thread scheduler;
    private volatile boolean baton;
    private volatile boolean ended;
    private @Nullable Throwable failure;
    private long wakeAt;
    private boolean killed;
    private boolean renewing;

    private static final class Renewal {
        private final long period;
        private final Runnable action;
        private long next;

        Renewal(long period, Runnable action, long next) {
            this.period = period;
            this.action = action;
            this.next = next;
        }
    }

    SimulatedRun(
            SimulatedClock clock, SimulatedSandbox sandbox, SimulatedEvent event, Duration timeout, Runnable handler) {
        this.clock = clock;
        this.sandbox = sandbox;
        this.event = event;
        this.deadline = clock.elapsed() + timeout.toMillis();
        this.thread = Thread.ofVirtual().name("invocation").unstarted(() -> body(handler));
    }

    private void body(Runnable handler) {
        awaitBaton();
        try {
            check();
            handler.run();
        } catch (Throwable thrown) {
            failure = thrown;
        }
        ended = true;
        baton = false;
        LockSupport.unpark(scheduler);
    }

    SimulatedSandbox sandbox() {
        return sandbox;
    }

    SimulatedEvent event() {
        return event;
    }

    /** Called by the scheduler: lets the invocation run up to its next call. */
    void resume() {
        scheduler = Thread.currentThread();
        baton = true;
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        } else {
            LockSupport.unpark(thread);
        }
        while (baton) {
            LockSupport.park(this);
        }
    }

    boolean ended() {
        return ended;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    long wakeAt() {
        return Math.min(wakeAt, deadline);
    }

    /** Stands still, its leases not renewed, as a machine that swaps or a process that is stopped. */
    void freeze(long millis) {
        wakeAt = clock.elapsed() + millis;
    }

    void kill() {
        killed = true;
    }

    int remainingMillis() {
        return (int) Math.max(0, deadline - clock.elapsed());
    }

    /** Before each call: others may run first, and this may be the end. */
    void point() {
        yieldBaton();
        renewDue();
    }

    /** Waits, and keeps its leases meanwhile. */
    void sleep(Duration duration) {
        long end = clock.elapsed() + duration.toMillis();
        while (clock.elapsed() < end) {
            long next = end;
            for (Renewal renewal : renewals) {
                next = Math.min(next, renewal.next);
            }
            wakeAt = Math.max(next, clock.elapsed() + 1);
            yieldBaton();
            renewDue();
        }
    }

    /** Waits without keeping its leases. */
    void hang(Duration duration) {
        wakeAt = clock.elapsed() + duration.toMillis();
        yieldBaton();
    }

    io.intake.processors.task.Renewals.Running renew(Duration period, Runnable action) {
        Renewal renewal = new Renewal(period.toMillis(), action, clock.elapsed() + period.toMillis());
        renewals.add(renewal);
        return () -> renewals.remove(renewal);
    }

    private void renewDue() {
        if (renewing) {
            return;
        }
        renewing = true;
        try {
            for (Renewal renewal : List.copyOf(renewals)) {
                if (renewal.next <= clock.elapsed()) {
                    renewal.next = clock.elapsed() + renewal.period;
                    renewal.action.run();
                }
            }
        } finally {
            renewing = false;
        }
    }

    private void yieldBaton() {
        check();
        baton = false;
        LockSupport.unpark(scheduler);
        awaitBaton();
        check();
    }

    private void awaitBaton() {
        while (!baton) {
            LockSupport.park(this);
        }
    }

    private void check() {
        if (killed || clock.elapsed() >= deadline) {
            killed = true;
            throw new Killed();
        }
    }
}
