package io.intake.processors.unzip.inflate;

import java.io.IOException;

/** Bytes that are no DEFLATE stream. The message holds nothing of them. */
public final class DeflateException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Fault fault;

    /** What is wrong (RFC 1951, section 3.2). */
    public enum Fault {
        /** The reserved block type 3. */
        BLOCK_TYPE("a block has the reserved type"),
        /** A stored block's length and its complement disagree. */
        STORED_LENGTH("a stored block's length does not match its complement"),
        /** More than 286 literal and length codes, or more than 30 distance codes. */
        TOO_MANY_CODES("a block has too many codes"),
        /** The code for code lengths is over-subscribed or incomplete. */
        CODE_LENGTH_CODE("the code for code lengths is no prefix code"),
        /** A repetition of nothing, or of more lengths than there are. */
        REPEAT("a repeated code length has no place"),
        /** The code for literals and lengths is over-subscribed, or incomplete with more than a single code of one bit. */
        LITERAL_CODE("the code for literals and lengths is no prefix code"),
        /** The code for distances is over-subscribed, or incomplete with more than a single code of one bit. */
        DISTANCE_CODE("the code for distances is no prefix code"),
        /** A block that could never end. */
        NO_END_OF_BLOCK("a block has no code for its end"),
        /** Bits that no code of the block begins with, or a length or distance symbol that is reserved. */
        INVALID_CODE("a code is not in use"),
        /** A distance that reaches before the first byte. */
        DISTANCE_TOO_FAR("a distance reaches before the beginning"),
        /** The input ended before the stream did; only who gives the input can know. */
        TRUNCATED("the stream ends early");

        private final String sentence;

        Fault(String sentence) {
            this.sentence = sentence;
        }
    }

    public DeflateException(Fault fault) {
        super(fault.sentence);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }
}
