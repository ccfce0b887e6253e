package io.intake.processors.unzip.stream;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Opens a file's bytes. */
public final class Unpacking {
    private Unpacking() {}

    /**
     * Opens a file at a place, or at its beginning where that cannot be; then the caller has to skip.
     *
     * @param position in the unpacked bytes
     * @param state as {@link Unpacked#save()} gave it there
     * @param decryptor for {@link Compression#OPENPGP}
     */
    public static Unpacked open(
            Packed packed, Compression compression, long position, @Nullable GzipState state, Decryptor decryptor)
            throws IOException {
        return switch (compression) {
            case NONE -> new RawBytes(packed, position);
            case GZIP -> state == null ? new Gunzip(packed) : restore(packed, position, state);
            case BZIP2, XZ, ZSTANDARD, OPENPGP -> {
                PackedStream stream = new PackedStream(packed);
                yield new LibraryBytes(decoder(compression, stream, decryptor), stream);
            }
        };
    }

    private static InputStream decoder(Compression compression, InputStream stream, Decryptor decryptor)
            throws IOException {
        return switch (compression) {
            case BZIP2 -> Decoders.bzip2(stream);
            case XZ -> Decoders.xz(stream);
            case ZSTANDARD -> Decoders.zstd(stream);
            case OPENPGP -> decryptor.open(stream);
            case NONE, GZIP -> throw new IllegalArgumentException("no library is needed for " + compression);
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
