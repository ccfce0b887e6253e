package io.intake.processors.unzip;

import io.intake.processors.unzip.stream.Packed;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A run of an object's bytes. Not thread-safe.
 *
 * @param start in the object
 * @param size of the run
 */
record ChannelBytes(RangedChannel channel, long start, long size) implements Packed {
    @Override
    public int read(long position, byte[] target, int offset, int length) throws IOException {
        int wanted = (int) Math.min(length, size - position);
        if (wanted <= 0) {
            return -1;
        }
        channel.position(start + position);
        return channel.read(ByteBuffer.wrap(target, offset, wanted));
    }
}
