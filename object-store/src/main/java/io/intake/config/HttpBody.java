package io.intake.config;

import org.jspecify.annotations.Nullable;

/**
 * How records are written in a request.
 *
 * @param method of the request
 * @param form of the records; files that are delivered as they are have none
 * @param contentType null for the form's own
 * @param gzip whether the body is compressed
 * @param maxBytes the longest body that the engine takes, before it is compressed
 * @param answer a pattern that must be found in the first 64 KiB of an answer for the records to count as taken; null where
 *     the status is enough
 */
public record HttpBody(
        Method method,
        Form form,
        @Nullable String contentType,
        boolean gzip,
        long maxBytes,
        @Nullable String answer) {
    /** As large as our batches get: 8 MiB, and the record that goes beyond, of 16 MiB at most. */
    public static final long MOST = 64L << 20;

    public static final HttpBody DEFAULT = new HttpBody(Method.POST, Form.JSON, null, false, MOST, null);

    /** Of a request. */
    public enum Method {
        POST,
        PUT
    }

    /** Of the records in a body. */
    public enum Form {
        /** An object that says whose records they are, with an array of them. */
        JSON("application/json"),
        /** An array of the records. */
        JSON_ARRAY("application/json"),
        /** A record a line. */
        NDJSON("application/x-ndjson"),
        /** A line of the columns' names, and a line for each record (RFC 4180). */
        CSV("text/csv; charset=utf-8; header=present"),
        /** One after another, as the template made them. */
        TEXT("text/plain; charset=utf-8");

        private final String contentType;

        Form(String contentType) {
            this.contentType = contentType;
        }

        /** The usual media type. */
        public String contentType() {
            return contentType;
        }
    }
}
