package io.intake.processors.unzip.stream;

import java.io.IOException;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;

/** Opens a file's bytes. */
public final class Unpacking {
    /** Dictionaries of up to 64 MiB, that of {@code xz -9}, and some. */
    private static final int XZ_MEMORY_KIB = 128 << 10;

    private Unpacking() {}

    /**
     * Opens a file at a place, or at its beginning where that cannot be; then the caller has to skip.
     *
     * @param position in the unpacked bytes
     * @param state as {@link Unpacked#save()} gave it there
     */
    public static Unpacked open(Packed packed, Compression compression, long position, @Nullable GzipState state)
            throws IOException {
        return switch (compression) {
            case NONE -> new RawBytes(packed, position);
            case GZIP -> state == null ? new Gunzip(packed) : restore(packed, position, state);
            case BZIP2 -> {
                PackedStream stream = new PackedStream(packed);
                // several streams one after another, as parallel tools write them
                yield new LibraryBytes(new BZip2CompressorInputStream(stream, true), stream);
            }
            case XZ -> {
                PackedStream stream = new PackedStream(packed);
                yield new LibraryBytes(
                        XZCompressorInputStream.builder()
                                .setInputStream(stream)
                                .setDecompressConcatenated(true)
                                .setMemoryLimitKiB(XZ_MEMORY_KIB)
                                .get(),
                        stream);
            }
        };
    }

    private static Unpacked restore(Packed packed, long position, GzipState state) {
        try {
            return Gunzip.restore(packed, position, state);
        } catch (IllegalArgumentException ofAnotherVersion) {
            return new Gunzip(packed);
        }
    }
}
