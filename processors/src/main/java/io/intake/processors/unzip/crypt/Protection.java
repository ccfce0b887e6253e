package io.intake.processors.unzip.crypt;

import org.jspecify.annotations.Nullable;

/** How an entry of a zip archive is encrypted, and what that adds to its packed bytes. Pure. */
public enum Protection {
    NONE(0, 0),
    /** The traditional encryption (APPNOTE 6.1). It keeps nobody out who tries; partners send it all the same. */
    ZIP_CRYPTO(0, 12),
    /** WinZip's AES (WinZip, "AES Encryption Information", AE-1 and AE-2). */
    AES_128(16, 20),
    AES_192(24, 24),
    AES_256(32, 28),
    /** PKWARE's strong encryption, or what nobody has described. */
    UNKNOWN(0, 0);

    /** Of WinZip's field among an entry's extra fields. */
    public static final int AES_FIELD_ID = 0x9901;

    private static final int AES_FIELD_BYTES = 7;

    private final int keyBytes;
    private final int overhead;

    Protection(int keyBytes, int overhead) {
        this.keyBytes = keyBytes;
        this.overhead = overhead;
    }

    /** What WinZip's field says.
     *
     * @param strength of the key
     * @param withCrc whether the entry's CRC-32 is given (AE-1); if not, only the authentication code says that it is whole
     * @param method of compression
     */
    public record AesField(Protection strength, boolean withCrc, int method) {
        /**
         * Reads the field.
         *
         * @param data behind its id and size
         * @return null if it is none that we know
         */
        public static @Nullable AesField parse(byte[] data) {
            if (data.length < AES_FIELD_BYTES || data[2] != 'A' || data[3] != 'E') {
                return null;
            }
            int version = unsigned(data, 0) | (unsigned(data, 1) << 8);
            Protection strength = switch (data[4]) {
                case 1 -> AES_128;
                case 2 -> AES_192;
                case 3 -> AES_256;
                default -> UNKNOWN;
            };
            boolean known = (version == 1 || version == 2) && strength != UNKNOWN;
            return known ? new AesField(strength, version == 1, unsigned(data, 5) | (unsigned(data, 6) << 8)) : null;
        }

        private static int unsigned(byte[] data, int at) {
            return data[at] & 0xFF;
        }
    }

    /** Whether it is WinZip's. */
    public boolean aes() {
        return keyBytes > 0;
    }

    /** Of AES; 0 for others. */
    public int keyBytes() {
        return keyBytes;
    }

    /** How many bytes are stored besides the entry's packed ones. */
    public int overheadBytes() {
        return overhead;
    }
}
