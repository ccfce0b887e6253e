package io.intake.processors.unzip;

import io.intake.config.ArchiveLimits;
import io.intake.processors.job.RefusedException;
import io.intake.processors.unzip.crypt.Protection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an archive must be before a byte of it is unpacked. Pure. */
final class ArchiveRules {
    /** A local header without name and extra field (APPNOTE 4.3.7). */
    private static final int HEADER_BYTES = 30;

    private ArchiveRules() {}

    /**
     * A file of the archive.
     *
     * @param path see {@link EntryNames#path}
     */
    record Item(Member member, String path) {}

    /**
     * Checks an archive and drops folders and junk.
     *
     * @param archiveSize in bytes
     * @param passwords whether there are any to try
     * @return the files, in physical order
     * @throws RefusedException with the first rule that is broken
     */
    static List<Item> files(List<Member> members, ArchiveLimits limits, long archiveSize, boolean passwords) {
        if (members.size() > limits.entries()) {
            throw Refusals.tooManyEntries(members.size(), limits.entries());
        }
        checkRanges(members, archiveSize);
        List<Item> files = new ArrayList<>();
        for (Member member : members) {
            item(member).ifPresent(files::add);
        }
        files.forEach(file -> checkReadable(file.member(), passwords));
        checkSizes(files, limits);
        checkSet(files);
        return files;
    }

    /** There is at least one file, and no two have the same name. */
    static void checkSet(List<Item> files) {
        if (files.isEmpty()) {
            throw Refusals.empty();
        }
        checkNames(files);
    }

    /** Each entry ends before the next begins: bombs unpack the same bytes many times, under many names. */
    private static void checkRanges(List<Member> members, long archiveSize) {
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            if (member.compressedSize() < 0 || member.size() < 0 || member.offset() < 0) {
                throw Refusals.damaged("Entry " + member.number() + " of the archive");
            }
            boolean last = i == members.size() - 1;
            long end = last ? archiveSize : members.get(i + 1).offset();
            if (member.compressedSize() > end - member.offset() - HEADER_BYTES) {
                throw last
                        ? Refusals.damaged("Entry " + member.number() + " of the archive")
                        : Refusals.overlapping(member);
            }
        }
    }

    /** A member as a file; empty for folders and junk. */
    static Optional<Item> item(Member member) {
        String path = EntryNames.path(member.name()).orElseThrow(() -> Refusals.unsafeName(member));
        // what has content is no folder, whatever its name says: it must not be dropped
        if ((member.folder() && member.size() == 0) || EntryNames.junk(path)) {
            return Optional.empty();
        }
        if (path.isEmpty()) {
            throw Refusals.unsafeName(member);
        }
        return Optional.of(new Item(member, path));
    }

    private static void checkReadable(Member member, boolean passwords) {
        if (member.link()) {
            throw Refusals.link(member);
        }
        if (member.encrypted() && !passwords) {
            throw KeyRefusals.encrypted(member);
        }
        if (member.protection() == Protection.UNKNOWN) {
            throw KeyRefusals.unsupportedEncryption(member);
        }
        if (!Methods.readable(member)) {
            throw Refusals.unsupportedMethod(member.number());
        }
        if (member.method() == Methods.STORED
                && member.size()
                        != member.compressedSize() - member.protection().overheadBytes()) {
            throw Refusals.sizeMismatch(member.number());
        }
    }

    private static void checkSizes(List<Item> files, ArchiveLimits limits) {
        long left = limits.bytes();
        for (Item file : files) {
            Member member = file.member();
            // divided, because sizes near 2^63 overflow when multiplied
            if (member.size() / limits.ratio() > member.compressedSize()) {
                throw Refusals.suspiciousRatio(member, limits.ratio());
            }
            left = member.size() > left ? -1 : left - member.size();
            if (left < 0 || member.size() > Parts.MAX_ENTRY_BYTES) {
                throw Refusals.tooLarge(Math.min(limits.bytes(), Parts.MAX_ENTRY_BYTES));
            }
        }
    }

    private static void checkNames(List<Item> files) {
        Map<String, Member> seen = new HashMap<>();
        for (Item file : files) {
            Member first = seen.putIfAbsent(file.path(), file.member());
            if (first != null) {
                throw Refusals.duplicateEntry(first, file.member());
            }
        }
    }
}
