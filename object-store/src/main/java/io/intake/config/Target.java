package io.intake.config;

/** What kind of system an engine is, with all that only this kind needs: how it is reached and how it says who we are. */
public sealed interface Target permits HttpTarget, RedoxTarget, FhirTarget, MllpTarget, S3Target, SftpTarget {

    /** What systems of this kind allow, where the configuration does not say. */
    default Limits limits() {
        return Limits.NONE;
    }

    /** Whether each record is a request of its own, so that a batch counts for as many as it has records. */
    default boolean requestPerRecord() {
        return false;
    }

    /**
     * Whether each request carries a key by which what was sent twice is dropped. Only then may a second batch be under way
     * while it is still being saved that the first was taken.
     */
    default boolean dropsRepeats() {
        return false;
    }

    /** Whether it gets a file that is delivered as it is in one request, for which the file must fit into memory. */
    default boolean inOnePiece() {
        return true;
    }
}
