package io.intake.bucket;

import java.util.Locale;

/** A Lambda function that is started by task objects under {@code tasks/{stage}/}. */
public enum Stage {
    UNZIP,
    STITCH,
    FORWARD,
    PAGE;

    /** The name in keys and logs: lower case. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
