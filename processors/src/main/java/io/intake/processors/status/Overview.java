package io.intake.processors.status;

import io.intake.processors.job.JobState;
import io.intake.processors.status.StatusSource.EngineHealth;
import io.intake.processors.status.StatusSource.FileLine;
import io.intake.processors.status.StatusSource.Found;
import io.intake.processors.status.StatusSource.LateFeed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the first page shows, as JSON too.
 *
 * @param now when it was put together
 * @param day of the files, UTC
 * @param complete false where the day has more files than were counted
 * @param partners the day's files by partner; those that are configured and have sent nothing too
 * @param held files that wait for a person, oldest first
 * @param unfinished files that something is still to be done for, oldest first
 * @param engines every engine
 * @param late feeds whose file is not there
 * @param unsentPages pages in the outbox
 * @param files that were searched for, newest first
 * @param moreFiles whether more were found than are listed
 */
record Overview(
        Instant now,
        String day,
        boolean complete,
        List<PartnerDay> partners,
        List<FileLine> held,
        List<FileLine> unfinished,
        List<EngineHealth> engines,
        List<LateFeed> late,
        int unsentPages,
        List<FileLine> files,
        boolean moreFiles) {
    /** Files of a day that are counted: more would take longer than somebody waits for a page. */
    static final int COUNTED = 5_000;

    /** Files that are listed. */
    static final int LISTED = 200;

    /** A file that is not finished after this is a reason to look. */
    static final Duration SLOW = Duration.ofHours(1);

    /**
     * A partner's files of a day.
     *
     * @param states how many are in each state
     * @param last when the last one was uploaded; null if there is none
     */
    record PartnerDay(
            String partner,
            long files,
            long bytes,
            Map<JobState, Long> states,
            long delivered,
            long rejected,
            @Nullable Instant last) {
        long in(JobState... some) {
            long sum = 0;
            for (JobState state : some) {
                sum += states.getOrDefault(state, 0L);
            }
            return sum;
        }
    }

    /** Asks for everything. */
    static Overview of(StatusSource source, Search search, Instant now) {
        Search whole = new Search(search.day(), null, null, null);
        Found counted = source.find(whole, COUNTED);
        Found found = search.isWholeDay() ? counted : source.find(search, LISTED);
        List<FileLine> unfinished = oldestFirst(source.unfinished());
        boolean cut = found.files().size() > LISTED;
        return new Overview(
                now,
                search.day().toString(),
                !counted.more(),
                partners(source.partners(), counted.files()),
                oldestFirst(source.held()),
                unfinished,
                source.engines(unfinished),
                source.late(),
                source.unsentPages(),
                cut ? found.files().subList(0, LISTED) : found.files(),
                cut || found.more());
    }

    private static List<FileLine> oldestFirst(List<FileLine> files) {
        return files.stream()
                .sorted(Comparator.comparing(FileLine::uploadedAt).thenComparing(FileLine::job))
                .toList();
    }

    private static List<PartnerDay> partners(List<String> configured, List<FileLine> files) {
        SortedMap<String, List<FileLine>> byPartner = new TreeMap<>();
        configured.forEach(partner -> byPartner.put(partner, new ArrayList<>()));
        files.forEach(file -> byPartner
                .computeIfAbsent(file.partner(), absent -> new ArrayList<>())
                .add(file));
        List<PartnerDay> days = new ArrayList<>();
        byPartner.forEach((partner, its) -> days.add(day(partner, its)));
        return days;
    }

    private static PartnerDay day(String partner, List<FileLine> files) {
        Map<JobState, Long> states = new EnumMap<>(JobState.class);
        files.forEach(file -> states.merge(file.state(), 1L, Long::sum));
        return new PartnerDay(
                partner,
                files.size(),
                files.stream().mapToLong(FileLine::bytes).sum(),
                states,
                files.stream().mapToLong(FileLine::delivered).sum(),
                files.stream().mapToLong(FileLine::rejected).sum(),
                files.stream()
                        .map(FileLine::uploadedAt)
                        .max(Comparator.naturalOrder())
                        .orElse(null));
    }

    /** How many of the day's files are in one of some states. */
    long in(JobState... some) {
        return partners.stream().mapToLong(partner -> partner.in(some)).sum();
    }

    /** Files that take longer than they should. */
    List<FileLine> slow() {
        return unfinished.stream()
                .filter(file -> file.uploadedAt().isBefore(now.minus(SLOW)))
                .toList();
    }
}
