package io.intake.config;

/** What kind of system an engine is, with all that only this kind needs: how it is reached and how it says who we are. */
public sealed interface Target permits HttpTarget {

    /** What systems of this kind allow, where the configuration does not say. */
    default Limits limits() {
        return Limits.NONE;
    }
}
