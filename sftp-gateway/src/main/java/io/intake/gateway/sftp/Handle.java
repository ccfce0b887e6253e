package io.intake.gateway.sftp;

import io.intake.gateway.files.Download;
import io.intake.gateway.files.FolderListing;
import io.intake.gateway.upload.OpenUpload;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** What OPEN or OPENDIR gave a client. */
sealed interface Handle {

    /** The absolute path, for the audit log's hash. */
    String path();

    /** When it was opened. */
    Instant opened();

    /**
     * A file that is written.
     *
     * @param start its size when it was opened, in bytes
     * @param append every write goes to the end, whatever its offset
     * @param interrupted set once the client has said that it stops in the middle
     */
    record Writing(
            String path, Instant opened, OpenUpload upload, long start, boolean append, AtomicBoolean interrupted)
            implements Handle {}

    /** A file that is read. */
    record Reading(String path, Instant opened, Download download) implements Handle {}

    /**
     * A folder that is listed.
     *
     * @param entries told to the client so far
     */
    record Listing(String path, Instant opened, FolderListing listing, AtomicInteger entries) implements Handle {}
}
