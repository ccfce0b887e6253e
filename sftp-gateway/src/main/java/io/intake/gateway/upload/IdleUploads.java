package io.intake.gateway.upload;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Puts uploads aside whose clients are silent, when somebody waits for the memory that they hold. So a client that stops in
 * the middle, for a minute or for good, holds up nobody else. Thread-safe.
 */
public final class IdleUploads {
    /** How many are put aside at a time; each takes two or three requests to the store. */
    private static final int AT_ONCE = 16;

    private final Duration idle;
    private final InstantSource clock;
    private final Executor executor;
    private final Set<OpenUpload> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger resting = new AtomicInteger();

    /**
     * Watches no upload yet.
     *
     * @param idle silence after which an upload may be put aside
     * @param executor must start each task at once, as one virtual thread per task does
     */
    public IdleUploads(Duration idle, InstantSource clock, Executor executor) {
        this.idle = idle;
        this.clock = clock;
        this.executor = executor;
    }

    void add(OpenUpload upload) {
        open.add(upload);
    }

    void remove(OpenUpload upload) {
        open.remove(upload);
    }

    void woken() {
        resting.decrementAndGet();
    }

    /** Uploads that are put aside now. */
    public int resting() {
        return resting.get();
    }

    private record Candidate(OpenUpload upload, Instant active) {}

    /**
     * Puts uploads aside, the longest silent first, until nobody waits whom that helps. Waits for the store; to be called
     * again and again by one thread.
     */
    public void relieve() {
        Instant silentSince = clock.instant().minus(idle);
        List<OpenUpload> candidates = open.stream()
                .filter(upload -> upload.budget().isShort())
                .map(upload -> new Candidate(upload, upload.active()))
                .filter(candidate -> !candidate.active().isAfter(silentSince))
                .sorted(Comparator.comparing(Candidate::active))
                .map(Candidate::upload)
                .toList();
        Semaphore places = new Semaphore(AT_ONCE);
        for (OpenUpload upload : candidates) {
            places.acquireUninterruptibly();
            if (!upload.budget().isShort()) {
                places.release();
                continue;
            }
            CompletableFuture<Void> ignored = CompletableFuture.runAsync(() -> rest(upload, silentSince), executor)
                    .whenComplete((_, _) -> places.release());
        }
        places.acquireUninterruptibly(AT_ONCE);
    }

    private void rest(OpenUpload upload, Instant silentSince) {
        if (upload.rest(silentSince)) {
            resting.incrementAndGet();
        }
    }
}
