package io.intake.processors.forward.hl7;

import io.intake.processors.forward.hl7.SegmentSource.Segment;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A message as it goes over the wire. Pure.
 *
 * @param bytes without MLLP's block characters
 * @param controlId MSH-10, by which the answer names it
 */
public record OutboundMessage(byte[] bytes, String controlId) {
    private static final int CONTROL_ID = 10;
    private static final int ACCEPT_ACKNOWLEDGEMENT = 15;
    private static final int APPLICATION_ACKNOWLEDGEMENT = 16;
    private static final int CHARACTER_SET = 18;

    /** Conditions under which a success is answered (table 0155). */
    private static final Set<String> ANSWERED = Set.of("AL", "SU");

    /**
     * Makes a message ready.
     *
     * <p>Segments end with a carriage return. A message without a control id gets one. One that asks for no answer where all
     * goes well (MSH-15 and MSH-16 both NE or ER) asks for one on receipt: without an answer nobody knows that it was taken.
     *
     * @param content a single message; its segments may end with line feeds
     * @param ownId the control id that it gets if it has none; always the same one for the same message
     * @param text whether the content is our own UTF-8, to be written in the charset that MSH-18 names; a file's messages
     *     are already written in theirs
     * @throws UnsendableException if it is no message, or cannot be sent over MLLP
     */
    public static OutboundMessage of(byte[] content, String ownId, boolean text) throws UnsendableException {
        SegmentSource segments = new SegmentSource(new ByteArrayInputStream(content), 0, Math.max(1, content.length));
        Segment first = next(segments);
        if (first == null || !first.is("MSH")) {
            throw new UnsendableException("MESSAGE_NOT_HL7");
        }
        Header header = Header.of(first.bytes());
        ByteArrayOutputStream rest = new ByteArrayOutputStream(content.length);
        for (Segment segment = next(segments); segment != null; segment = next(segments)) {
            requireName(segment, first.bytes()[3]);
            rest.writeBytes(segment.bytes());
            rest.write('\r');
        }
        if (header.field(CONTROL_ID).isEmpty()) {
            header.set(CONTROL_ID, ownId);
        }
        askForAnswer(header);
        Charset charset = text ? charset(header, content) : null;
        ByteArrayOutputStream message = new ByteArrayOutputStream(content.length + 64);
        message.writeBytes(header.bytes());
        message.write('\r');
        message.writeBytes(rest.toByteArray());
        byte[] bytes = encoded(message.toByteArray(), charset);
        requireNoBlockCharacters(bytes);
        return new OutboundMessage(bytes, header.field(CONTROL_ID));
    }

    private static @Nullable Segment next(SegmentSource segments) {
        try {
            return segments.next();
        } catch (IOException e) {
            throw new UncheckedIOException("an array cannot be lost", e);
        }
    }

    /** What has no name is a line of the segment before, torn off by a line feed within a value. */
    private static void requireName(Segment segment, byte separator) throws UnsendableException {
        byte[] bytes = segment.bytes();
        boolean named = bytes.length >= 3
                && SegmentSource.isUpper(bytes[0])
                && SegmentSource.isUpperOrDigit(bytes[1])
                && SegmentSource.isUpperOrDigit(bytes[2])
                && (bytes.length == 3 || bytes[3] == separator);
        if (!named || segment.is("MSH") || segment.isEnvelope()) {
            throw new UnsendableException("MESSAGE_SEGMENT_INVALID");
        }
    }

    private static void askForAnswer(Header header) {
        String accept = header.field(ACCEPT_ACKNOWLEDGEMENT);
        String application = header.field(APPLICATION_ACKNOWLEDGEMENT);
        boolean enhanced = !accept.isEmpty() || !application.isEmpty();
        if (enhanced && !ANSWERED.contains(accept) && !ANSWERED.contains(application)) {
            header.set(ACCEPT_ACKNOWLEDGEMENT, "AL");
        }
    }

    /** Which charset MSH-18 names (table 0211); where it names none, it is told what the content is. */
    private static Charset charset(Header header, byte[] content) throws UnsendableException {
        String name = header.field(CHARACTER_SET);
        if (name.isEmpty()) {
            for (byte each : content) {
                if (each < 0) {
                    header.set(CHARACTER_SET, "UNICODE UTF-8");
                    return StandardCharsets.UTF_8;
                }
            }
            return StandardCharsets.US_ASCII;
        }
        return switch (name) {
            case "ASCII" -> StandardCharsets.US_ASCII;
            case "UNICODE UTF-8", "UTF-8" -> StandardCharsets.UTF_8;
            case "GB 18030-2000" -> Charset.forName("GB18030");
            case "BIG-5" -> Charset.forName("Big5");
            case "KS X 1001" -> Charset.forName("EUC-KR");
            default -> {
                String iso = "ISO-" + name.replace('/', '-');
                if (!name.matches("8859/\\d{1,2}") || !Charset.isSupported(iso)) {
                    throw new UnsendableException("MESSAGE_CHARSET");
                }
                yield Charset.forName(iso);
            }
        };
    }

    private static byte[] encoded(byte[] message, @Nullable Charset charset) throws UnsendableException {
        if (charset == null || charset.equals(StandardCharsets.UTF_8)) {
            return message;
        }
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(message));
            ByteBuffer encoded = charset.newEncoder().encode(text);
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException cannot) {
            throw new UnsendableException("MESSAGE_CHARSET");
        }
    }

    /** The engine would take what comes before a block character for the message. */
    private static void requireNoBlockCharacters(byte[] bytes) throws UnsendableException {
        for (byte each : bytes) {
            if (each == SegmentSource.VT || each == SegmentSource.FS) {
                throw new UnsendableException("MESSAGE_HAS_BLOCK_CHARACTERS");
            }
        }
    }
}
