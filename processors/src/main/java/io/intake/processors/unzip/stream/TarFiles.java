package io.intake.processors.unzip.stream;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a tar (POSIX.1-2001 pax, ustar, GNU). Each is read by a library that is given no byte of what follows, so
 * that work can stop and go on anywhere. Global pax headers are read over: they do not change names or sizes in practice.
 */
public final class TarFiles {
    /** What a header begins at a multiple of. */
    public static final int BLOCK_BYTES = 512;

    /** A header with all its long names and pax records. */
    private static final int MAX_HEADER_BYTES = 1 << 20;

    private static final int MAGIC_OFFSET = 257;

    private TarFiles() {}

    /** Whether the first block of a file is a tar's. */
    public static boolean isTar(byte[] block) {
        byte[] magic = "ustar".getBytes(StandardCharsets.US_ASCII);
        if (block.length < BLOCK_BYTES) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if (block[MAGIC_OFFSET + i] != magic[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * Reads the header at which the bytes are; leaves them where its content begins.
     *
     * @return null at the tar's end mark
     * @throws IOException if it is damaged, or the bytes end without an end mark
     */
    public static @Nullable TarArchiveEntry next(Unpacked bytes) throws IOException {
        HeaderStream stream = new HeaderStream(bytes);
        // never closed: it would only close the stream, which holds nothing
        TarArchiveInputStream tar = new TarArchiveInputStream(stream, StandardCharsets.UTF_8.name());
        TarArchiveEntry entry = tar.getNextEntry();
        if (entry == null && !stream.sawZeros) {
            throw new EOFException("the tar ends without its end mark");
        }
        // the library reads to the end of the last record of blocks, whatever is there
        if (entry == null && stream.sawOthersBehind) {
            throw new IOException("the tar goes on behind its end mark");
        }
        if (entry != null && !entry.isCheckSumOK()) {
            throw new IOException("a header does not match its checksum");
        }
        return entry;
    }

    /** Gives the library what it asks for, within bounds. */
    private static final class HeaderStream extends InputStream {
        private final Unpacked bytes;
        private int left = MAX_HEADER_BYTES;
        private boolean sawZeros;
        private boolean sawOthersBehind;

        HeaderStream(Unpacked bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            int count = bytes.read(target, offset, length);
            left -= Math.max(0, count);
            if (left < 0) {
                throw new IOException("a header is too long");
            }
            if (count > 0) {
                boolean zeros = zeros(target, offset, count);
                sawOthersBehind |= sawZeros && !zeros;
                sawZeros |= zeros;
            }
            return count;
        }

        private static boolean zeros(byte[] target, int offset, int count) {
            for (int i = 0; i < count; i++) {
                if (target[offset + i] != 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
