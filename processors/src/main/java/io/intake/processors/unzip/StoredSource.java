package io.intake.processors.unzip;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An entry that is not compressed: its bytes are the archive's. */
final class StoredSource implements EntrySource {
    private final RangedChannel channel;
    private final long dataOffset;
    private final long size;
    private long position;

    /** @param position of the first byte to give, in the entry */
    StoredSource(RangedChannel channel, long dataOffset, long size, long position) {
        this.channel = channel;
        this.dataOffset = dataOffset;
        this.size = size;
        this.position = position;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int wanted = (int) Math.min(length, size - position);
        if (wanted == 0) {
            return -1;
        }
        channel.position(dataOffset + position);
        int count = channel.read(ByteBuffer.wrap(target, offset, wanted));
        position += Math.max(0, count);
        return count;
    }

    @Override
    public long dataOffset() {
        return dataOffset;
    }

    @Override
    public void close() {
        // the channel is the archive's
    }
}
