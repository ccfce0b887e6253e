package io.intake.processors.unzip;

import io.intake.config.Decryption;
import io.intake.config.Feed;
import io.intake.processors.job.RefusedException;
import io.intake.processors.plan.Plan;
import io.intake.processors.unzip.ArchiveRules.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

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
     * How work is cut into units.
     *
     * @param segmentCompressedBytes a segment fetches no more, unless it is one entry
     * @param segmentBytes it stores no more, unless it is one entry
     * @param groupBytes a group of tables parses no more, unless it is one table
     * @param soloBytes an archive of one segment that stores no more is extracted by the task that plans it
     */
    public record Units(long segmentCompressedBytes, long segmentBytes, long groupBytes, long soloBytes) {
        public static final Units DEFAULT =
                new Units(SEGMENT_COMPRESSED_BYTES, SEGMENT_BYTES, GROUP_BYTES, SEGMENT_BYTES);
    }

    /**
     * Makes the plan.
     *
     * @param members in physical order, as {@link ArchiveReader#members()}
     * @param archiveSize in bytes
     * @throws RefusedException if the archive breaks a rule, or does not fit the feed
     */
    public static Plan plan(List<Member> members, Feed feed, long archiveSize) {
        return plan(members, feed, archiveSize, Units.DEFAULT);
    }

    /** @param units smaller than usual in scaled simulations */
    static Plan plan(List<Member> members, Feed feed, long archiveSize, Units units) {
        List<Item> all = ArchiveRules.files(members, feed.limits(), archiveSize, passwords(feed));
        List<Item> files = TablePlanner.known(all, feed);
        List<Plan.TablePlan> tables = TablePlanner.tables(files, feed);
        List<Plan.Entry> entries = new ArrayList<>();
        for (Item file : files) {
            Member member = file.member();
            entries.add(new Plan.Entry(
                    entries.size(), member.name(), member.compressedSize(), member.size(), member.crc32()));
        }
        int ignored = members.size() - all.size();
        return new Plan(entries, ignored, segments(entries, units), tables, groups(tables, entries, units))
                .without(all.size() - files.size());
    }

    /**
     * Makes the plan of files that are extracted already.
     *
     * @param files in physical order
     * @param entries of the files, in the same order
     * @throws RefusedException if there are none, two have the same name, or they do not fit the feed
     */
    static Plan extracted(List<Item> files, List<Plan.Entry> entries, int ignored, Feed feed) {
        return extracted(files, entries, ignored, feed, Units.DEFAULT);
    }

    /** @param units smaller than usual in scaled simulations */
    static Plan extracted(List<Item> files, List<Plan.Entry> entries, int ignored, Feed feed, Units units) {
        ArchiveRules.checkSet(files);
        int unknown = files.size() - TablePlanner.known(files, feed).size();
        List<Plan.TablePlan> tables = TablePlanner.tables(files, feed);
        return new Plan(entries, ignored, List.of(), tables, groups(tables, entries, units)).without(unknown);
    }

    /**
     * Makes the plan of a set of files: what the first held comes first, and each is a segment. Two that held files of the same
     * name are told apart by the number of the file, from 1, put in front as a folder.
     *
     * @param held what each file of the set held
     * @throws RefusedException if there is nothing in them, or it does not fit the feed
     */
    public static Plan ofSet(List<Plan> held, Feed feed, Units units) {
        List<Plan.Entry> entries = new ArrayList<>();
        List<Plan.Run> segments = new ArrayList<>();
        int ignored = 0;
        Map<String, Long> names = held.stream()
                .flatMap(plan -> plan.entries().stream())
                .collect(Collectors.groupingBy(Plan.Entry::name, Collectors.counting()));
        for (Plan plan : held) {
            int from = entries.size();
            for (Plan.Entry entry : plan.entries()) {
                boolean only = names.getOrDefault(entry.name(), 1L) == 1;
                String name = only ? entry.name() : segments.size() + 1 + "/" + entry.name();
                entries.add(new Plan.Entry(entries.size(), name, entry.compressedSize(), entry.size(), entry.crc32()));
            }
            segments.add(new Plan.Run(from, entries.size()));
            ignored += plan.ignored();
        }
        return ofFiles(entries, ignored, segments, feed, units);
    }

    /**
     * Makes the plan of files that are objects elsewhere.
     *
     * @param entries numbered from 0
     * @param segments the runs of entries that are copied by one task each
     * @throws RefusedException if there are none, two have the same name, or they do not fit the feed
     */
    public static Plan ofFiles(List<Plan.Entry> entries, int ignored, List<Plan.Run> segments, Feed feed, Units units) {
        List<Item> files = new ArrayList<>();
        for (Plan.Entry entry : entries) {
            Member member = new Member(
                    entry.number(),
                    entry.name(),
                    Methods.STORED,
                    false,
                    false,
                    0,
                    entry.size(),
                    entry.size(),
                    entry.crc32());
            ArchiveRules.item(member).ifPresent(files::add);
        }
        ArchiveRules.checkSet(files);
        int unknown = files.size() - TablePlanner.known(files, feed).size();
        List<Plan.TablePlan> tables = TablePlanner.tables(files, feed);
        return new Plan(entries, ignored, segments, tables, groups(tables, entries, units)).without(unknown);
    }

    private static boolean passwords(Feed feed) {
        Decryption decryption = feed.decrypt();
        return decryption != null && !decryption.zipPasswords().isEmpty();
    }

    /** Runs of neighbours; what is larger than a segment may be stands alone. */
    private static List<Plan.Run> segments(List<Plan.Entry> entries, Units units) {
        List<Plan.Run> runs = new ArrayList<>();
        int from = 0;
        long compressed = 0;
        long inflated = 0;
        for (Plan.Entry entry : entries) {
            compressed += entry.compressedSize();
            inflated += entry.size();
            boolean over = compressed > units.segmentCompressedBytes() || inflated > units.segmentBytes();
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

    private static List<Plan.Run> groups(List<Plan.TablePlan> tables, List<Plan.Entry> entries, Units units) {
        List<Plan.Run> runs = new ArrayList<>();
        int from = 0;
        long bytes = 0;
        for (Plan.TablePlan table : tables) {
            long size = table.entries().stream()
                    .mapToLong(number -> entries.get(number).size())
                    .sum();
            bytes += size;
            if (bytes > units.groupBytes() && table.number() > from) {
                runs.add(new Plan.Run(from, table.number()));
                from = table.number();
                bytes = size;
            }
        }
        runs.add(new Plan.Run(from, tables.size()));
        return runs;
    }
}
