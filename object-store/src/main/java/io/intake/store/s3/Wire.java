package io.intake.store.s3;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A connection's bytes, encrypted or not. One thread at a time; {@link #close} from any, which ends what that thread does. */
interface Wire extends Closeable {
    /** Sends all that remains. */
    void write(ByteBuffer bytes) throws IOException;

    /** Waits for some bytes; negative at the end. */
    int read(ByteBuffer target) throws IOException;

    /** Without TLS. */
    record Plain(SocketChannel channel) implements Wire {
        @Override
        public void write(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return channel.read(target);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
