package io.intake.processors.unzip;

import io.intake.processors.job.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Every reason for which this stage ends a job, each with its own code. Entries are named by their number in the archive's
 * physical order, tables by their place in the feed: names may hold a patient's. Pure.
 */
final class Refusals {
    static final String SEND_AGAIN = "Make the archive again and send it once more.";
    private static final String CHECK_SENDER =
            "Check how the archive is made; if it is meant to be so, ask us to raise the limit.";

    private Refusals() {}

    static RefusedException notAnArchive() {
        return RefusedException.badData(
                "NOT_AN_ARCHIVE", "The file is not a zip archive.", "Send the data as a zip archive.");
    }

    static RefusedException foreignFormat(String title) {
        return RefusedException.badData(
                "UNSUPPORTED_FORMAT",
                "The file is packed as " + title + ", which is not taken.",
                "Send the data as zip, gzip or tar, or as plain files.");
    }

    static RefusedException goesOn() {
        return RefusedException.badData(
                "DAMAGED_ARCHIVE",
                "The archive goes on behind its end, as if several had been joined.",
                "Send each archive as a file of its own.");
    }

    static RefusedException sparse(Member member) {
        return RefusedException.badData(
                "UNSUPPORTED_METHOD",
                "Entry " + member.number() + " of the archive is stored with holes (sparse).",
                "Make the archive without the option for sparse files.");
    }

    static RefusedException damaged(String where) {
        return RefusedException.badData(
                "DAMAGED_ARCHIVE",
                where + " cannot be read: the archive is damaged or was cut short.",
                "Check that the archive opens on your side, then send it once more.");
    }

    static RefusedException split() {
        return RefusedException.badData(
                "SPLIT_ARCHIVE",
                "The file is one part of an archive that was split into several files.",
                "Send the archive as one file.");
    }

    static RefusedException empty() {
        return RefusedException.badData(
                "EMPTY_ARCHIVE", "The archive holds no data file.", "Send the archive with its data files.");
    }

    static RefusedException dictionary(String what) {
        return RefusedException.badData(
                "DICTIONARY_TOO_LARGE",
                what + " was compressed with a dictionary of more than 128 MiB.",
                "Compress it with a lower level, or without the option for long distances.");
    }

    static RefusedException wrappedTooOften(int allowed) {
        return RefusedException.badData(
                "WRAPPED_TOO_OFTEN",
                "The file is compressed or encrypted more than " + allowed + " times over.",
                "Compress it once, then encrypt it once.");
    }

    static RefusedException cannotResume(String what) {
        return RefusedException.badData(
                "CANNOT_RESUME",
                what
                        + " takes longer to unpack than one run may last, and is packed so that nobody can stop in the"
                        + " middle.",
                "Send it in smaller pieces, or compressed by deflate (zip or gzip) without a password.");
    }

    static RefusedException unsupportedMethod(int number) {
        return RefusedException.badData(
                "UNSUPPORTED_METHOD",
                "Entry " + number + " of the archive is compressed by a method that is not supported.",
                "Make the archive with the method deflate, which every zip tool has.");
    }

    static RefusedException tooManyEntries(long found, int allowed) {
        return RefusedException.badData(
                "TOO_MANY_ENTRIES",
                "The archive lists " + found + " entries; " + allowed + " are allowed.",
                CHECK_SENDER);
    }

    static RefusedException directoryTooLarge(int allowed) {
        return RefusedException.badData(
                "TOO_MANY_ENTRIES",
                "The archive's directory is larger than that of " + allowed + " entries, which are allowed.",
                CHECK_SENDER);
    }

    static RefusedException tooLarge(long allowed) {
        return RefusedException.badData(
                "TOO_LARGE",
                "The archive's files have more than " + allowed + " bytes, which are allowed.",
                CHECK_SENDER);
    }

    static RefusedException suspiciousRatio(int allowed) {
        return RefusedException.badData(
                "SUSPICIOUS_RATIO", "The file grows more than " + allowed + " times when unpacked.", CHECK_SENDER);
    }

    static RefusedException suspiciousRatio(Member member, int allowed) {
        return RefusedException.badData(
                "SUSPICIOUS_RATIO",
                "Entry " + member.number() + " of the archive grows more than " + allowed + " times when unpacked.",
                CHECK_SENDER);
    }

