package io.intake.processors.hold;

import io.intake.bucket.BucketLayout;
import io.intake.config.Controls.Measure;
import io.intake.config.Controls.Shrink;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.job.Job;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How large a feed's files have been lately: one small record per feed, changed by compare-and-swap. Kept for feeds that say
 * how much a file may shrink, from then on. Thread-safe, also across processes.
 */
public final class FeedSizes {
    /** As many as a feed may ask the median of. */
    private static final int KEPT = 50;

    private final Records records;

    public FeedSizes(Records records) {
        this.records = records;
    }

    /**
     * The files delivered last, oldest first.
     *
     * @param files at most {@value #KEPT}
     */
    record Sizes(List<Size> files) {
        Sizes {
            files = List.copyOf(files);
        }

        /** With a job's file; a job counts once. */
        Sizes with(Size size) {
            if (files.stream().anyMatch(each -> each.job().equals(size.job()))) {
                return this;
            }
            List<Size> more = new ArrayList<>(files);
            more.add(size);
            return new Sizes(more.subList(Math.max(0, more.size() - KEPT), more.size()));
        }

        /** The median of the last files; of an even number, the lower one of the middle. Empty until there are enough. */
        OptionalLong usual(Shrink shrink) {
            List<Size> last = files.subList(Math.max(0, files.size() - shrink.files()), files.size());
            if (last.size() < Math.min(LEAST, shrink.files())) {
                return OptionalLong.empty();
            }
            long[] sorted = last.stream()
                    .mapToLong(each -> each.of(shrink.of()))
                    .sorted()
                    .toArray();
            return OptionalLong.of(sorted[(sorted.length - 1) / 2]);
        }
    }

    /** Nothing is usual before so many files. */
    private static final int LEAST = 3;

    /** What a job's file came to. */
    record Size(String job, long rows, long bytes) {
        long of(Measure measure) {
            return measure == Measure.ROWS ? rows : bytes;
        }
    }

    /**
     * Whether a file is smaller than usual by more than its feed allows.
     *
     * @param rows that were taken of it
     * @return what is usual, if so
     */
    public OptionalLong shrunkFrom(Job job, long rows) {
        Shrink shrink = job.requireFeed().controls().maxShrink();
        if (shrink == null) {
            return OptionalLong.empty();
        }
        OptionalLong usual = find(job).map(found -> found.value().usual(shrink)).orElse(OptionalLong.empty());
        long size = size(job, rows).of(shrink.of());
        return usual.isPresent() && shrunk(size, usual.getAsLong(), shrink.percent()) ? usual : OptionalLong.empty();
    }

    /** In halves of what a long holds, so that nothing overflows: sizes are below 2^47. */
    static boolean shrunk(long size, long usual, int percent) {
        return size * 100 < usual * (100 - percent);
    }

    /** Counts a file that was delivered. */
    public void delivered(Job job) {
        if (job.requireFeed().controls().maxShrink() == null) {
            return;
        }
        Size size = size(job, job.counts().getOrDefault("rows", 0L));
        while (true) {
            Optional<Versioned<Sizes>> found = find(job);
            if (found.isEmpty()) {
                if (records.create(key(job), new Sizes(List.of(size))).isPresent()) {
                    return;
                }
                continue;
            }
            Sizes more = found.get().value().with(size);
            if (more.equals(found.get().value())
                    || records.replace(key(job), found.get().etag(), more).isPresent()) {
                return;
            }
        }
    }

    private static Size size(Job job, long rows) {
        return new Size(job.id(), rows, job.input().size());
    }

    private Optional<Versioned<Sizes>> find(Job job) {
        return records.find(key(job), Sizes.class);
    }

    private static String key(Job job) {
        return BucketLayout.feedSizes(job.partner(), job.feedId());
    }
}
