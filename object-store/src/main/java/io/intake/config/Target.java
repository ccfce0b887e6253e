package io.intake.config;

/** What kind of system an engine is, with all that only this kind needs: how it is reached and how it says who we are. */
public sealed interface Target permits HttpTarget, MllpTarget, S3Target {

    /** Whether it gets a file that is delivered as it is in one request, for which the file must fit into memory. */
    default boolean inOnePiece() {
        return true;
    }
}
