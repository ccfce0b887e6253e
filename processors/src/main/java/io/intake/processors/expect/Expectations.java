package io.intake.processors.expect;

import io.intake.bucket.BucketLayout;
import io.intake.config.Configuration;
import io.intake.config.Expect;
import io.intake.config.Feed;
import io.intake.config.Partner;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.expect.Watch.Level;
import io.intake.processors.job.Hashes;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.page.Outbox;
import io.intake.processors.page.PageEvent;
import io.intake.processors.page.PageOrder;
import io.intake.store.Content;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps in the bucket which files of feeds that are expected came, and tells people of those that did not. A file's mark is
 * named by the time of its upload, so that a window is counted by one listing however many feeds there are and however long
 * nobody looked. Thread-safe, also across processes.
 */
public final class Expectations {
    private static final int ATTEMPTS = 20;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final ObjectStore store;
    private final Records records;
    private final Outbox outbox;
    private final Supplier<Configuration> configuration;

    public Expectations(ObjectStore store, Records records, Outbox outbox, Supplier<Configuration> configuration) {
        this.store = store;
        this.records = records;
        this.outbox = outbox;
        this.configuration = configuration;
    }

    /**
     * A file has come. One that was sent before says nothing about today's.
     *
     * @param now the time
     */
    public void arrived(Job job, Instant now) {
        Expect rules = rules(job);
        if (rules == null || job.isSet() || job.state() == JobState.SKIPPED) {
            return;
        }
        String mark = BucketLayout.feedArrivals(job.partner(), job.feedId())
                + TIME.format(job.input().uploadedAt())
                + "-"
                + job.id();
        store.put(PutRequest.of(mark, Content.of(new byte[0]), "text/plain"));
        if (job.input().size() < rules.minBytes()) {
            empty(job, true);
        }
        boolean told = records.find(key(job.partner(), job.feedId()), Watch.class)
                .filter(watch -> watch.value().level() != Level.FINE)
                .isPresent();
        if (told) {
            look(job.partner(), job.requireFeed(), rules, now);
        }
    }

    /** A job has ended; a file of an expected feed that is through has rows, or is empty. */
    public void delivered(Job job) {
        Expect rules = rules(job);
        if (rules == null
                || job.state() != JobState.DELIVERED
                || job.isMember()
                || job.requireFeed().files() != null) {
            return;
        }
        empty(job, job.counts().getOrDefault("rows", 0L) == 0 || job.input().size() < rules.minBytes());
    }

    private static @Nullable Expect rules(Job job) {
        Feed feed = job.feed();
        return feed == null ? null : feed.expect();
    }

    private void empty(Job job, boolean empty) {
        LatePages pages =
                new LatePages(job.partner(), job.feedId(), job.requireFeed().mode());
        PageEvent page = empty ? pages.empty(job.id(), job.input().size()) : pages.emptyNoMore();
        change(
                job.partner(),
                job.feedId(),
                empty ? Watch.begin("", job.input().uploadedAt()) : null,
                watch -> watch.empty() == empty ? watch : watch.asEmpty(empty, page));
    }

    /**
     * Looks after all feeds that are expected. Costs one request for each, and one more while its files are not there.
     *
     * @param each runs what is done for one of them
     * @param now the time up to which everything that came is known
     */
    public void look(Consumer<Runnable> each, Instant now) {
        for (Partner partner : configuration.get().partners()) {
            for (Feed feed : partner.feeds()) {
                Expect rules = feed.expect();
                if (rules != null) {
                    each.accept(() -> look(partner.id(), feed, rules, now));
                }
            }
        }
    }

    private void look(String partner, Feed feed, Expect rules, Instant now) {
        LatePages pages = new LatePages(partner, feed.id(), feed.mode());
        String digest = Hashes.hex(rules.toString(), 8);
        Schedule schedule = new Schedule(rules);
        Look look = new Look(rules, digest, pages, slot -> count(partner, feed.id(), rules, schedule, slot));
        change(partner, feed.id(), Watch.begin(digest, now), watch -> look.at(watch, now));
    }

    /** How many files came in a slot's window, or as many as are expected. */
    private int count(String partner, String feed, Expect rules, Schedule schedule, Slot slot) {
        String prefix = BucketLayout.feedArrivals(partner, feed);
        // What is uploaded in the very moment sorts behind the time alone
        String from = prefix + TIME.format(slot.opens());
        String until = schedule.after(slot)
                .map(next -> prefix + TIME.format(next.opens()))
                .orElse(prefix + "~");
        ListPage page = store.list(new ListRequest(prefix, null, from, null, rules.files()));
        return (int) page.objects().stream()
                .map(ObjectInfo::key)
                .filter(key -> key.compareTo(until) < 0)
                .count();
    }

    /**
     * Changes what is known, and leaves the pages that the change calls for. They are part of the record until they are in the
     * outbox: a kill between the two loses none, and of two that look at once one decides.
     *
     * @param first what to begin with; null to leave a feed alone of which nothing is known
     */
    private void change(String partner, String feed, @Nullable Watch first, UnaryOperator<Watch> change) {
        String key = key(partner, feed);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Versioned<Watch>> found = records.find(key, Watch.class);
            if (found.isPresent() && !found.get().value().pending().isEmpty()) {
                found = leave(partner, feed, key, found.get());
                if (found.isEmpty()) {
                    continue;
                }
            }
            Watch before = found.map(Versioned::value).orElse(first);
            if (before == null) {
                return;
            }
            Watch after = change.apply(before);
            if (found.isPresent() && after.equals(before)) {
                return;
            }
            Optional<Versioned<Watch>> written =
                    found.isPresent() ? records.replace(key, found.get().etag(), after) : records.create(key, after);
            if (written.isPresent()) {
                if (!after.pending().isEmpty()) {
                    leave(partner, feed, key, written.get());
                }
                return;
            }
        }
    }

    /** Puts pages into the outbox and takes them out of the record; empty if somebody else has changed that meanwhile. */
    private Optional<Versioned<Watch>> leave(String partner, String feed, String key, Versioned<Watch> watch) {
        String owner = PageOrder.IN_ORDER + Hashes.hex(partner + "/" + feed, 8);
        int number = watch.value().firstNumber();
        for (PageEvent page : watch.value().pending()) {
            outbox.leave(owner, number++ % 1_000_000, page);
        }
        return records.replace(key, watch.etag(), watch.value().left());
    }

    private static String key(String partner, String feed) {
        return BucketLayout.feedExpected(partner, feed);
    }
}
