package io.intake.store;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.Objects;

/** Content in memory. */
final class BufferContent implements Content {
    private final ByteBuffer[] buffers;
    private final long length;
    private final long crc32;

    BufferContent(long crc32, ByteBuffer[] buffers) {
        this.buffers = Arrays.stream(buffers).map(ByteBuffer::asReadOnlyBuffer).toArray(ByteBuffer[]::new);
        this.length = Arrays.stream(buffers).mapToLong(ByteBuffer::remaining).sum();
        this.crc32 = crc32;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public long crc32() {
        return crc32;
    }

    @Override
    public InputStream newStream() {
        return new BuffersStream();
    }

    @Override
    public ReadableByteChannel newChannel() {
        return new BuffersChannel();
    }

    /** Reads the buffers one after another straight into the reader's. */
    private final class BuffersChannel implements ReadableByteChannel {
        private int index;
        private int at;

        @Override
        public int read(ByteBuffer target) {
            int before = target.position();
            while (index < buffers.length && target.hasRemaining()) {
                ByteBuffer source = buffers[index];
                int count = Math.min(source.remaining() - at, target.remaining());
                target.put(target.position(), source, source.position() + at, count);
                target.position(target.position() + count);
                at += count;
                if (at == source.remaining()) {
                    index++;
                    at = 0;
                }
            }
            int count = target.position() - before;
            return count == 0 && index == buffers.length ? -1 : count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // holds nothing
        }
    }

    /** Reads the buffers one after another; supports mark, which lets an HTTP client rewind instead of re-opening. */
    private final class BuffersStream extends InputStream {
        private ByteBuffer[] views = views();
        private int index;
        private int markIndex;
        private ByteBuffer[] markViews = views();

        private ByteBuffer[] views() {
            return Arrays.stream(buffers).map(ByteBuffer::duplicate).toArray(ByteBuffer[]::new);
        }

        private boolean atEnd() {
            while (index < views.length && !views[index].hasRemaining()) {
                index++;
            }
            return index == views.length;
        }

        @Override
        public int read() {
            return atEnd() ? -1 : views[index].get() & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int count) {
            Objects.checkFromIndexSize(offset, count, target.length);
            if (count == 0) {
                return 0;
            }
            if (atEnd()) {
                return -1;
            }
            int n = Math.min(count, views[index].remaining());
            views[index].get(target, offset, n);
            return n;
        }

        @Override
        public int available() {
            return atEnd() ? 0 : views[index].remaining();
        }

        @Override
        public boolean markSupported() {
            return true;
        }

        @Override
        public void mark(int readLimit) {
            markIndex = index;
            markViews = Arrays.stream(views).map(ByteBuffer::duplicate).toArray(ByteBuffer[]::new);
        }

        @Override
        public void reset() {
            index = markIndex;
            views = Arrays.stream(markViews).map(ByteBuffer::duplicate).toArray(ByteBuffer[]::new);
        }
    }
}
