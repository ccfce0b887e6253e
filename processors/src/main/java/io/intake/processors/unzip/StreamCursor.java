package io.intake.processors.unzip;

import io.intake.processors.unzip.stream.Compression;
import io.intake.processors.unzip.stream.GzipState;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How far a file is that is read from front to back.
 *
 * @param compression of the file as a whole
 * @param tar whether what it compresses is a tar
 * @param files that are objects, in physical order
 * @param members how many of a tar's members were seen, folders and junk too
 * @param position in the unpacked bytes
 * @param gzip how to go on there without unpacking again; null where that cannot be
 * @param open the file at hand; null between files
 * @param unwrap whether what it compresses is looked at again, and not a data file
 */
public record StreamCursor(
        Compression compression,
        boolean tar,
        List<Stored> files,
        int members,
        long position,
        @Nullable GzipState gzip,
        @Nullable Open open,
        boolean unwrap) {
    public StreamCursor {
        files = List.copyOf(files);
    }

    /**
     * A file that is an object.
     *
     * @param name as in the tar, or the uploaded file's without the suffix of its compression; not for logs
     * @param member its place among the members, from 0
     * @param crc32 unsigned; negative where nobody read the bytes
     */
    public record Stored(String name, int member, long size, long crc32) {}

    /** A file whose content comes next, or is being stored; its size is negative where only the end will tell. */
    public record Open(String name, int member, long size) {}

    static StreamCursor start(Compression compression, boolean tar) {
        return new StreamCursor(compression, tar, List.of(), 0, 0, null, null, false);
    }

    /** Of something around a file that is to be looked at again. */
    static StreamCursor unwrapping(Compression compression) {
        return new StreamCursor(compression, false, List.of(), 0, 0, null, null, true);
    }

    /** At a place, with a file at hand or none. */
    StreamCursor at(long place, @Nullable GzipState state, @Nullable Open file) {
        return new StreamCursor(compression, tar, files, members, place, state, file, unwrap);
    }

    /** With other files and members. */
    StreamCursor with(List<Stored> stored, int seen) {
        return new StreamCursor(compression, tar, stored, seen, position, gzip, open, unwrap);
    }

    /** With other names of files: as it is kept, or as it is worked by. */
    StreamCursor renamed(UnaryOperator<String> change) {
        List<Stored> others = files.stream()
                .map(file -> new Stored(change.apply(file.name()), file.member(), file.size(), file.crc32()))
                .toList();
        Open other = open == null ? null : new Open(change.apply(open.name()), open.member(), open.size());
        return new StreamCursor(compression, tar, others, members, position, gzip, other, unwrap);
    }

    /** From the very beginning. */
    StreamCursor again() {
        return new StreamCursor(compression, tar, List.of(), 0, 0, null, null, unwrap);
    }
}
