package io.intake.processors.unzip;

import io.intake.processors.job.Input;
import io.intake.processors.unzip.Sources.Source;
import io.intake.processors.unzip.stream.Compression;
import io.intake.processors.unzip.stream.ForeignFormat;
import io.intake.processors.unzip.stream.TarFiles;
import io.intake.store.ObjectStore;
import java.util.Locale;

/** What a file turns out to be, by its first bytes, through its compression where it has one. */
sealed interface Opening {
    /** So often a file may be wrapped; nobody who means well does it more than twice. */
    int MAX_WRAPPINGS = 4;

    int HEAD_BYTES = 32;

    /** A zip archive: it has a directory, from which the plan is made at once. */
    record Zip() implements Opening {}

    /** A plain file that the store can copy. */
    record Plain() implements Opening {}

    /** Something to be read from front to back, or unwrapped. */
    record Stream(StreamCursor start) implements Opening {}

    /**
     * Looks at a file.
     *
     * @param copyBytes up to which size a plain file is copied
     * @throws io.intake.processors.job.RefusedException if it is of a format that is not taken
     */
    static Opening of(ObjectStore store, Source source, long copyBytes) {
        String name = source.name();
        if (name.toLowerCase(Locale.ROOT).endsWith(".zip")) {
            byte[] head = source.unwrapped() == null ? new byte[0] : head(store, source);
            // what is called so inside another file may still be wrapped once more
            if (Compression.of(head) == Compression.NONE) {
                return new Zip();
            }
        }
        byte[] head = head(store, source);
        Compression compression = Compression.of(head);
        if (compression == Compression.OPENPGP || calledOpenPgp(name, compression)) {
            return wrapping(source, Compression.OPENPGP);
        }
        if (compression == Compression.NONE) {
            if (zip(head)) {
                return new Zip();
            }
            ForeignFormat.of(head).ifPresent(format -> {
                throw Refusals.foreignFormat(format.title());
            });
        }
        return within(StreamSession.inspect(store, source.input(), compression), compression, source, copyBytes);
    }

    /**
     * Whether a file is an OpenPGP message, or is called so.
     *
     * @throws io.intake.processors.job.RefusedException if its object is another one by now
     */
    static boolean isOpenPgp(ObjectStore store, Input input, String name) {
        Compression compression = Compression.of(StreamSession.head(store, input, HEAD_BYTES));
        return compression == Compression.OPENPGP || calledOpenPgp(name, compression);
    }

    private static Opening within(byte[] block, Compression compression, Source source, long copyBytes) {
        boolean tar = TarFiles.isTar(block) || compression.inner(source.name()).endsWith(".tar");
        if (compression != Compression.NONE && !tar && (zip(block) || Compression.of(block) != Compression.NONE)) {
            return wrapping(source, compression);
        }
        boolean plain = compression == Compression.NONE && !tar;
        return plain && source.input().size() <= copyBytes
                ? new Plain()
                : new Stream(StreamCursor.start(compression, tar));
    }

    private static byte[] head(ObjectStore store, Source source) {
        return StreamSession.head(store, source.input(), HEAD_BYTES);
    }

    /** Signed or compressed only, damaged, or never encrypted: what is called so was meant to be, and is not taken for data. */
    private static boolean calledOpenPgp(String name, Compression compression) {
        String lower = name.toLowerCase(Locale.ROOT);
        return compression == Compression.NONE && (lower.endsWith(".pgp") || lower.endsWith(".gpg"));
    }

    private static boolean zip(byte[] head) {
        return head.length > 3 && head[0] == 'P' && head[1] == 'K' && head[2] < 9 && head[3] < 9;
    }

    private static Stream wrapping(Source source, Compression compression) {
        if (source.wrappings() >= MAX_WRAPPINGS) {
            throw Refusals.wrappedTooOften(MAX_WRAPPINGS);
        }
        return new Stream(StreamCursor.unwrapping(compression));
    }
}
