package io.intake.processors.hold;

import io.intake.bucket.BucketLayout;
import io.intake.config.Configuration;
import io.intake.config.Feed;
import io.intake.config.FeedMode;
import io.intake.processors.hold.Decision.Action;
import io.intake.processors.job.Job;
import io.intake.store.Content;
import io.intake.store.ListRequest;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Files of feeds that are paused: they are held, and go on in the order of their uploads when the configuration says so. A mark
 * for each, named by its feed, spares the sweep to ask for each job. Thread-safe, also across processes.
 */
public final class PausedFeeds {
    /** Who decides, where the configuration does. */
    private static final String BY = "configuration";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);
    /** As long as {@link #TIME} writes an instant. */
    private static final int TIME_LENGTH = 20;

    private final ObjectStore store;
    private final Holds holds;
    private final Supplier<Configuration> configuration;

    public PausedFeeds(ObjectStore store, Holds holds, Supplier<Configuration> configuration) {
        this.store = store;
        this.holds = holds;
        this.configuration = configuration;
    }

    /** Marks a job that is held because its feed is paused. */
    public void mark(Job job) {
        Instant uploaded = job.input().uploadedAt();
        store.put(PutRequest.of(
                BucketLayout.paused(job.partner(), job.feedId(), TIME.format(uploaded), job.id()),
                Content.of(new byte[0]),
                "text/plain"));
    }

    /** Lets the files of feeds go on that are paused no more. */
    public void look(Consumer<Runnable> each) {
        ListRequest.under(BucketLayout.PAUSED).each(store, object -> {
            String[] parts =
                    object.key().substring(BucketLayout.PAUSED.length()).split("/", 3);
            if (parts.length == 3 && parts[2].length() > TIME_LENGTH && goesOn(parts[0], parts[1])) {
                each.accept(() -> {
                    holds.decide(parts[2].substring(TIME_LENGTH + 1), Action.RELEASE, BY);
                    store.delete(object.key());
                });
            }
        });
    }

    /** A feed that is gone from the configuration is for a person to decide about. */
    private boolean goesOn(String partner, String feed) {
        Optional<Feed> found = configuration.get().partner(partner).stream()
                .flatMap(each -> each.feeds().stream())
                .filter(each -> each.id().equals(feed))
                .findFirst();
        return found.isPresent() && found.get().mode() != FeedMode.PAUSED;
    }
}
