package io.intake.processors.query;

import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs are asked for. Immutable.
 *
 * @param from first day of upload, UTC
 * @param to last day of upload, UTC; not before the first
 * @param partner null for all
 * @param feed null for all; {@code none} for files that no feed takes
 * @param states empty for all
 * @param also what else must hold of the record; null for nothing
 */
public record JobFilter(
        LocalDate from,
        LocalDate to,
        @Nullable String partner,
        @Nullable String feed,
        Set<JobState> states,
        @Nullable Predicate<Job> also) {

    public JobFilter {
        if (to.isBefore(from)) {
            throw new IllegalArgumentException("the last day is before the first");
        }
        states = states.isEmpty() ? Set.of() : EnumSet.copyOf(states);
    }

    /** All jobs of one day. */
    public static JobFilter of(LocalDate day) {
        return new JobFilter(day, day, null, null, Set.of(), null);
    }

    /** All jobs of some days, both included. */
    public static JobFilter between(LocalDate from, LocalDate to) {
        return new JobFilter(from, to, null, null, Set.of(), null);
    }

    public JobFilter ofPartner(@Nullable String id) {
        return new JobFilter(from, to, id, feed, states, also);
    }

    public JobFilter ofFeed(@Nullable String id) {
        return new JobFilter(from, to, partner, id, states, also);
    }

    public JobFilter in(Set<JobState> some) {
        return new JobFilter(from, to, partner, feed, some, also);
    }

    /** With one more thing that must hold. */
    public JobFilter and(Predicate<Job> more) {
        return new JobFilter(from, to, partner, feed, states, also == null ? more : also.and(more));
    }

    /** Whether a job is asked for; its day is not looked at. */
    public boolean matches(Job job) {
        return matches(job.partner(), job.feedId(), job.state()) && (also == null || also.test(job));
    }

    /** Whether a job can be asked for, as far as its summary tells. */
    boolean mayMatch(JobSummary job) {
        return matches(job.partner(), job.feed(), job.state());
    }

    private boolean matches(String itsPartner, String itsFeed, JobState state) {
        return (partner == null || partner.equals(itsPartner))
                && (feed == null || feed.equals(itsFeed))
                && (states.isEmpty() || states.contains(state));
    }

    /** As job ids begin: {@code yyyyMMdd}. */
    static String prefix(LocalDate day) {
        return DateTimeFormatter.BASIC_ISO_DATE.format(day);
    }
}
