package io.intake.processors.unzip;

import java.util.Set;

/** Compression methods by their numbers (APPNOTE 4.4.5). */
final class Methods {
    static final int STORED = 0;
    static final int DEFLATED = 8;
    static final int AES = 99;

    /** Stored, shrunk, imploded, deflate, deflate64 and bzip2: what the library decodes without further libraries. */
    private static final Set<Integer> READABLE = Set.of(STORED, 1, 6, DEFLATED, 9, 12);

    private Methods() {}

    /** Whether we decode it ourselves, and so can go on in the middle. */
    static boolean resumable(Member member) {
        return !member.encrypted() && (member.method() == STORED || member.method() == DEFLATED);
    }

    static boolean readable(int method) {
        return READABLE.contains(method);
    }
}
