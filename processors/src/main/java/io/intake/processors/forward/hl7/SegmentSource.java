package io.intake.processors.forward.hl7;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream into HL7 v2 segments. The standard ends them with a carriage return; files that went through text tools end
 * them with line feeds, or both. How a header or trailer ends tells how its message's segments end: where that is a carriage
 * return, a line feed is data, unless what follows it looks like a segment, as where files were concatenated. Between
 * segments, empty lines, byte order marks, MLLP's block characters and the end-of-file character of DOS are dropped. Not
 * thread-safe.
 */
final class SegmentSource {
    static final byte VT = 0x0B;
    static final byte FS = 0x1C;
    private static final byte DOS_END = 0x1A;
    private static final int BOM = 0xEF;
    private static final int LOOK_AHEAD = 8;

    private final InputStream stream;
    private final long origin;
    private final int maxSegment;
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int filled;
    private boolean ended;
    private long consumed;
    private byte lineEnd = '\r';
    private byte separator = '|';

    /**
     * A segment.
     *
     * @param bytes without what ends it
     * @param begin where it begins in the file
     */
    record Segment(byte[] bytes, long begin) {

        /** Whether it is of a kind, with a field separator or nothing behind its name. */
        boolean is(String name) {
            return bytes.length >= 3
                    && bytes[0] == name.charAt(0)
                    && bytes[1] == name.charAt(1)
                    && bytes[2] == name.charAt(2)
                    && (bytes.length == 3 || !isWord(bytes[3]));
        }

        boolean isEnvelope() {
            return is("FHS") || is("BHS") || is("BTS") || is("FTS");
        }
    }

    /**
     * A source of segments.
     *
     * @param origin where in the file the stream begins
     * @param maxSegment what a segment may be long at most
     */
    SegmentSource(InputStream stream, long origin, int maxSegment) {
        this.stream = stream;
        this.origin = origin;
        this.maxSegment = maxSegment;
    }

    /** How many bytes of the stream are used up. */
    long consumed() {
        return consumed;
    }

    /** How far it has come in the file. */
    long end() {
        return origin + consumed;
    }

    /** The next segment; null at the end of the stream. */
    @Nullable
    Segment next() throws IOException {
        skipBetween();
        if (!available(1)) {
            return null;
        }
        long begin = origin + consumed;
        boolean leads = leads();
        if (leads && available(4)) {
            separator = buffer[at + 3];
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (available(1)) {
            byte next = buffer[at];
            if (ends(next, leads)) {
                lineEnd = leads ? next : lineEnd;
                take(1);
                break;
            }
            bytes.write(next);
            take(1);
            if (bytes.size() > maxSegment) {
                throw Hl7Refusals.messageTooLarge(begin, maxSegment);
            }
        }
        return new Segment(bytes.toByteArray(), begin);
    }

    private boolean ends(byte next, boolean leads) throws IOException {
        if (next == '\r') {
            return true;
        }
        return next == '\n' && (leads || lineEnd == '\n' || segmentFollows());
    }

    /** Whether what comes is a header or a trailer, whose end is not in doubt. */
    private boolean leads() throws IOException {
        if (!available(3)) {
            return false;
        }
        String name = new String(buffer, at, 3, StandardCharsets.ISO_8859_1);
        return switch (name) {
            case "MSH", "FHS", "BHS", "BTS", "FTS" -> true;
            default -> false;
        };
    }

    private boolean segmentFollows() throws IOException {
        if (!available(2)) {
            return true;
        }
        byte first = buffer[at + 1];
        if (first == '\r' || first == '\n' || first == VT || first == FS) {
            return true;
        }
        return available(5)
                && isUpper(first)
                && isUpperOrDigit(buffer[at + 2])
                && isUpperOrDigit(buffer[at + 3])
                && buffer[at + 4] == separator;
    }

    private void skipBetween() throws IOException {
        while (available(1)) {
            byte next = buffer[at];
            if (next == '\r' || next == '\n' || next == VT || next == FS || next == DOS_END) {
                take(1);
            } else if ((next & 0xFF) == BOM
                    && available(3)
                    && (buffer[at + 1] & 0xFF) == 0xBB
                    && (buffer[at + 2] & 0xFF) == 0xBF) {
                take(3);
            } else {
                return;
            }
        }
    }

    private void take(int count) {
        at += count;
        consumed += count;
    }

    /** Whether so many bytes, a few at most, are in the buffer from here on, having been read if need be. */
    private boolean available(int count) throws IOException {
        if (filled - at >= count) {
            return true;
        }
        if (at > buffer.length - LOOK_AHEAD) {
            System.arraycopy(buffer, at, buffer, 0, filled - at);
            filled -= at;
            at = 0;
        }
        while (filled - at < count && !ended) {
            int read = stream.read(buffer, filled, buffer.length - filled);
            ended = read < 0;
            filled += Math.max(0, read);
        }
        return filled - at >= count;
    }

    static boolean isUpper(byte value) {
        return value >= 'A' && value <= 'Z';
    }

    static boolean isUpperOrDigit(byte value) {
        return isUpper(value) || (value >= '0' && value <= '9');
    }

    static boolean isWord(byte value) {
        return isUpperOrDigit(value) || (value >= 'a' && value <= 'z');
    }
}
