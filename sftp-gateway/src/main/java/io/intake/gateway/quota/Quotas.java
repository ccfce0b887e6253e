package io.intake.gateway.quota;

import io.intake.bucket.Naming;
import io.intake.config.Quota;
import io.intake.store.ObjectStore;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** What each partner has stored and may store. Thread-safe. */
public final class Quotas {
    private final ObjectStore store;
    private final Naming naming;
    private final Function<String, Quota> quotas;
    private final InstantSource clock;
    private final Delay delay;
    private final Executor executor;
    private final Map<String, PartnerUsage> partners = new ConcurrentHashMap<>();

    /**
     * Nothing is counted yet: a partner's files are when it first writes.
     *
     * @param quotas the quota in force of a partner; asked again and again
     * @param delay for what comes too fast
     * @param executor counts; must start each task at once, as one virtual thread per task does
     */
    public Quotas(
            ObjectStore store,
            Naming naming,
            Function<String, Quota> quotas,
            InstantSource clock,
            Delay delay,
            Executor executor) {
        this.store = store;
        this.naming = naming;
        this.quotas = quotas;
        this.clock = clock;
        this.delay = delay;
        this.executor = executor;
    }

    /** A partner's: the same for all its sessions. */
    public PartnerUsage of(String partner) {
        return partners.computeIfAbsent(
                partner,
                id -> new PartnerUsage(
                        () -> quotas.apply(id),
                        underWay -> new UsageCount(store, id, underWay).count(naming),
                        clock,
                        delay,
                        executor));
    }
}
