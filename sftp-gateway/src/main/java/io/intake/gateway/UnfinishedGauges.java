package io.intake.gateway;

import io.intake.gateway.metrics.GatewayMetrics;
import io.intake.gateway.upload.UnfinishedTotals;
import io.intake.store.ObjectStore;
import io.intake.store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How much of unfinished uploads lies in the bucket, as of the last count. Thread-safe. */
final class UnfinishedGauges {
    private static final Logger LOG = LoggerFactory.getLogger(UnfinishedGauges.class);

    private volatile UnfinishedTotals last = UnfinishedTotals.NONE;

    UnfinishedGauges(GatewayMetrics metrics) {
        metrics.gauge(
                "intake.gateway.unfinished.uploads",
                null,
                "Uploads in the bucket that a client can go on with, all gateways'",
                () -> (double) last.uploads());
        metrics.gauge(
                "intake.gateway.unfinished",
                "bytes",
                "Durable bytes of such uploads, as far as their records tell",
                () -> (double) last.bytes());
    }

    /** Counts; what cannot be counted now stays as it was. */
    void refresh(ObjectStore store) {
        try {
            last = UnfinishedTotals.count(store);
        } catch (StoreException e) {
            LOG.warn("unfinished uploads not counted: cause={}", e.getClass().getSimpleName());
        }
    }
}
