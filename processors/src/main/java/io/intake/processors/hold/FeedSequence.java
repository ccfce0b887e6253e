package io.intake.processors.hold;

import io.intake.bucket.BucketLayout;
import io.intake.config.Controls.Sequence;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether the files of a feed come with one number after another. What a file was found to be is kept with its number, so that
 * asking again after a crash gives the same answer. Thread-safe, also across processes.
 */
public final class FeedSequence {
    /** So late may a file that was missing come. */
    private static final int KEPT = 50;

    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    private final Records records;
    private final JobStore jobs;

    public FeedSequence(Records records, JobStore jobs) {
        this.records = records;
        this.jobs = jobs;
    }

    /**
     * The numbers that were taken last.
     *
     * @param last the one behind which the next is expected
     * @param files oldest first
     */
    record Numbers(long last, List<Taken> files) {
        Numbers {
            files = List.copyOf(files);
        }

        Numbers with(Taken file, long next) {
            List<Taken> more = new ArrayList<>(files);
            more.add(file);
            return new Numbers(next, more.subList(Math.max(0, more.size() - KEPT), more.size()));
        }
    }

    /** A file, and what is wrong with its number; null for nothing. */
    record Taken(String job, long number, @Nullable Failure problem) {}

    /**
     * What is wrong with a file's number; empty if it is the next, the first of all, or one that was missing.
     *
     * @param job just opened, of a feed whose files are numbered
     * @param path of the file, for the feed's pattern
     */
    public Optional<Failure> problem(Job job, String path) {
        Sequence sequence = job.requireFeed().controls().sequence();
        if (sequence == null) {
            return Optional.empty();
        }
        Matcher matcher = Pattern.compile(job.requireFeed().match()).matcher(path);
        String digits = matcher.matches() ? matcher.group(sequence.group()) : null;
        if (digits == null || !NUMBER.matcher(digits).matches()) {
            return Optional.of(HoldReasons.sequenceUnreadable());
        }
        String key = BucketLayout.feedSequence(job.partner(), job.feedId());
        while (true) {
            Optional<Versioned<Numbers>> found = records.find(key, Numbers.class);
            Optional<Taken> own = found.stream()
                    .flatMap(numbers -> numbers.value().files().stream())
                    .filter(taken -> taken.job().equals(job.id()))
                    .findFirst();
            if (own.isPresent()) {
                return Optional.ofNullable(own.get().problem());
            }
            long number = Long.parseLong(digits);
            Numbers before = found.map(Versioned::value).orElse(new Numbers(number - 1, List.of()));
            Failure problem = problem(before, number, digits.length());
            boolean on = number > before.last() || turned(before.last(), number, digits.length());
            Numbers after = before.with(new Taken(job.id(), number, problem), on ? number : before.last());
            boolean written = found.map(old -> records.replace(key, old.etag(), after))
                    .orElseGet(() -> records.create(key, after))
                    .isPresent();
            if (written) {
                return Optional.ofNullable(problem);
            }
        }
    }

    private @Nullable Failure problem(Numbers before, long number, int digits) {
        if (number == before.last() + 1 || turned(before.last(), number, digits)) {
            return null;
        }
        if (number > before.last()) {
            return HoldReasons.sequenceGap(number, before.last());
        }
        // Behind what is remembered nobody knows what was there
        boolean forgotten = before.files().stream().allMatch(taken -> taken.number() > number);
        boolean repeated = before.files().stream().anyMatch(taken -> taken.number() == number && !refused(taken));
        return forgotten || repeated ? HoldReasons.sequenceRepeated(number) : null;
    }

    /** After all nines it begins anew. */
    private static boolean turned(long last, long number, int digits) {
        return number <= 1 && last == Math.round(Math.pow(10, digits)) - 1;
    }

    /** A file that was refused is sent again under its number. */
    private boolean refused(Taken taken) {
        return jobs.find(taken.job())
                .map(Job::state)
                .filter(state -> state == JobState.QUARANTINED || state == JobState.FAILED)
                .isPresent();
    }
}
