package io.intake.processors.unzip;

import com.github.luben.zstd.ZstdOutputStream;
import io.intake.processors.unzip.Samples.File;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;

/** Files that are read from front to back, for the tests of this package. */
final class Streams {
    private Streams() {}

    /** Wraps a stream. */
    interface Wrapping {
        OutputStream around(OutputStream target) throws IOException;
    }

    static byte[] packed(byte[] bytes, Wrapping wrapping) {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        try (OutputStream stream = wrapping.around(target)) {
            stream.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return target.toByteArray();
    }

    static byte[] gzip(byte[] bytes) {
        return packed(bytes, GZIPOutputStream::new);
    }

    static byte[] bzip2(byte[] bytes) {
        return packed(bytes, BZip2CompressorOutputStream::new);
    }

    static byte[] xz(byte[] bytes) {
        return packed(
                bytes,
                target -> XZCompressorOutputStream.builder()
                        .setOutputStream(target)
                        .get());
    }

    static byte[] zstd(byte[] bytes) {
        return packed(bytes, ZstdOutputStream::new);
    }

    static byte[] tar(File... files) {
        return tar(file -> new TarArchiveEntry(file.name()), files);
    }

    /** With pax headers for long names, as GNU tar and bsdtar write them when asked. */
    static byte[] tar(Function<File, TarArchiveEntry> header, File... files) {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(target, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setAddPaxHeadersForNonAsciiNames(true);
            for (File file : files) {
                TarArchiveEntry entry = header.apply(file);
                boolean empty = entry.isDirectory() || entry.isSymbolicLink();
                entry.setSize(empty ? 0 : file.bytes().length);
                tar.putArchiveEntry(entry);
                if (!empty) {
                    tar.write(file.bytes());
                }
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return target.toByteArray();
    }

    static byte[] join(byte[]... runs) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        List.of(runs).forEach(all::writeBytes);
        return all.toByteArray();
    }
}
