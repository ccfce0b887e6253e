package io.intake.processors.collect;

import io.intake.processors.job.Failure;
import io.intake.processors.job.RefusedException;

/** Why a file is in no set, or a set is not worked on. */
final class Failures {
    private Failures() {}

    static Failure late() {
        return Failure.badData(
                "LATE_FOR_SET",
                "The file came after the set that it belongs to was closed.",
                "If it is needed, tell us, or send the whole set again as agreed.");
    }

    static Failure replaced() {
        return Failure.badData(
                "REPLACED_IN_SET",
                "The file was sent again under the same name before its set was complete; the later one counts.",
                "Nothing, if that was meant.");
    }

    /** @param line where it is no list; 0 for all of it */
    static RefusedException unreadableManifest(int line) {
        return RefusedException.badData(
                "MANIFEST_UNREADABLE",
                line == 0
                        ? "The list of files is empty, too long, or names a file twice."
                        : "Line " + line + " of the list of files is not as agreed.",
                "Send the list again as agreed.");
    }

    static RefusedException manifestDiffers(int number, String how) {
        return RefusedException.badData(
                "MANIFEST_DIFFERS",
                "File " + number + " of the set " + how + ", as the list of files says.",
                "Send the whole set again, with a list that fits.");
    }

    static RefusedException announcedDiffers(String how) {
        return new RefusedException(Failure.badData(
                "MANIFEST_DIFFERS",
                "The file " + how + ", as the list of files says.",
                "Send the file again, with a list that fits."));
    }

    static RefusedException notListed(int number) {
        return RefusedException.badData(
                "MANIFEST_DIFFERS",
                "File " + number + " of the set is not in the list of files.",
                "Send the whole set again, with a list that names all of it.");
    }

    static Failure incomplete(int missing) {
        return Failure.badData(
                "SET_INCOMPLETE",
                "The set was not complete in the time agreed; " + missing + " of its required files are missing.",
                "Send the whole set again.");
    }
}
