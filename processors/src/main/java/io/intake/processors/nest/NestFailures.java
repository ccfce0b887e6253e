package io.intake.processors.nest;

import io.intake.config.ArchiveLimits;
import io.intake.processors.job.Failure;
import io.intake.processors.job.RefusedException;

/** Why a file with archives within it is refused. Archives are named by the numbers of entries: names may hold a patient's. */
final class NestFailures {
    private static final String CHECK_SENDER =
            "Check how the archive is made; if it is meant to be so, ask us to raise the limit.";

    private NestFailures() {}

    static RefusedException tooDeep(int allowed) {
        return RefusedException.badData(
                "NESTED_TOO_DEEP",
                "There is an archive more than " + allowed + (allowed == 1 ? " level" : " levels")
                        + " deep within the archive.",
                "Send the data with fewer archives around it, or ask us to raise the limit.");
    }

    static RefusedException tooManyEntries(ArchiveLimits limits) {
        return RefusedException.badData(
                "TOO_MANY_ENTRIES",
                "The archive and those within it list more than " + limits.entries() + " entries, which are allowed.",
                CHECK_SENDER);
    }

    static RefusedException tooLarge(ArchiveLimits limits) {
        return RefusedException.badData(
                "TOO_LARGE",
                "The files of the archive and of those within it have more than " + limits.bytes()
                        + " bytes, which are allowed.",
                CHECK_SENDER);
    }

    static RefusedException suspicious(ArchiveLimits limits) {
        return RefusedException.badData(
                "SUSPICIOUS_RATIO",
                "The file grows more than " + limits.ratio()
                        + " times when it and the archives within it are unpacked.",
                CHECK_SENDER);
    }

    /** The same failure, of an archive within the file. */
    static Failure within(String place, Failure failure) {
        return place.isEmpty()
                ? failure
                : new Failure(
                        failure.code(),
                        failure.kind(),
                        "In the archive that is " + place + ": " + failure.sentence(),
                        failure.action());
    }
}
