package io.intake.processors.unzip;

import io.intake.processors.unzip.inflate.DeflateException;
import io.intake.processors.unzip.inflate.DeflateException.Fault;
import io.intake.processors.unzip.inflate.ResumableInflater;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the method deflate. What lies between the stream's end and the end that the directory gives is not looked at,
 * as by other tools: the entry's size and CRC-32 say whether it is whole.
 */
final class DeflatedSource implements EntrySource {
    private static final int BUFFER_BYTES = 64 << 10;

    private final RangedChannel channel;
    private final long dataOffset;
    private final long compressedSize;
    private final ResumableInflater inflater;
    private final byte[] buffer = new byte[BUFFER_BYTES];

    /** How many of the packed bytes were read. */
    private long fetched;

    /** @param inflater at the entry's beginning, or restored */
    DeflatedSource(RangedChannel channel, long dataOffset, long compressedSize, ResumableInflater inflater) {
        this.channel = channel;
        this.dataOffset = dataOffset;
        this.compressedSize = compressedSize;
        this.inflater = inflater;
        this.fetched = inflater.consumed();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (true) {
            int count = inflater.inflate(target, offset, length);
            if (count > 0) {
                return count;
            }
            if (inflater.finished()) {
                return -1;
            }
            fetch();
        }
    }

    private void fetch() throws IOException {
        int wanted = (int) Math.min(buffer.length, compressedSize - fetched);
        channel.position(dataOffset + fetched);
        int count = wanted <= 0 ? -1 : channel.read(ByteBuffer.wrap(buffer, 0, wanted));
        if (count < 0) {
            throw new DeflateException(Fault.TRUNCATED);
        }
        fetched += count;
        inflater.input(buffer, 0, count);
    }

    @Override
    public long dataOffset() {
        return dataOffset;
    }

    @Override
    public @Nullable String inflater() {
        return Base64.getEncoder().encodeToString(inflater.save());
    }

    @Override
    public void close() {
        // the channel is the archive's
    }
}
