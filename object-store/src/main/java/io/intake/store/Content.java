package io.intake.store;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.zip.CRC32;

/**
 * Bytes to store. They can be streamed more than once, so that a request can be tried again. Immutable while a call uses
 * them; the caller may reuse the memory once the call has returned.
 */
public interface Content {

    /** In bytes. */
    long length();

    /** Of all bytes, as an unsigned 32-bit number. */
    long crc32();

    /** A new stream over all bytes. */
    InputStream newStream();

    /** A new channel over all bytes, for a reader that has a buffer of its own to fill. */
    default ReadableByteChannel newChannel() {
        return Channels.newChannel(newStream());
    }

    /** Bytes of an array, not copied. */
    static Content of(byte[] bytes) {
        return of(ByteBuffer.wrap(bytes));
    }

    /** The remaining bytes of buffers one after another, not copied; their positions are not changed. */
    static Content of(ByteBuffer... buffers) {
        CRC32 crc = new CRC32();
        for (ByteBuffer buffer : buffers) {
            crc.update(buffer.duplicate());
        }
        return of(crc.getValue(), buffers);
    }

    /** The same, for a caller that knows the CRC32 already. */
    static Content of(long crc32, ByteBuffer... buffers) {
        return new BufferContent(crc32, buffers);
    }
}
