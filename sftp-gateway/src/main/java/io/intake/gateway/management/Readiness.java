package io.intake.gateway.management;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** Whether new connections should come here, and if not, why: a few fixed words, which hold no secret. Thread-safe. */
public final class Readiness {
    private final Map<String, BooleanSupplier> conditions = new LinkedHashMap<>();
    private final AtomicBoolean listening = new AtomicBoolean();
    private final AtomicBoolean draining = new AtomicBoolean();
    private final AtomicBoolean configured = new AtomicBoolean();

    /**
     * Not ready yet.
     *
     * @param store whether the store answers
     */
    public Readiness(BooleanSupplier store) {
        conditions.put("configuration not loaded", configured::get);
        conditions.put("not listening", () -> listening.get() || draining.get());
        conditions.put("store does not answer", store);
        conditions.put("draining", () -> !draining.get());
    }

    /** partners.yml was read; a later version that is refused changes nothing, since this one stays in force. */
    public void configured() {
        configured.set(true);
    }

    /** Clients can connect. */
    public void listening() {
        listening.set(true);
    }

    /** Nobody is let in any more; for good. */
    public void draining() {
        draining.set(true);
    }

    /** Why not; empty if it is ready. */
    public List<String> reasons() {
        List<String> reasons = new ArrayList<>();
        conditions.forEach((reason, holds) -> {
            if (!holds.getAsBoolean()) {
                reasons.add(reason);
            }
        });
        return reasons;
    }
}
