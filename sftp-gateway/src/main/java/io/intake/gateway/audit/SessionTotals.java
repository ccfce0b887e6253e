package io.intake.gateway.audit;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What a session has done, for the line at its end. That line comes last, although a session's channels still tidy up when
 * it is closed: each of them {@linkplain #begin begins} and {@linkplain #end ends}, as does the session itself. Thread-safe.
 */
public final class SessionTotals {
    private final Instant opened;
    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder published = new LongAdder();
    private final LongAdder parked = new LongAdder();
    private final LongAdder downloads = new LongAdder();
    private final LongAdder changes = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final AtomicReference<@Nullable String> reason = new AtomicReference<>();
    private final AtomicInteger underWay = new AtomicInteger(1);

    /** Of a session that began at a time and has done nothing yet. */
    public SessionTotals(Instant opened) {
        this.opened = opened;
    }

    /** When it was connected. */
    public Instant opened() {
        return opened;
    }

    /** Bytes of files came. */
    public void received(long bytes) {
        received.add(bytes);
    }

    /** Bytes of files went out. */
    public void sent(long bytes) {
        sent.add(bytes);
    }

    /**
     * An upload ended.
     *
     * @param outcome as in its own line
     */
    public void uploaded(String outcome) {
        switch (outcome) {
            case "published" -> published.increment();
            case "parked" -> parked.increment();
            case "failed" -> failures.increment();
            default -> {
                // nothing came of it
            }
        }
    }

    /** A file was read, or some of it. */
    public void downloaded() {
        downloads.increment();
    }

    /** A name was changed. */
    public void changed() {
        changes.increment();
    }

    /** Something was refused or failed. */
    public void failed() {
        failures.increment();
    }

    /** Why the session is about to end; the first one told counts, since others follow from it. */
    public void ending(String why) {
        reason.compareAndSet(null, why);
    }

    /** One more that may still write lines. */
    public void begin() {
        underWay.incrementAndGet();
    }

    /** One fewer; true for the last. */
    public boolean end() {
        return underWay.decrementAndGet() == 0;
    }

    String reason() {
        String told = reason.get();
        return told == null ? "lost" : told;
    }

    long receivedBytes() {
        return received.sum();
    }

    long sentBytes() {
        return sent.sum();
    }

    long publishedFiles() {
        return published.sum();
    }

    long parkedFiles() {
        return parked.sum();
    }

    long downloadCount() {
        return downloads.sum();
    }

    long changeCount() {
        return changes.sum();
    }

    long failureCount() {
        return failures.sum();
    }
}
