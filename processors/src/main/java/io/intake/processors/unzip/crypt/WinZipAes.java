package io.intake.processors.unzip.crypt;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Decrypts WinZip's AES (WinZip, "AES Encryption Information: Encryption Specification AE-1 and AE-2"): keys by PBKDF2 with
 * HMAC-SHA1 and 1,000 rounds, AES in counter mode with a counter in little-endian order, HMAC-SHA1 of the encrypted bytes,
 * of which ten bytes are kept. The code is verified when the last byte has been read, before the end is told: what was read
 * until then counts only once it was. Not thread-safe.
 */
public final class WinZipAes extends InputStream {
    private static final int ROUNDS = 1_000;
    private static final int VERIFIER_BYTES = 2;
    private static final int CODE_BYTES = 10;
    private static final int BLOCK_BYTES = 16;
    private static final int MASK_BYTES = BLOCK_BYTES << 8;

    private final InputStream packed;
    private final Cipher cipher;
    private final Mac mac;
    private final boolean accepted;
    private final byte[] mask = new byte[MASK_BYTES];
    private final byte[] counters = new byte[MASK_BYTES];
    private int maskUsed = MASK_BYTES;
    private long counter;
    private long left;
    private boolean verified;

    /**
     * Reads the salt and what tells wrong passwords.
     *
     * @param packed the entry's bytes, the salt first
     * @param size of these bytes
     * @throws EOFException if they are too few
     */
    public WinZipAes(InputStream packed, long size, Protection strength, String password) throws IOException {
        this.packed = packed;
        int keyBytes = strength.keyBytes();
        this.left = size - strength.overheadBytes();
        byte[] salt = exactly(keyBytes / 2);
        byte[] verifier = exactly(VERIFIER_BYTES);
        if (left < 0) {
            throw new EOFException("the encrypted data ends early");
        }
        try {
            byte[] keys = keys(password, salt, 2 * keyBytes + VERIFIER_BYTES);
            // the mode that the format wants counts in the other byte order than the platform's counter mode
            this.cipher = Cipher.getInstance("AES/ECB/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(keys, 0, keyBytes, "AES"));
            this.mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(keys, keyBytes, keyBytes, "HmacSHA1"));
            this.accepted = MessageDigest.isEqual(verifier, Arrays.copyOfRange(keys, 2 * keyBytes, keys.length));
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException("the platform lacks what every Java has to have", absent);
        }
    }

    private static byte[] keys(String password, byte[] salt, int length) throws GeneralSecurityException {
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, ROUNDS, length * 8);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA1")
                    .generateSecret(spec)
                    .getEncoded();
        } finally {
            spec.clearPassword();
        }
    }

    private byte[] exactly(int count) throws IOException {
        byte[] bytes = packed.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the encrypted data ends early");
        }
        return bytes;
    }

    /** Whether the password can be right; one wrong one in 65,536 passes. */
    public boolean accepted() {
        return accepted;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (left == 0) {
            verify();
            return -1;
        }
        int count = packed.read(target, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw new EOFException("the encrypted data ends early");
        }
        left -= count;
        mac.update(target, offset, count);
        for (int i = offset; i < offset + count; i++) {
            if (maskUsed == MASK_BYTES) {
                nextMask();
            }
            target[i] ^= mask[maskUsed++];
        }
        return count;
    }

    private void nextMask() {
        for (int block = 0; block < MASK_BYTES; block += BLOCK_BYTES) {
            counter++;
            for (int i = 0; i < Long.BYTES; i++) {
                counters[block + i] = (byte) (counter >>> (8 * i));
            }
        }
        try {
            cipher.update(counters, 0, MASK_BYTES, mask, 0);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("blocks are encrypted one by one", impossible);
        }
        maskUsed = 0;
    }

    private void verify() throws IOException {
        if (verified) {
            return;
        }
        byte[] code = exactly(CODE_BYTES);
        if (!MessageDigest.isEqual(code, Arrays.copyOf(mac.doFinal(), CODE_BYTES))) {
            throw new AuthenticationException();
        }
        verified = true;
    }

    @Override
    public void close() throws IOException {
        packed.close();
    }
}
