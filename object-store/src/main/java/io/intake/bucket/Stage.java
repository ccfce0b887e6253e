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

    /** The stage with this {@link #id}. */
    public static Stage ofId(String id) {
        return valueOf(id.toUpperCase(Locale.ROOT));
    }
}
