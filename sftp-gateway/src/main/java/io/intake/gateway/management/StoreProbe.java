package io.intake.gateway.management;

import io.intake.bucket.BucketLayout;
import io.intake.store.ObjectStore;
import io.intake.store.StoreException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the store for partners.yml's description when nothing else was asked of it lately. A probe that is not answered in
 * time counts as failed, and no other is sent while it is under way, so that a store in trouble gets one request at most.
 * Thread-safe.
 */
public final class StoreProbe implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreProbe.class);
    private static final Duration TIME_LIMIT = Duration.ofSeconds(5);

    private final ObjectStore store;
    private final StoreHealth health;
    private final Thread thread;
    private @Nullable CompletableFuture<Boolean> underWay;

    private StoreProbe(ObjectStore store, StoreHealth health) {
        this.store = store;
        this.health = health;
        this.thread = Thread.ofVirtual().name("store-probe").unstarted(this::run);
    }

    /** Begins to probe. */
    public static StoreProbe start(ObjectStore store, StoreHealth health) {
        StoreProbe probe = new StoreProbe(store, health);
        probe.thread.start();
        return probe;
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Duration left = health.untilProbe(System.nanoTime());
                if (left.isPositive()) {
                    Thread.sleep(left);
                    if (health.answers() && health.untilProbe(System.nanoTime()).isPositive()) {
                        continue; // something else was answered meanwhile
                    }
                }
                probe();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void probe() throws InterruptedException {
        boolean before = health.answers();
        CompletableFuture<Boolean> pending = underWay;
        if (pending == null) {
            pending = new CompletableFuture<>();
            CompletableFuture<Boolean> answer = pending;
            Thread.ofVirtual().name("store-probe-call").start(() -> answer.complete(ask()));
        }
        boolean answered = false;
        try {
            answered = pending.get(TIME_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            underWay = null;
        } catch (TimeoutException late) {
            underWay = pending;
        } catch (ExecutionException impossible) {
            underWay = null;
        }
        if (answered) {
            health.probeAnswered(System.nanoTime());
        } else {
            health.probeFailed(System.nanoTime());
        }
        if (before != health.answers()) {
            LOG.warn("store health changed: answers={}", health.answers());
        }
    }

    private boolean ask() {
        try {
            Optional<?> ignored = store.head(BucketLayout.PARTNERS);
            return true;
        } catch (StoreException refused) {
            return false;
        } catch (RuntimeException broken) {
            LOG.warn("store probe failed: cause={}", broken.getClass().getSimpleName());
            return false;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
