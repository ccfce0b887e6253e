package io.intake.config;

import java.util.Locale;

/** What a partner may do with its files. Who may do nothing of all may still log in and ask for attributes. */
public enum Permission {
    /** Write new files, make folders. */
    UPLOAD,
    /** Read files. */
    DOWNLOAD,
    /** Read folders. */
    LIST,
    /** Delete files and empty folders. */
    DELETE,
    /** Rename files and empty folders. */
    RENAME,
    /** Replace a file that is there, by an upload or a rename. */
    OVERWRITE;

    /** As partners.yml writes it. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
