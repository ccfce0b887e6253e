package io.intake.processors.unzip;

import io.intake.config.Decryption;
import io.intake.config.Feed;
import io.intake.processors.job.RefusedException;
import io.intake.processors.plan.Plan;
import io.intake.processors.unzip.ArchiveRules.Item;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides what will be done with an archive. The same archive and feed give an equal plan, because invocations race to
 * write it. Pure.
 */
public final class ArchivePlanner {
    /** A segment is one unit of unzip work: at most so much to fetch ... */
    static final long SEGMENT_COMPRESSED_BYTES = 64L << 20;

    /** ... and at most so much to store. */
    static final long SEGMENT_BYTES = 256L << 20;

    /** A group of tables is one unit of stitch work: at most so much to parse. */
    static final long GROUP_BYTES = 64L << 20;

    private ArchivePlanner() {}

    /**
     * Makes the plan.
     *
     * @param members in physical order, as {@link ArchiveReader#members()}
     * @param archiveSize in bytes
     * @throws RefusedException if the archive breaks a rule, or does not fit the feed
     */
    public static Plan plan(List<Member> members, Feed feed, long archiveSize) {
        List<Item> files = ArchiveRules.files(members, feed.limits(), archiveSize, passwords(feed));
        List<Plan.TablePlan> tables = TablePlanner.tables(files, feed);
        List<Plan.Entry> entries = new ArrayList<>();
        for (Item file : files) {
            Member member = file.member();
            entries.add(new Plan.Entry(
                    entries.size(), member.name(), member.compressedSize(), member.size(), member.crc32()));
        }
        int ignored = members.size() - files.size();
        return new Plan(entries, ignored, segments(entries), tables, groups(tables, entries));
    }

    /**
     * Makes the plan of files that are extracted already.
     *
     * @param files in physical order
     * @param entries of the files, in the same order
     * @throws RefusedException if there are none, two have the same name, or they do not fit the feed
     */
    static Plan extracted(List<Item> files, List<Plan.Entry> entries, int ignored, Feed feed) {
        ArchiveRules.checkSet(files);
        List<Plan.TablePlan> tables = TablePlanner.tables(files, feed);
        return new Plan(entries, ignored, List.of(), tables, groups(tables, entries));
    }

    private static boolean passwords(Feed feed) {
        Decryption decryption = feed.decrypt();
        return decryption != null && !decryption.zipPasswords().isEmpty();
    }

    /** Runs of neighbours; what is larger than a segment may be stands alone. */
    private static List<Plan.Run> segments(List<Plan.Entry> entries) {
        List<Plan.Run> runs = new ArrayList<>();
        int from = 0;
        long compressed = 0;
        long inflated = 0;
        for (Plan.Entry entry : entries) {
            compressed += entry.compressedSize();
            inflated += entry.size();
            boolean over = compressed > SEGMENT_COMPRESSED_BYTES || inflated > SEGMENT_BYTES;
            if (over && entry.number() > from) {
                runs.add(new Plan.Run(from, entry.number()));
                from = entry.number();
                compressed = entry.compressedSize();
                inflated = entry.size();
            }
        }
        runs.add(new Plan.Run(from, entries.size()));
        return runs;
    }

    private static List<Plan.Run> groups(List<Plan.TablePlan> tables, List<Plan.Entry> entries) {
        List<Plan.Run> runs = new ArrayList<>();
        int from = 0;
        long bytes = 0;
        for (Plan.TablePlan table : tables) {
            long size = table.entries().stream()
                    .mapToLong(number -> entries.get(number).size())
                    .sum();
            bytes += size;
            if (bytes > GROUP_BYTES && table.number() > from) {
                runs.add(new Plan.Run(from, table.number()));
                from = table.number();
                bytes = size;
            }
        }
        runs.add(new Plan.Run(from, tables.size()));
        return runs;
    }
}
