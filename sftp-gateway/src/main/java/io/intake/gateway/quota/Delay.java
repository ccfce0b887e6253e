package io.intake.gateway.quota;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Lets time pass without a thread of its own. */
@FunctionalInterface
public interface Delay {
    /** Completes after a while, unless it is cancelled before. */
    CompletableFuture<Void> of(Duration time);

    /** By the machine's clock. */
    static Delay real() {
        return time -> new CompletableFuture<Void>().completeOnTimeout(null, time.toNanos(), TimeUnit.NANOSECONDS);
    }
}
