package io.intake.processors.sweep;

import io.intake.bucket.BucketLayout;
import io.intake.config.Configuration;
import io.intake.config.Pager;
import io.intake.processors.page.Incidents;
import io.intake.processors.page.Outbox;
import io.intake.processors.page.ServicePages;
import io.intake.store.ListRequest;
import io.intake.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Tells of uploads that were broken off and are not gone on with, before what is kept of them expires. Thread-safe. */
public final class ParkedUploads {
    private static final String RECORD = ".json";

    private final ObjectStore store;
    private final Incidents incidents;
    private final Outbox outbox;
    private final Supplier<Configuration> configuration;

    public ParkedUploads(ObjectStore store, Incidents incidents, Outbox outbox, Supplier<Configuration> configuration) {
        this.store = store;
        this.incidents = incidents;
        this.outbox = outbox;
        this.configuration = configuration;
    }

    /** What is too old of a partner. */
    private record Old(int count, Instant oldest) {
        Old and(Old other) {
            return new Old(count + other.count, oldest.isBefore(other.oldest) ? oldest : other.oldest);
        }
    }

    void look(Instant now) {
        Pager pager = configuration.get().pager();
        if (pager == null) {
            return;
        }
        Map<String, Old> old = old(now.minus(pager.parkedAfter()));
        Set<String> open = incidents.openParked();
        old.forEach((partner, found) -> {
            if (!open.contains(partner)) {
                long hours = Duration.between(found.oldest(), now).toHours();
                outbox.leave(owner(partner), 1, ServicePages.parked(partner, found.count(), hours));
            }
        });
        open.stream()
                .filter(partner -> !old.containsKey(partner))
                .forEach(partner -> outbox.leave(owner(partner), 2, ServicePages.parkedNoMore(partner)));
    }

    private static String owner(String partner) {
        return "parked-" + partner;
    }

    private Map<String, Old> old(Instant before) {
        Map<String, Old> old = new TreeMap<>();
        ListRequest.under(BucketLayout.PARKED).each(store, object -> {
            String behind = object.key().substring(BucketLayout.PARKED.length());
            int end = behind.indexOf('/');
            if (end > 0 && behind.endsWith(RECORD) && object.lastModified().isBefore(before)) {
                old.merge(behind.substring(0, end), new Old(1, object.lastModified()), Old::and);
            }
        });
        return old;
    }
}
