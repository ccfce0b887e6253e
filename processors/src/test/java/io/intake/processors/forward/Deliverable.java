package io.intake.processors.forward;

import io.intake.config.ArchiveLimits;
import io.intake.config.Engine;
import io.intake.config.Feed;
import io.intake.config.FeedMode;
import io.intake.config.FileDelivery;
import io.intake.config.Format;
import io.intake.config.Target;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Jobs, batches and engines for the tests of adapters. */
public final class Deliverable {
    private static final Instant NOON = Instant.parse("2026-03-04T12:00:00Z");

    private Deliverable() {}

    /** A feed of records. */
    public static Feed feed(@Nullable String template) {
        return new Feed("daily", ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "lab", 500, Set.of())
                .shaped(template);
    }

    /** A job of a feed. */
    public static Job job(Feed feed) {
        return Job.open("20260304-aa", "p", new Input("inbound/p/x.zip", null, "e", 1, null, NOON), feed, NOON);
    }

    public static Job job() {
        return job(feed(null));
    }

    /** A job of a feed on trial. */
    public static Job testJob() {
        Feed feed = feed(null);
        return job(new Feed(
                feed.id(),
                feed.match(),
                feed.limits(),
                feed.format(),
                feed.tables(),
                feed.engine(),
                feed.batch(),
                feed.receipts(),
                null,
                1,
                null,
                feed.controls(),
                null,
                null,
                null,
                FeedMode.TEST,
                null,
                feed.delivery(),
                feed.unknownMember()));
    }

    /** A job whose files are delivered as they are. */
    public static Job fileJob(String contentType) {
        Feed feed = feed(null);
        return job(new Feed(
                feed.id(),
                feed.match(),
                feed.limits(),
                feed.format(),
                feed.tables(),
                feed.engine(),
                feed.batch(),
                feed.receipts(),
                null,
                1,
                null,
                feed.controls(),
                new FileDelivery(false, contentType, FileDelivery.MOST),
                null));
    }

    /** The first batch of the table "t". */
    public static Batch batch(String... records) {
        return Batch.ofLines(1, "t", 0, String.join("\n", records).getBytes(StandardCharsets.UTF_8));
    }

    public static Batch file(String name, byte[] content) {
        return Batch.whole(1, name, content);
    }

    public static Engine engine(Target target) {
        return new Engine("lab", target, Duration.ofSeconds(20));
    }
}
