package io.intake.processors.unzip.stream;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.deflate64.Deflate64CompressorInputStream;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.XZInputStream;

/**
 * The libraries' decoders, opened with bounds on what they may allocate. Each gives its bytes in order and cannot go on from
 * the middle; what it throws says what was wrong with the bytes and is not for logs.
 */
public final class Decoders {
    /** The dictionary of {@code xz -9} is half of it; {@code zstd --ultra -22} asks for all of it. */
    static final int MAX_DICTIONARY_BYTES = 128 << 20;

    /** What decoders ask for besides their dictionary. */
    private static final int MEMORY_KIB = (MAX_DICTIONARY_BYTES >> 10) + (1 << 10);

    private static final int LZMA_HEADER_BYTES = 9;
    private static final int LZMA_PROPERTIES_BYTES = 5;

    private Decoders() {}

    /** Opens a decoder. */
    interface Opening {
        InputStream open() throws IOException;
    }

    /** Several streams one after another, as parallel tools write them. */
    public static InputStream bzip2(InputStream packed) throws IOException {
        return new BZip2CompressorInputStream(packed, true);
    }

    /** Deflate64, which is called "enhanced deflating" too. */
    public static InputStream deflate64(InputStream packed) {
        return new Deflate64CompressorInputStream(packed);
    }

    /** The .xz format, several streams one after another included. */
    public static InputStream xz(InputStream packed) throws IOException {
        return guarded(() -> new XZInputStream(packed, MEMORY_KIB));
    }

    /** Zstandard frames (RFC 8878), several one after another included. The caller must close it: it holds native memory. */
    public static InputStream zstd(InputStream packed) {
        return new ZstdFrames(packed);
    }

    /**
     * An LZMA stream as zip archives hold it: a version, the size of its properties, these, the stream (APPNOTE 5.8.8).
     *
     * @param size of what is packed
     * @param endMark whether the stream says where it ends
     */
    public static InputStream lzma(InputStream packed, long size, boolean endMark) throws IOException {
        byte[] header = packed.readNBytes(LZMA_HEADER_BYTES);
        if (header.length < LZMA_HEADER_BYTES) {
            throw new EOFException("the compressed data ends early");
        }
        int propertiesBytes = unsigned(header, 2) | (unsigned(header, 3) << 8);
        if (propertiesBytes != LZMA_PROPERTIES_BYTES) {
            throw new IOException("not the properties of LZMA");
        }
        long dictionary = unsigned(header, 5)
                | ((long) unsigned(header, 6) << 8)
                | ((long) unsigned(header, 7) << 16)
                | ((long) unsigned(header, 8) << 24);
        // no match reaches further back than the beginning
        int needed = (int) Math.max(1 << 12, Math.min(dictionary, size));
        if (Math.min(dictionary, size) > MAX_DICTIONARY_BYTES) {
            throw new MemoryNeededException();
        }
        return guarded(() -> new LZMAInputStream(packed, endMark ? -1 : size, header[4], needed));
    }

    private static int unsigned(byte[] bytes, int at) {
        return bytes[at] & 0xFF;
    }

    private static InputStream guarded(Opening opening) throws IOException {
        try {
            return new Bounded(opening.open());
        } catch (MemoryLimitException tooMuch) {
            throw new MemoryNeededException();
        }
    }

    /** Says of a decoder that needs too much memory only that. */
    private static final class Bounded extends FilterInputStream {
        Bounded(InputStream decoder) {
            super(decoder);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                return super.read(target, offset, length);
            } catch (MemoryLimitException tooMuch) {
                throw new MemoryNeededException();
            }
        }
    }
}
