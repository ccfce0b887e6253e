package io.intake.processors.unzip.stream;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * Zstandard frames (RFC 8878), one after another; those to be skipped are. The library's own stream takes a frame that was
 * cut short for the end, if another came before it; this one asks it whether the last frame was whole. Windows of more than
 * 128 MiB are refused by the library itself. Not thread-safe.
 */
final class ZstdFrames extends InputStream {
    private static final int BUFFER_BYTES = 64 << 10;

    private final InputStream packed;
    private final ZstdDecompressCtx context = new ZstdDecompressCtx();
    private final ByteBuffer source = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    private final ByteBuffer unpacked = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    private final byte[] fetched = new byte[BUFFER_BYTES];
    private boolean frameEnded = true;
    private boolean closed;

    ZstdFrames(InputStream packed) {
        this.packed = packed;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (closed) {
            throw new IOException("the stream is closed");
        }
        if (length == 0) {
            return 0;
        }
        while (!unpacked.hasRemaining()) {
            boolean full = unpacked.limit() == BUFFER_BYTES;
            if (!source.hasRemaining() && (frameEnded || !full) && !fetch()) {
                if (!frameEnded) {
                    throw new EOFException("the compressed data ends early");
                }
                return -1;
            }
            unpack();
        }
        int count = Math.min(length, unpacked.remaining());
        unpacked.get(target, offset, count);
        return count;
    }

    private boolean fetch() throws IOException {
        int count = packed.read(fetched, 0, fetched.length);
        source.clear();
        source.put(fetched, 0, Math.max(0, count)).flip();
        return count >= 0;
    }

    private void unpack() throws IOException {
        unpacked.clear();
        try {
            frameEnded = context.decompressDirectByteBufferStream(unpacked, source);
        } catch (ZstdException e) {
            // negative as thrown, positive as named
            if (Math.abs(e.getErrorCode()) == Zstd.errFrameParameterWindowTooLarge()) {
                throw new MemoryNeededException();
            }
            throw new IOException("not what Zstandard writes", e);
        } finally {
            unpacked.flip();
        }
    }

    /** Releases native memory. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            context.close();
        }
        packed.close();
    }
}
