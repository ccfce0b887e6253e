package io.intake.processors.stitch;

import java.io.Closeable;
import java.io.IOException;

/**
 * The records of a delimited file one after another, each cut into fields, the header line and others that are no rows
 * included. What each engine (ADR 0016) gives; a function of the file's bytes alone. A record's fields can be asked for until
 * the next one. Not thread-safe.
 */
interface Records extends Closeable {
    /**
     * Goes to the next record. Lines that hold nothing at all and comments are none.
     *
     * @return false at the end of the file
     * @throws BadQuotesException if a quote is not closed, or has text behind it
     * @throws StrictDecoder.BadEncodingException at bytes that are no text
     * @throws RecordWindow.RecordTooLongException at a record beyond the limit
     */
    boolean next() throws IOException;

    /**
     * Goes over some of the records that follow, if it can be told faster than by cutting them that they have a number of
     * fields and are nothing but rows. The present record stays no longer.
     *
     * @return how many
     */
    default long skip(int fields) {
        return 0;
    }

    /** Whether another record follows the present one, which stays. */
    boolean more() throws IOException;

    /** How many fields the record has. */
    int size();

    /** Whether a field holds nothing. */
    boolean isEmpty(int field);

    /** A field. */
    String text(int field);

    /** Appends a field as a JSON string. */
    void write(int field, NdjsonBuffer target);

    /** The record as it stands in the file, without its line's end. */
    String line();

    /** Where the record begins in the file, in bytes; {@link Utf8Source#UNKNOWN}. */
    long start();

    /** Where it ends, in the same way; reading on from there gives the records behind it. */
    long end();

    /** A quote is not closed, or has text behind it. */
    final class BadQuotesException extends IOException {
        private static final long serialVersionUID = 1L;

        BadQuotesException() {
            super("malformed quotes");
        }
    }
}
