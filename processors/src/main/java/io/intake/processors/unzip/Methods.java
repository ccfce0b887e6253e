package io.intake.processors.unzip;

import java.util.Set;

/** Compression methods by their numbers (APPNOTE 4.4.5). */
final class Methods {
    static final int STORED = 0;
    static final int DEFLATED = 8;
    static final int AES = 99;

    static final int DEFLATED64 = 9;
    static final int BZIP2 = 12;
    static final int LZMA = 14;
    static final int ZSTANDARD = 93;
    static final int XZ = 95;

    /** What Zstandard was called before APPNOTE 6.3.8. */
    static final int OLD_ZSTANDARD = 20;

    /** Shrunk and imploded: only the archive library decodes them, and only where they are not encrypted. */
    private static final Set<Integer> LEGACY = Set.of(1, 6);

    private static final Set<Integer> READABLE =
            Set.of(STORED, DEFLATED, DEFLATED64, BZIP2, LZMA, ZSTANDARD, OLD_ZSTANDARD, XZ);

    private Methods() {}

    /** Whether we decode it ourselves, and so can go on in the middle. */
    static boolean resumable(Member member) {
        return !member.encrypted() && (member.method() == STORED || member.method() == DEFLATED);
    }

    /** Whether only the archive library decodes it. */
    static boolean legacy(int method) {
        return LEGACY.contains(method);
    }

    static boolean readable(Member member) {
        return READABLE.contains(member.method()) || (legacy(member.method()) && !member.encrypted());
    }
}
