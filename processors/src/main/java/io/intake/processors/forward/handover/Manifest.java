package io.intake.processors.forward.handover;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was handed over; the last object to be written, so that whoever waits for it finds all the others. Pure.
 *
 * @param created when it was written
 */
public record Manifest(String job, String partner, String feed, Instant created, List<Part> objects) {
    /** Its name, behind the prefix of the job's keys or names. */
    public static final String NAME = "manifest.json";

    /**
     * An object.
     *
     * @param table its table's name; a number where that is a file's name and names are withheld
     * @param key where it is: in the bucket or the directory that it was handed over to
     * @param bytes its size; of a table's delimited rows, of the lines that were made of them
     * @param rows its records; 1 of a file that is delivered as it is
     * @param etag as the bucket answered it; null where there is none
     */
    public record Part(
            String table,
            String key,
            long bytes,
            long rows,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String etag) {}
}
