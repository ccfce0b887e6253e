package io.intake.gateway.upload;

import io.intake.store.ObjectInfo;
import org.jspecify.annotations.Nullable;

/** How an upload ended. Exactly one of these, once. */
public sealed interface UploadEnd {

    /** Bytes taken from the client, earlier sessions' included. */
    long size();

    /**
     * The store has the whole file under its name.
     *
     * @param crc32 of the whole file, unsigned; null where the store did not say it of an earlier session's parts
     * @param object as the store describes it
     */
    record Published(long size, @Nullable Long crc32, ObjectInfo object) implements UploadEnd {}

    /**
     * The store has the whole file, which has a temporary name: it is published when it is renamed.
     *
     * @param crc32 of the whole file, unsigned; null where the store did not say it of an earlier session's parts
     */
    record Held(long size, @Nullable Long crc32) implements UploadEnd {}

    /**
     * The client did not finish: nothing is published, and another session can go on.
     *
     * @param size what is durable, in bytes
     */
    record Parked(long size) implements UploadEnd {}

    /** Nothing was written to what was opened to be gone on with: all is as before. */
    record Unchanged(long size) implements UploadEnd {}

    /** The session was lost before the client's CLOSE and nothing could be parked; parts sent may be found again. */
    record Abandoned(long size) implements UploadEnd {}

    /**
     * A write was refused or the store failed: nothing is published.
     *
     * @param reason for the audit log; holds no file name
     */
    record Failed(long size, String reason) implements UploadEnd {}
}
