package io.intake.processors.stitch;

import io.intake.config.Format;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;

/**
 * Opens the text of a file. Its byte order mark goes before what is declared as UTF-16, and decides where nothing is
 * declared; without one, UTF-16 is known by the zeros of its ASCII characters.
 */
final class Charsets {
    private static final int HEAD = 1 << 12;

    private Charsets() {}

    /**
     * Opens a file from its start.
     *
     * @param charset declared, or {@link Format#DETECTED}
     * @throws IllegalArgumentException if there is no such charset
     */
    static Utf8Source open(InputStream in, String charset) throws IOException {
        byte[] head = in.readNBytes(HEAD);
        String concrete = concrete(charset, head);
        int mark = markLength(concrete, head);
        InputStream text = new SequenceInputStream(new ByteArrayInputStream(head, mark, head.length - mark), in);
        return open(text, concrete, mark, mark);
    }

    /**
     * Opens a file at a place between two of its records.
     *
     * @param charset as the file's start had it, or {@link Format#DETECTED} if that showed nothing
     */
    static Utf8Source resume(InputStream in, String charset, long offset) {
        return open(in, charset, offset, 0);
    }

    private static Utf8Source open(InputStream in, String name, long offset, int mark) {
        if (name.equals(Format.DETECTED)) {
            return new DetectedText(in, offset);
        }
        Charset charset = Charset.forName(name);
        if (charset.name().equals("UTF-8")) {
            return new Utf8Bytes(in, offset, mark);
        }
        TableBytes single = TableBytes.of(in, charset, offset);
        return single != null ? single : new DecodedText(in, charset, offset, mark);
    }

    private static String concrete(String declared, byte[] head) {
        boolean detected = declared.equals(Format.DETECTED);
        boolean utf16 = !detected && Charset.forName(declared).name().equals("UTF-16");
        if (!detected && !utf16) {
            return Charset.forName(declared).name();
        }
        if (starts(head, 0xff, 0xfe)) {
            return "UTF-16LE";
        }
        if (utf16 || starts(head, 0xfe, 0xff)) {
            // RFC 2781, 4.3: without a mark it is big-endian
            return "UTF-16BE";
        }
        if (starts(head, 0xef, 0xbb, 0xbf)) {
            return "UTF-8";
        }
        return unmarked(head);
    }

    private static String unmarked(byte[] head) {
        int pairs = head.length / 2;
        int[] zeros = new int[2];
        for (int i = 0; i < 2 * pairs; i++) {
            zeros[i & 1] += head[i] == 0 ? 1 : 0;
        }
        if (pairs > 0 && zeros[0] == 0 && zeros[1] * 2 > pairs) {
            return "UTF-16LE";
        }
        return pairs > 0 && zeros[1] == 0 && zeros[0] * 2 > pairs ? "UTF-16BE" : Format.DETECTED;
    }

    private static int markLength(String charset, byte[] head) {
        return switch (charset) {
            case "UTF-8" -> starts(head, 0xef, 0xbb, 0xbf) ? 3 : 0;
            case "UTF-16LE" -> starts(head, 0xff, 0xfe) ? 2 : 0;
            case "UTF-16BE" -> starts(head, 0xfe, 0xff) ? 2 : 0;
            case "UTF-32LE" -> starts(head, 0xff, 0xfe, 0, 0) ? 4 : 0;
            case "UTF-32BE" -> starts(head, 0, 0, 0xfe, 0xff) ? 4 : 0;
            default -> 0;
        };
    }

    private static boolean starts(byte[] head, int... mark) {
        for (int i = 0; i < mark.length; i++) {
            if (i >= head.length || (head[i] & 0xff) != mark[i]) {
                return false;
            }
        }
        return true;
    }
}
