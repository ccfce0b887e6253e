package io.intake.gateway.upload;

import java.time.Duration;

/** Waits between two tries. */
@FunctionalInterface
public interface Pause {

    /** Waits, or less. */
    void pause(Duration duration);

    /** The calling thread sleeps. */
    static Pause sleeping() {
        return duration -> {
            try {
                Thread.sleep(duration);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }
}
