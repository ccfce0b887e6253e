package io.intake.processors.collect;

import io.intake.processors.job.Failure;

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

    static Failure incomplete(int missing) {
        return Failure.badData(
                "SET_INCOMPLETE",
                "The set was not complete in the time agreed; " + missing + " of its required files are missing.",
                "Send the whole set again.");
    }
}