    static RefusedException overlapping(Member member) {
        return RefusedException.badData(
                "OVERLAPPING_ENTRIES",
                "Entry " + member.number() + " of the archive shares bytes with what is stored behind it.",
                SEND_AGAIN);
    }

    static RefusedException unsafeName(Member member) {
        return RefusedException.badData(
                "UNSAFE_NAME",
                "The name of entry " + member.number()
                        + " of the archive is absolute, leads out of the archive, is too long or holds control"
                        + " characters.",
                "Make the archive with plain relative names.");
    }

    static RefusedException link(Member member) {
        return RefusedException.badData(
                "LINK_ENTRY",
                "Entry " + member.number() + " of the archive is a link, not a file.",
                "Put the file itself into the archive.");
    }

    static RefusedException duplicateEntry(Member first, Member second) {
        return RefusedException.badData(
                "DUPLICATE_ENTRY",
                "Entries " + first.number() + " and " + second.number() + " of the archive have the same name.",
                SEND_AGAIN);
    }

    static RefusedException unknownMember(int count, Member first) {
        return RefusedException.badData(
                "UNKNOWN_MEMBER",
                count + (count == 1 ? " file" : " files") + " of the archive, the first being entry " + first.number()
                        + ", belong to no table of the feed.",
                "Leave them out, or ask us to add them to the feed.");
    }

    static RefusedException bodyTooLarge(Member file, long most) {
        return RefusedException.badData(
                "BODY_TOO_LARGE",
                "File " + file.number() + " has " + file.size() + " bytes; the system behind us takes " + most
                        + " in one piece.",
                "Send smaller files, or ask us for another way.");
    }

    static RefusedException missingTable(int position) {
        return RefusedException.badData(
                "MISSING_TABLE",
                "The archive has no file for table " + position + " of the feed, which is required.",
                "Send the archive with all its files.");
    }

    static RefusedException duplicatePart(Member first, Member second) {
        return RefusedException.badData(
                "DUPLICATE_PART",
                "Entries " + first.number() + " and " + second.number()
                        + " of the archive are the same part of one table.",
                SEND_AGAIN);
    }

    static RefusedException missingPart(int position, int parts) {
        return RefusedException.badData(
                "MISSING_PART",
                "A part of table " + position + " of the feed is missing: the numbers of its " + parts
                        + " parts do not follow one another from 0 or 1.",
                "Send the archive with all its parts.");
    }

    static RefusedException unnumberedPart(Member member, int position) {
        return RefusedException.badData(
                "UNNUMBERED_PART",
                "Entry " + member.number() + " of the archive is one of several parts of table " + position
                        + " of the feed, but has no number.",
                "Number all parts of the table.");
    }

    static RefusedException otherCount(Member member, int position, int parts, @Nullable Long expected) {
        return RefusedException.badData(
                "MISSING_PART",
                "Entry " + member.number() + " of the archive says that table " + position + " of the feed has "
                        + (expected == null ? "an unknown number of" : expected) + " parts; there are " + parts + ".",
                "Send the archive with all its parts, each named with their number.");
    }

    static RefusedException crcMismatch(int number) {
        return RefusedException.badData(
                "CRC_MISMATCH",
                "The content of entry " + number + " of the archive does not match its checksum.",
                SEND_AGAIN);
    }

    static RefusedException sizeMismatch(int number) {
        return RefusedException.badData(
                "SIZE_MISMATCH",
                "The content of entry " + number + " of the archive has another size than the archive says.",
                SEND_AGAIN);
    }

    static RefusedException inputReplaced() {
        return RefusedException.badData(
                "INPUT_REPLACED",
                "The file was replaced or removed while it was being processed.",
                "Nothing, if a newer file was sent under the same name: it is processed by itself. Else send it"
                        + " again.");
    }

    static RefusedException outOfMemory() {
        return RefusedException.broken(
                "OUT_OF_MEMORY",
                "The archive could not be read in the memory that there is.",
                "Nothing: we were told, and will process the file.");
    }

    static RefusedException entryConflict(int number) {
        return RefusedException.broken(
                "ENTRY_CONFLICT",
                "Another content than that of entry " + number + " of the archive is stored in its place.",
                "Nothing: we were told, and will process the file.");
    }

    static RefusedException tooManyParts(int number) {
        return RefusedException.broken(
                "TOO_MANY_PARTS",
                "Entry " + number + " of the archive was interrupted too often to be stored.",
                "Nothing: we were told, and will process the file.");
    }
}
