package io.intake.gateway.upload;

import io.intake.store.ObjectInfo;

/** How an upload ended. Exactly one of these, once. */
public sealed interface UploadEnd {

    /** Bytes taken from the client. */
    long size();

    /**
     * The store has the whole file under its name.
     *
     * @param crc32 of the whole file, unsigned
     * @param object as the store describes it
     */
    record Published(long size, long crc32, ObjectInfo object) implements UploadEnd {}

    /** The session was lost before the client's CLOSE: nothing is published, nothing is kept. */
    record Abandoned(long size) implements UploadEnd {}

    /**
     * A write was refused or the store failed: nothing is published.
     *
     * @param reason for the audit log; holds no file name
     */
    record Failed(long size, String reason) implements UploadEnd {}
}
