package io.intake.store.s3;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Reads HTTP/1.1 answers (RFC 9112): small bodies whole, others piece by piece. Not thread-safe. */
final class HttpAnswerReader {
    private static final int MAX_LINE = 16 << 10;
    private static final int MAX_HEADERS = 200;
    private static final int MAX_BODY = 1 << 20;

    private final Wire wire;
    private final ByteBuffer buffer = ByteBuffer.allocate(8 << 10).flip();

    HttpAnswerReader(Wire wire) {
        this.wire = wire;
    }

    /** Waits for a whole answer; interim ones (1xx) are skipped. */
    HttpAnswer read() throws IOException {
        return read(false);
    }

    /** The same, but the body of an answer of success is left to {@link #content}, if the answer says how long it is. */
    HttpAnswer readToContent() throws IOException {
        return read(true);
    }

    private HttpAnswer read(boolean leavesContent) throws IOException {
        while (true) {
            int status = status(line());
            Map<String, String> headers = headers();
            if (status >= 200) {
                boolean leave = leavesContent && status / 100 == 2 && headers.containsKey("content-length");
                byte[] body = leave ? new byte[0] : body(status, headers);
                boolean keep = !"close".equalsIgnoreCase(headers.get("connection"));
                return new HttpAnswer(status, headers, body, keep && lengthIsKnown(status, headers));
            }
        }
    }

    /**
     * Some of the bytes behind an answer's head.
     *
     * @param target takes no more than the content's length leaves
     * @return negative if the connection ended
     */
    int content(ByteBuffer target) throws IOException {
        if (!buffer.hasRemaining()) {
            return wire.read(target);
        }
        int count = Math.min(buffer.remaining(), target.remaining());
        target.put(target.position(), buffer, buffer.position(), count);
        target.position(target.position() + count);
        buffer.position(buffer.position() + count);
        return count;
    }

    /** The length of an answer's body, as its head says it. */
    static long contentLength(HttpAnswer answer) throws IOException {
        String length = answer.header("content-length");
        if (length == null) {
            throw new ProtocolException("an answer without a length");
        }
        return number(length, 10);
    }

    private static int status(String line) throws IOException {
        if (!line.startsWith("HTTP/1.") || line.length() < 12) {
            throw new ProtocolException("not an HTTP/1.1 answer");
        }
        try {
            return Integer.parseInt(line.substring(9, 12));
        } catch (NumberFormatException _) {
            throw new ProtocolException("an answer without a status");
        }
    }

    private Map<String, String> headers() throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 1 || headers.size() == MAX_HEADERS) {
                throw new ProtocolException("the answer's headers are broken");
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private static boolean lengthIsKnown(int status, Map<String, String> headers) {
        return status == 204
                || status == 304
                || headers.containsKey("content-length")
                || headers.containsKey("transfer-encoding");
    }

    private byte[] body(int status, Map<String, String> headers) throws IOException {
        if (status == 204 || status == 304) {
            return new byte[0];
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            chunks(body);
        } else if (headers.containsKey("content-length")) {
            take(number(headers.getOrDefault("content-length", ""), 10), body);
        } else {
            while (buffer.hasRemaining() || fill()) {
                take(buffer.remaining(), body);
            }
        }
        return body.toByteArray();
    }

    private void chunks(ByteArrayOutputStream body) throws IOException {
        while (true) {
            String line = line();
            int extension = line.indexOf(';');
            long size = number(extension < 0 ? line : line.substring(0, extension), 16);
            if (size == 0) {
                headers(); // trailers
                return;
            }
            take(size, body);
            if (!line().isEmpty()) {
                throw new ProtocolException("a chunk is longer than it says");
            }
        }
    }

    private static long number(String text, int radix) throws IOException {
        try {
            long number = Long.parseLong(text.strip(), radix);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException _) {
            // told below
        }
        throw new ProtocolException("a length that is no number");
    }

    private void take(long count, ByteArrayOutputStream body) throws IOException {
        if (body.size() + count > MAX_BODY) {
            throw new ProtocolException("the answer is too long");
        }
        for (long left = count; left > 0; ) {
            require();
            int some = (int) Math.min(left, buffer.remaining());
            body.write(buffer.array(), buffer.position(), some);
            buffer.position(buffer.position() + some);
            left -= some;
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(64);
        while (true) {
            require();
            byte next = buffer.get();
            if (next == '\n') {
                int end = line.length();
                return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
            }
            if (line.length() == MAX_LINE) {
                throw new ProtocolException("a line of the answer is too long");
            }
            line.append((char) (next & 0xff));
        }
    }

    private void require() throws IOException {
        if (!buffer.hasRemaining() && !fill()) {
            throw new EOFException("the connection ended in the answer");
        }
    }

    private boolean fill() throws IOException {
        buffer.clear();
        int count = wire.read(buffer);
        buffer.flip();
        return count > 0;
    }

    /** Whether bytes are left over: a server that says more than one answer is not to be trusted with another request. */
    boolean hasRest() {
        return buffer.hasRemaining();
    }

    static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }
}
