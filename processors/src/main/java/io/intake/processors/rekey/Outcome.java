package io.intake.processors.rekey;

/** What became of an object when a partner's files were moved to their current names. */
public enum Outcome {
    /** It has its current name already. */
    CURRENT("have their current name", false),
    /** It was moved. */
    MOVED("were moved", false),
    /** Its copy was there already, from a run that was cut short; it was deleted. */
    FINISHED("had been copied before and were deleted now", false),
    /** A newer file has its current name, which has replaced it for the partner; it was deleted. */
    REPLACED("had been replaced by a newer file and were deleted", false),
    /** Its job has not ended, or it is too new to tell. */
    IN_USE("are in use or too new: run this again later", true),
    /** An upload that nobody took: the sweep will, or it is older than the sweep looks. */
    WITHOUT_JOB("have no job: run this again after a sweep", true),
    /** An unfinished upload: it can be gone on with under its former name, or expires. */
    UNFINISHED("are unfinished uploads: they are completed under their former name or expire", true),
    /** Its current name would be longer than a key may be. */
    TOO_LONG("would have a key that is too long: have the partner shorten the path", true),
    /** An older file has its current name, which should not be. */
    CONFLICT("are newer than the file that has their current name: look at both", true),
    /** No naming that is set reads its name. */
    UNREADABLE("cannot be read with the naming and name keys that are set", true),
    /** The store failed. */
    FAILED("could not be moved because the store failed: run this again", true);

    private final String words;
    private final boolean left;

    Outcome(String words, boolean left) {
        this.words = words;
        this.left = left;
    }

    /** For people, behind a count. */
    public String words() {
        return words;
    }

    /** Whether the object still has a former name, so that its key must be kept. */
    public boolean left() {
        return left;
    }
}
