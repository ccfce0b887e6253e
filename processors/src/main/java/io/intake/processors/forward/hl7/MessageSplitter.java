package io.intake.processors.forward.hl7;

import io.intake.processors.forward.hl7.SegmentSource.Segment;
import io.intake.processors.job.RefusedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream into HL7 v2 messages: a batch file (FHS, BHS, BTS, FTS), messages that simply follow one another, or a single
 * one, with or without MLLP's block characters. The envelope is not part of the messages. Memory: one message. Not
 * thread-safe.
 */
final class MessageSplitter {
    /** Redox, for one, takes 30 MB over MLLP. */
    static final int MAX_MESSAGE = 32 << 20;

    private final SegmentSource segments;
    private final Envelope envelope = new Envelope();
    private final boolean whole;
    private @Nullable Segment pending;
    private boolean withinHead;
    private boolean begun;

    /**
     * A message.
     *
     * @param bytes its segments, each with a carriage return behind it; else byte for byte as in the file
     * @param begin where it begins in the file
     * @param end where the next segment begins in the file, or the file's end
     */
    record Message(byte[] bytes, long begin, long end) {}

    /**
     * A splitter.
     *
     * @param origin where in the file the stream begins: 0, or an earlier message's end. From 0 on the trailers' counts are
     *     checked
     */
    MessageSplitter(InputStream stream, long origin) {
        this.segments = new SegmentSource(stream, origin, MAX_MESSAGE);
        this.whole = origin == 0;
        // Behind a message there can be no head, but there is no telling what the first segment is
        this.begun = !whole;
    }

    /** How many bytes of the stream are used up. */
    long consumed() {
        return segments.consumed();
    }

    /**
     * The next message; null at the end of the stream.
     *
     * @throws RefusedException if the file is no series of messages, or its trailers count otherwise
     */
    @Nullable
    Message next() throws IOException {
        Segment head = header();
        if (head == null) {
            return null;
        }
        envelope.message();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        add(head, head.begin(), bytes);
        Segment next = segments.next();
        while (next != null && !next.is("MSH") && !next.isEnvelope()) {
            add(next, head.begin(), bytes);
            next = segments.next();
        }
        pending = next;
        return new Message(withoutBlockEnd(bytes.toByteArray()), head.begin(), end(next));
    }

    private long end(@Nullable Segment next) {
        return next != null ? next.begin() : segments.end();
    }

    private static void add(Segment segment, long begin, ByteArrayOutputStream bytes) {
        if (bytes.size() + segment.bytes().length >= MAX_MESSAGE) {
            throw Hl7Refusals.messageTooLarge(begin, MAX_MESSAGE);
        }
        bytes.writeBytes(segment.bytes());
        bytes.write('\r');
    }

    /** The next message's header, the envelope's segments before it having been held against what came. */
    private @Nullable Segment header() throws IOException {
        Segment segment = pending != null ? pending : segments.next();
        pending = null;
        while (segment != null && !segment.is("MSH")) {
            envelope(segment);
            segment = segments.next();
        }
        begun = true;
        withinHead = false;
        return segment;
    }

    private void envelope(Segment segment) {
        if (segment.is("FHS")) {
            envelope.fileBegins();
            withinHead = true;
        } else if (segment.is("BHS")) {
            envelope.batchBegins();
            withinHead = true;
        } else if (segment.is("BTS")) {
            if (whole) {
                envelope.batchEnds(segment.bytes());
            }
            withinHead = false;
        } else if (segment.is("FTS")) {
            if (whole) {
                envelope.fileEnds(segment.bytes());
            }
            withinHead = false;
        } else if (!withinHead) {
            throw !begun && isWide(segment.bytes()) ? Hl7Refusals.wide() : Hl7Refusals.notHl7(segment.begin());
        }
        begun = true;
    }

    /** A byte order mark of UTF-16 or UTF-32, or their zeros in ASCII characters. */
    private static boolean isWide(byte[] bytes) {
        boolean mark = bytes.length >= 2 && (bytes[0] & 0xFF) + (bytes[1] & 0xFF) == 0xFE + 0xFF;
        for (int i = 0; i < Math.min(bytes.length, 8); i++) {
            mark = mark || bytes[i] == 0;
        }
        return mark;
    }

    /** A block's end directly behind the last segment is framing; anywhere else it is content, which no engine can get. */
    private static byte[] withoutBlockEnd(byte[] bytes) {
        int last = bytes.length - 2;
        if (last < 0 || bytes[last] != SegmentSource.FS) {
            return bytes;
        }
        byte[] content = Arrays.copyOf(bytes, bytes.length - 1);
        content[last] = '\r';
        return content;
    }
}
