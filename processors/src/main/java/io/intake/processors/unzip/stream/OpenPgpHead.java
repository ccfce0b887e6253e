package io.intake.processors.unzip.stream;

import java.util.Set;

/**
 * Tells a binary OpenPGP message that is encrypted by its first packet, which says for whom or with which kind of
 * passphrase (RFC 9580 sections 4.2, 5.1 and 5.3). Its first byte alone is that of many texts. Pure.
 */
final class OpenPgpHead {
    private static final int FOR_KEY = 1;
    private static final int FOR_PASSPHRASE = 3;
    private static final int MARKER = 10;

    /** RSA, Elgamal, ECDH, X25519 and X448. */
    private static final Set<Integer> ALGORITHMS = Set.of(1, 2, 16, 18, 25, 26);

    private static final int KEY_ID_BYTES = 8;

    private OpenPgpHead() {}

    /** @param head its first bytes, at least 32 if it has so many */
    static boolean binary(byte[] head) {
        if (head.length < 16 || (head[0] & 0x80) == 0) {
            return false;
        }
        boolean current = (head[0] & 0x40) != 0;
        int tag = current ? head[0] & 0x3F : (head[0] & 0x3F) >> 2;
        int body = current ? 1 + lengthBytes(head[1] & 0xFF) : 1 + (1 << (head[0] & 3));
        int version = head[body] & 0xFF;
        return switch (tag) {
            case FOR_KEY -> version == 6 || (version == 3 && ALGORITHMS.contains(head[body + 1 + KEY_ID_BYTES] & 0xFF));
            case FOR_PASSPHRASE -> version >= 4 && version <= 6 && (head[body + 1] & 0xFF) <= 13;
            case MARKER -> head[body] == 'P' && head[body + 1] == 'G' && head[body + 2] == 'P';
            default -> false;
        };
    }

    private static int lengthBytes(int first) {
        return first < 192 ? 1 : first < 224 ? 2 : first == 255 ? 5 : 1;
    }
}
