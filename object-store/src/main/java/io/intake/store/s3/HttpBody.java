package io.intake.store.s3;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** An answer whose body is read piece by piece, straight from its connection, which it holds until it is closed. Not thread-safe. */
final class HttpBody implements Closeable {
    /** What becomes of the connection. */
    interface Leaving {
        /**
         * Gives it back.
         *
         * @param keep whether it can take another request
         */
        void leave(boolean keep);
    }

    private final HttpAnswer answer;
    private final HttpConnection connection;
    private final Duration silence;
    private final Leaving leaving;
    private final long length;
    private long left;
    private boolean closed;

    /**
     * Nothing read yet.
     *
     * @param answer of success with its body still to come, or any other with its body
     * @param silence the longest wait for a byte
     * @throws IOException if the answer does not say how long its body is
     */
    HttpBody(HttpAnswer answer, HttpConnection connection, Duration silence, Leaving leaving) throws IOException {
        this.answer = answer;
        this.connection = connection;
        this.silence = silence;
        this.leaving = leaving;
        this.length = answer.isSuccess() ? HttpAnswerReader.contentLength(answer) : 0;
        this.left = length;
    }

    HttpAnswer answer() {
        return answer;
    }

    /** Of the body of an answer of success, in bytes. */
    long length() {
        return length;
    }

    /**
     * Waits for some bytes.
     *
     * @return negative at the body's end
     * @throws IOException also if the connection ends before the body does: that must never look like its end
     */
    int read(ByteBuffer target) throws IOException {
        if (left == 0 || closed) {
            return -1;
        }
        int limit = target.limit();
        target.limit((int) Math.min(limit, target.position() + left));
        int count;
        try {
            count = connection.content(target, silence);
        } catch (IOException e) {
            throw connection.isLate() ? new SocketTimeoutException("no content in time") : e;
        } finally {
            target.limit(limit);
        }
        if (count < 0) {
            throw new EOFException("the connection ended " + left + " bytes early");
        }
        left -= count;
        return count;
    }

    /** Gives the connection back if all was read; else closes it, because the rest may be gigabytes. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            leaving.leave(left == 0 && connection.isReusable(answer));
        }
    }
}
