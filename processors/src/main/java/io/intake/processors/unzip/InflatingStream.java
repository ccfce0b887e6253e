package io.intake.processors.unzip;

import io.intake.processors.unzip.inflate.DeflateException;
import io.intake.processors.unzip.inflate.DeflateException.Fault;
import io.intake.processors.unzip.inflate.ResumableInflater;
import java.io.IOException;
import java.io.InputStream;

/** Deflated bytes that come from a stream, because they had to be decrypted first. Not thread-safe. */
final class InflatingStream extends InputStream {
    private static final int BUFFER_BYTES = 64 << 10;

    private final InputStream packed;
    private final ResumableInflater inflater = new ResumableInflater();
    private final byte[] buffer = new byte[BUFFER_BYTES];

    InflatingStream(InputStream packed) {
        this.packed = packed;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (true) {
            int count = inflater.inflate(target, offset, length);
            if (count > 0 || length == 0) {
                return count;
            }
            if (inflater.finished()) {
                return -1;
            }
            int fetched = packed.read(buffer, 0, buffer.length);
            if (fetched < 0) {
                throw new DeflateException(Fault.TRUNCATED);
            }
            inflater.input(buffer, 0, fetched);
        }
    }

    @Override
    public void close() throws IOException {
        packed.close();
    }
}
