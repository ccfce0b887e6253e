package io.intake.processors.unzip.stream;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/** What a file as a whole is compressed with, told by its first bytes: names lie more often. Pure. */
public enum Compression {
    NONE("", ""),
    /** RFC 1952. */
    GZIP("1f8b", ".gz .gzip"),
    BZIP2("425a68", ".bz2"),
    /** The .xz file format, 1.2.1. */
    XZ("fd377a585a00", ".xz"),
    /** RFC 8878. */
    ZSTANDARD("28b52ffd", ".zst .zstd"),
    /** Encrypted: RFC 4880 and 9580; armoured, as it begins here, or binary. */
    OPENPGP("2d2d2d2d2d424547494e20504750204d455353414745", ".pgp .gpg .asc");

    /** Frames to be skipped, with which parallel tools begin: RFC 8878 section 3.1.2; their first byte is 0x50 to 0x5f. */
    private static final String SKIPPABLE = "2a4d18";

    private final String magic;
    private final String suffixes;

    /**
     * @param magic a file's first bytes in hex
     * @param suffixes of names, with blanks between
     */
    Compression(String magic, String suffixes) {
        this.magic = magic;
        this.suffixes = suffixes;
    }

    /**
     * Tells the compression of a file.
     *
     * @param head its first bytes, at least 32 if it has so many
     */
    public static Compression of(byte[] head) {
        for (Compression each : values()) {
            if (each != NONE && startsWith(head, each.magic) && (each != BZIP2 || bzip2(head))) {
                return each;
            }
        }
        if (OpenPgpHead.binary(head)) {
            return OPENPGP;
        }
        boolean skippable = head.length > 4
                && (head[0] & 0xF0) == 0x50
                && startsWith(Arrays.copyOfRange(head, 1, head.length), SKIPPABLE);
        return skippable ? ZSTANDARD : NONE;
    }

    /** Three letters are soon written by anybody; behind them come the level and the first block's mark, or the last's. */
    private static boolean bzip2(byte[] head) {
        if (head.length < 10 || head[3] < '1' || head[3] > '9') {
            return false;
        }
        byte[] mark = Arrays.copyOfRange(head, 4, 10);
        return startsWith(mark, "314159265359") || startsWith(mark, "177245385090");
    }

    /** The name of what is inside: {@code x.csv} of {@code x.csv.gz}, {@code x.tar} of {@code x.tgz}. */
    public String inner(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        for (String suffix : suffixes.split(" ", -1)) {
            if (!suffix.isEmpty() && lower.endsWith(suffix) && lower.length() > suffix.length()) {
                return name.substring(0, name.length() - suffix.length());
            }
        }
        boolean shortTar =
                lower.endsWith(".tgz") || lower.endsWith(".tbz2") || lower.endsWith(".txz") || lower.endsWith(".tzst");
        return shortTar && this != NONE ? name.substring(0, name.lastIndexOf('.')) + ".tar" : name;
    }

    /** Whether bytes begin with others, which are given in hex. */
    static boolean startsWith(byte[] head, String magic) {
        int length = magic.length() / 2;
        return head.length >= length
                && HexFormat.of().formatHex(head, 0, length).equals(magic);
    }
}
