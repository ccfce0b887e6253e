package io.intake.gateway;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import org.apache.sshd.common.PropertyResolver;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.nio2.Nio2CompletionHandler;
import org.apache.sshd.common.io.nio2.Nio2Service;
import org.apache.sshd.common.io.nio2.Nio2Session;
import org.apache.sshd.common.util.Readable;

/**
 * A connection that waits with a small buffer and reads with a large one while much comes. MINA keeps the large one, and a
 * decoder's buffer of twice its size, as long as the connection: most of what an idle session would cost. Thread-safe as
 * MINA's is: one read at a time.
 */
final class ThriftyConnection extends Nio2Session {
    /** Requests without data fit; also what a read must fill for the next one to get the large buffer. */
    static final int WAITING_BYTES = 4 << 10;

    private final int reading;
    /** Whether the buffer of the next cycle was chosen already. Touched by whoever reads, one after the other. */
    private boolean chosen;

    /** @param reading the large buffer's size, in bytes */
    ThriftyConnection(
            Nio2Service service,
            PropertyResolver properties,
            IoHandler handler,
            AsynchronousSocketChannel socket,
            SocketAddress acceptedAt,
            int reading)
            throws IOException {
        super(service, properties, new Slices(handler), socket, acceptedAt);
        this.reading = reading;
    }

    @Override
    public void startReading(int size) {
        chosen = true;
        super.startReading(Math.min(size, WAITING_BYTES));
    }

    @Override
    protected void doReadCycle(ByteBuffer buffer, Nio2CompletionHandler<Integer, Object> completion) {
        // the last read ended at the limit; a buffer just chosen has not been read into
        int next = chosen ? buffer.capacity() : size(buffer.limit(), reading);
        chosen = false;
        if (next == buffer.capacity()) {
            super.doReadCycle(buffer, completion);
            return;
        }
        chosen = true;
        ByteBuffer other = ByteBuffer.allocate(next);
        super.doReadCycle(other, Readable.readable(other));
    }

    /** The next buffer's size, given how many bytes the last read brought. */
    static int size(int lastRead, int reading) {
        return lastRead < WAITING_BYTES ? Math.min(WAITING_BYTES, reading) : reading;
    }

    /**
     * Hands over what was read in small pieces. MINA's decoder collects what it is given until a packet is whole, and never
     * shrinks: at once it would take twice the large buffer and more, for the rest of the session.
     */
    private record Slices(IoHandler handler) implements IoHandler {
        /** With the rest of a packet (32 KiB and its frame) this stays below the decoder's next power of two, 64 KiB. */
        private static final int BYTES = 16 << 10;

        @Override
        public void messageReceived(IoSession session, Readable message) throws Exception {
            Readable slice = new Readable() {
                @Override
                public int available() {
                    return Math.min(BYTES, message.available());
                }

                @Override
                public void getRawBytes(byte[] data, int offset, int length) {
                    message.getRawBytes(data, offset, length);
                }
            };
            while (message.available() > 0) {
                handler.messageReceived(session, slice);
            }
        }

        @Override
        public void sessionCreated(IoSession session) throws Exception {
            handler.sessionCreated(session);
        }

        @Override
        public void sessionClosed(IoSession session) throws Exception {
            handler.sessionClosed(session);
        }

        @Override
        public void exceptionCaught(IoSession session, Throwable cause) throws Exception {
            handler.exceptionCaught(session, cause);
        }
    }
}
