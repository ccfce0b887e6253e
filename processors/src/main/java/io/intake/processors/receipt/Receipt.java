package io.intake.processors.receipt;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.intake.config.Feed;
import io.intake.config.UnknownMember;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.Reading;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A receipt. For the partner only, whose own file names it may hold.
 *
 * @param file the path of the file as the partner put it
 * @param receipt received, delayed, rejected, delivered, held or skipped
 * @param at when the file came to that
 * @param job what to name when asking us
 * @param size of the file, in bytes
 * @param crc32 of the file, eight hex digits; null where not known
 * @param uploadedAt when the upload was complete
 * @param feed as which kind of file it was taken; {@code none} if as none
 * @param tables rows taken, by table
 * @param rows rows taken in all
 * @param records made of the rows where tables are joined; null where each row is one
 * @param joined by joined table, how many of its rows are in records, and how many are not and why; null as before
 * @param code why it was refused; null otherwise
 * @param problem what is wrong and where; null otherwise
 * @param action what to do about it; null otherwise
 * @param readings how the files of each table were read; null where none have been
 * @param read rows in the file; null as before
 * @param rejected rows that were rejected one by one, or left out of records; null where the feed rejects none
 * @param rejects where those rows are; null where there are none
 * @param sameBytesAs the path of an earlier file of the same bytes; null where there is none
 * @param set the job of the set that the file is part of; null otherwise
 * @param refused records that the engine did not take for what they hold; null where there are none
 * @param refusals where those records are; null as before
 * @param notTaken how many files of an archive belong to no table and were left out; null where there are none, or the feed
 *     ignores them
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Receipt(
        String file,
        String receipt,
        Instant at,
        String job,
        long size,
        @Nullable String crc32,
        Instant uploadedAt,
        String feed,
        @Nullable TreeMap<String, Long> tables,
        @Nullable Long rows,
        @Nullable Long records,
        @Nullable TreeMap<String, TreeMap<String, Long>> joined,
        @Nullable String code,
        @Nullable String problem,
        @Nullable String action,
        @Nullable TreeMap<String, List<Reading>> readings,
        @Nullable Long read,
        @Nullable Long rejected,
        @Nullable String rejects,
        @Nullable String sameBytesAs,
        @Nullable String set,
        @Nullable Long refused,
        @Nullable String refusals,
        @Nullable Long notTaken) {

    /** What a job's record says, as a receipt of a kind. Pure. */
    static Receipt of(
            Job job,
            String file,
            String kind,
            Instant at,
            @Nullable String rejects,
            @Nullable String sameBytesAs,
            @Nullable String refusals) {
        Failure failure = job.failure();
        boolean delivered = kind.equals("delivered");
        return new Receipt(
                file,
                kind,
                at,
                job.id(),
                job.input().size(),
                job.input().crc32(),
                job.input().uploadedAt(),
                job.feedId(),
                delivered ? job.tables() : null,
                delivered ? job.counts().get("rows") : null,
                delivered ? job.counts().get("records") : null,
                delivered && job.counts().containsKey("records") ? joined(job) : null,
                failure == null ? null : failure.code(),
                failure == null ? null : failure.sentence(),
                failure == null ? null : failure.action(),
                delivered && !job.readings().isEmpty() ? job.readings() : null,
                job.counts().get("read"),
                job.counts().get("rejected"),
                rejects,
                sameBytesAs,
                job.collected() == null ? null : job.collected().set(),
                job.counts().get("refused"),
                refusals,
                notTaken(job));
    }

    private static @Nullable Long notTaken(Job job) {
        Feed feed = job.feed();
        return feed == null || feed.unknownMember() == UnknownMember.IGNORE
                ? null
                : job.counts().get("unknown");
    }

    /** The counts that are named {@code TABLE.COUNT}. */
    private static TreeMap<String, TreeMap<String, Long>> joined(Job job) {
        TreeMap<String, TreeMap<String, Long>> joined = new TreeMap<>();
        job.counts().forEach((name, count) -> {
            int dot = name.lastIndexOf('.');
            if (dot > 0) {
                joined.computeIfAbsent(name.substring(0, dot), table -> new TreeMap<>())
                        .put(name.substring(dot + 1), count);
            }
        });
        return joined;
    }
}
