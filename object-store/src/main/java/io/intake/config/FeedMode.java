package io.intake.config;

/** Whether what a feed's files hold is for the engine. */
public enum FeedMode {
    /** It is. */
    LIVE,
    /** It is sent with a mark that says that it is a test. */
    TEST,
    /** Not now: files are received and wait. */
    PAUSED
}
