package io.intake.processors.forward.s3;

import java.time.Instant;
import java.util.List;

/**
 * What was handed over; the last object to be written, so that whoever waits for it finds all the others.
 *
 * @param created when it was written
 */
record Manifest(String job, String partner, String feed, Instant created, List<Part> objects) {

    /**
     * An object.
     *
     * @param table its table's name; a number where that is a file's name and names are withheld
     * @param key in the bucket that it was handed over to
     * @param bytes its size
     * @param rows its records; 1 of a file that is delivered as it is
     * @param etag as the bucket answered it
     */
    record Part(String table, String key, long bytes, long rows, String etag) {}
}
