package io.intake.processors.unzip;

import io.intake.processors.job.Input;
import io.intake.store.ByteRange;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectStore;
import io.intake.store.ReadRequest;
import io.intake.store.StoreException;
import io.intake.store.TransientStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An object of the store as a channel for a library that reads a few bytes at a time. The object's end, where archives keep
 * their directory, is read once and kept; before it, sequential reads share one streaming GET, and a read elsewhere opens
 * another. Every GET is pinned to the object's version and ETag. Holds at most {@value #TAIL_BYTES} bytes of the object.
 *
 * <p>A stream that is lost is opened again where it broke off; when that does not help, reads throw {@link
 * TransientStoreException}, which no reader of archives takes for damage. Not thread-safe.
 */
public final class RangedChannel implements SeekableByteChannel {
    /** How much of the object's end is kept. */
    static final int TAIL_BYTES = 1 << 20;

    /** How far a GET reaches where nobody said how far reading will go. */
    static final int READ_AHEAD_BYTES = 4 << 20;

    /** Up to such a gap it is cheaper to read on than to ask again. */
    private static final int GAP_BYTES = 1 << 20;

    private static final int LOSSES = 5;
    private static final int SKIP_BYTES = 1 << 13;

    private final ObjectStore store;
    private final Input input;
    private final long tailStart;

    private byte @Nullable [] tail;
    private @Nullable ObjectContent content;
    private long contentPosition;
    private long contentEnd;
    private long position;
    private long readAheadTo;
    private long allowance = Long.MAX_VALUE;
    private int losses;
    private long readSinceLoss;
    private boolean closed;
    private @Nullable StoreException failure;

    /**
     * Opens nothing yet.
     *
     * @param input what every GET is pinned to
     */
    public RangedChannel(ObjectStore store, Input input) {
        this.store = store;
        this.input = input;
        this.tailStart = Math.max(0, input.size() - TAIL_BYTES);
    }

    /** Says that reading will go on up to an offset, so that one GET serves it. */
    public void readAheadTo(long end) {
        this.readAheadTo = end;
    }

    /** Lets reads give so many bytes and no more; what is beyond throws {@link IOException}. */
    public void allow(long bytes) {
        this.allowance = bytes;
    }

    /** Whether a read was refused by {@link #allow}. */
    public boolean exhausted() {
        return allowance < 0;
    }

    /** What the store threw, if it did: a library in between may have turned it into something else. */
    public @Nullable StoreException failure() {
        return failure;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        requireOpen();
        if (!target.hasRemaining()) {
            return 0;
        }
        if (position >= input.size()) {
            return -1;
        }
        int count = position >= tailStart ? readTail(target) : readStream(target);
        position += count;
        allowance -= count;
        if (allowance < 0) {
            throw new IOException("more was read than is allowed");
        }
        return count;
    }

    private int readTail(ByteBuffer target) {
        byte[] bytes = tail;
        if (bytes == null) {
            bytes = loadTail();
            tail = bytes;
        }
        int from = (int) (position - tailStart);
        int count = Math.min(target.remaining(), bytes.length - from);
        target.put(bytes, from, count);
        return count;
    }

    private byte[] loadTail() {
        byte[] bytes = new byte[(int) (input.size() - tailStart)];
        int filled = 0;
        while (filled < bytes.length) {
            filled += readAt(tailStart + filled, input.size(), bytes, filled, bytes.length - filled);
        }
        drop();
        return bytes;
    }

    private int readStream(ByteBuffer target) {
        long end = readAheadTo > position ? readAheadTo : position + READ_AHEAD_BYTES;
        int count = (int) Math.min(target.remaining(), tailStart - position);
        if (target.hasArray()) {
            int at = target.arrayOffset() + target.position();
            int read = readAt(position, Math.min(end, tailStart), target.array(), at, count);
            target.position(target.position() + read);
            return read;
        }
        byte[] bytes = new byte[Math.min(count, SKIP_BYTES)];
        int read = readAt(position, Math.min(end, tailStart), bytes, 0, bytes.length);
        target.put(bytes, 0, read);
        return read;
    }

    /** Reads at least one byte at an offset, opening a GET up to an end where the open one does not serve. */
    private int readAt(long offset, long end, byte[] target, int at, int length) {
        while (true) {
            IOException lost = null;
            try {
                InputStream stream = streamAt(offset, end);
                int count = stream.read(target, at, (int) Math.min(length, contentEnd - offset));
                if (count > 0) {
                    advance(count);
                    return count;
                }
            } catch (IOException e) {
                lost = e;
            } catch (StoreException e) {
                failure = e;
                throw e;
            }
            drop();
            readSinceLoss = 0;
            if (++losses > LOSSES) {
                failure = new TransientStoreException("read", input.key(), "the stream was lost again and again", lost);
                throw failure;
            }
        }
    }

    private void advance(int count) {
        contentPosition += count;
        readSinceLoss += count;
        if (readSinceLoss >= GAP_BYTES) {
            losses = 0;
        }
    }

    private InputStream streamAt(long offset, long end) throws IOException {
        ObjectContent open = content;
        if (open != null
                && offset >= contentPosition
                && offset - contentPosition <= GAP_BYTES
                && offset < contentEnd
                && skip(open.stream(), offset - contentPosition)) {
            return open.stream();
        }
        drop();
        ByteRange range = new ByteRange(offset, end - offset);
        ObjectContent opened = store.read(new ReadRequest(input.key(), range, input.etag(), input.versionId()));
        content = opened;
        contentPosition = offset;
        contentEnd = end;
        return opened.stream();
    }

    /** Reads over a gap, a header for instance. */
    private boolean skip(InputStream stream, long count) throws IOException {
        byte[] dropped = new byte[(int) Math.min(count, SKIP_BYTES)];
        long left = count;
        while (left > 0) {
            int read = stream.read(dropped, 0, (int) Math.min(left, dropped.length));
            if (read <= 0) {
                return false;
            }
            advance(read);
            left -= read;
        }
        return true;
    }

    private void drop() {
        ObjectContent open = content;
        content = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public long position() throws IOException {
        requireOpen();
        return position;
    }

    @Override
    public SeekableByteChannel position(long newPosition) throws IOException {
        requireOpen();
        if (newPosition < 0) {
            // the library seeks to offsets that hostile archives give: that is the archive's fault, so no unchecked
            // exception
            throw new IOException("no negative position");
        }
        position = newPosition;
        return this;
    }

    @Override
    public long size() {
        return input.size();
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    /** Drops the open GET and the kept bytes. */
    @Override
    public void close() {
        closed = true;
        tail = null;
        drop();
    }

    @Override
    public int write(ByteBuffer source) {
        throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
        throw new NonWritableChannelException();
    }

    private void requireOpen() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    /** A run of bytes, read whole. */
    byte[] bytes(long offset, int length) throws IOException {
        position(offset);
        ByteBuffer target = ByteBuffer.allocate(length);
        while (target.hasRemaining() && read(target) >= 0) {
            // until full or at the end
        }
        return Arrays.copyOf(target.array(), target.position());
    }
}
