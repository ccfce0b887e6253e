package io.intake.processors.forward.mllp;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;

/**
 * MLLP's blocks: 0x0B, content, 0x1C 0x0D (HL7 "Transport Specification: MLLP, Release 1", 2). What stands between blocks is
 * passed over, within reason. Not thread-safe.
 */
final class Frames {
    private static final byte VT = 0x0B;
    private static final byte FS = 0x1C;

    /** An acknowledgement has a few hundred bytes; whoever sends so many speaks something else. */
    static final int MOST = 1 << 20;

    private final InputStream stream;

    Frames(InputStream stream) {
        this.stream = stream;
    }

    /** What came is no block of MLLP. Its message is a code, upper case. */
    static final class FramingException extends Exception {
        private static final long serialVersionUID = 1L;

        FramingException(String code) {
            super(code);
        }

        String code() {
            return String.valueOf(getMessage());
        }
    }

    static byte[] framed(byte[] content) {
        byte[] block = new byte[content.length + 3];
        block[0] = VT;
        System.arraycopy(content, 0, block, 1, content.length);
        block[content.length + 1] = FS;
        block[content.length + 2] = '\r';
        return block;
    }

    /**
     * The next block's content. The carriage return behind it is not waited for: some leave it out.
     *
     * @throws EOFException if the other side has closed the connection
     * @throws FramingException also where it does so, or falls silent, behind something that is no block: it speaks another
     *     protocol, and would not be any better for being waited for
     */
    byte[] next() throws IOException, FramingException {
        int passed = 0;
        try {
            for (int next = required(); next != VT; next = required()) {
                if (next != '\r' && next != '\n' && ++passed > MOST) {
                    throw new FramingException("ACK_NOT_MLLP");
                }
            }
        } catch (IOException ended) {
            if (passed > 0) {
                FramingException other = new FramingException("ACK_NOT_MLLP");
                other.initCause(ended);
                throw other;
            }
            throw ended;
        }
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (int next = required(); next != FS; next = required()) {
            if (next == VT) {
                // The block before was never ended: what counts begins here
                content.reset();
                continue;
            }
            content.write(next);
            if (content.size() > MOST) {
                throw new FramingException("ACK_TOO_LARGE");
            }
        }
        return content.toByteArray();
    }

    /** Whether a further block, or something that is none, is here already; what may stand between blocks is dropped. */
    boolean isMoreHere() throws IOException {
        while (stream.available() > 0) {
            stream.mark(1);
            int next = stream.read();
            if (next != '\r' && next != '\n') {
                stream.reset();
                return true;
            }
        }
        return false;
    }

    /** Whether the other side has not closed the connection, and says nothing either. */
    boolean isOpen(Socket socket) throws IOException {
        int before = socket.getSoTimeout();
        socket.setSoTimeout(1);
        try {
            int next = stream.read();
            while (next == '\r' || next == '\n') {
                next = stream.read();
            }
            return false;
        } catch (SocketTimeoutException silent) {
            return true;
        } finally {
            socket.setSoTimeout(before);
        }
    }

    private int required() throws IOException {
        int next = stream.read();
        if (next < 0) {
            throw new EOFException("closed");
        }
        return next;
    }
}
