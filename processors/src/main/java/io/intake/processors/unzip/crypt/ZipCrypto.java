package io.intake.processors.unzip.crypt;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Decrypts PKWARE's traditional encryption (APPNOTE 6.1). Not thread-safe. */
public final class ZipCrypto extends InputStream {
    private static final int HEADER_BYTES = 12;
    private static final int POLYNOMIAL = 0xEDB88320;
    private static final int[] CRC = new int[256];

    static {
        for (int i = 0; i < CRC.length; i++) {
            int value = i;
            for (int bit = 0; bit < 8; bit++) {
                value = (value & 1) == 0 ? value >>> 1 : (value >>> 1) ^ POLYNOMIAL;
            }
            CRC[i] = value;
        }
    }

    private final InputStream packed;
    private final int check;
    private int key0 = 0x12345678;
    private int key1 = 0x23456789;
    private int key2 = 0x34567890;

    /**
     * Reads the header.
     *
     * @param packed the entry's bytes, the header first
     * @throws EOFException if they end in the header
     */
    public ZipCrypto(InputStream packed, String password) throws IOException {
        this.packed = packed;
        for (byte each : password.getBytes(StandardCharsets.UTF_8)) {
            update(each);
        }
        byte[] header = packed.readNBytes(HEADER_BYTES);
        if (header.length < HEADER_BYTES) {
            throw new EOFException("the encrypted data ends early");
        }
        decrypt(header, 0, header.length);
        check = header[HEADER_BYTES - 1] & 0xFF;
    }

    /**
     * The byte that tells most wrong passwords: the highest of the entry's CRC-32, or, where that was not known when the
     * entry was written, of its time. One wrong password in 256 passes.
     */
    public int check() {
        return check;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = packed.read(target, offset, length);
        decrypt(target, offset, Math.max(0, count));
        return count;
    }

    private void decrypt(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            int mixed = (key2 & 0xFFFF) | 2;
            byte plain = (byte) (bytes[i] ^ ((mixed * (mixed ^ 1)) >>> 8));
            bytes[i] = plain;
            update(plain);
        }
    }

    private void update(byte plain) {
        key0 = crc(key0, plain);
        key1 = (key1 + (key0 & 0xFF)) * 134775813 + 1;
        key2 = crc(key2, (byte) (key1 >>> 24));
    }

    private static int crc(int value, byte next) {
        return (value >>> 8) ^ CRC[(value ^ next) & 0xFF];
    }

    @Override
    public void close() throws IOException {
        packed.close();
    }
}
