package io.intake.gateway.cipher;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.apache.sshd.common.cipher.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * {@code chacha20-poly1305@openssh.com} (OpenSSH's PROTOCOL.chacha20poly1305) on the JDK's ChaCha20, which uses the
 * processor's vector instructions; MINA's own works byte by byte. Not thread-safe, as MINA's ciphers.
 *
 * <p>A packet's nonce is its sequence number. The key's second half encrypts the length field. The first half makes, in
 * block 0 of its key stream, the authenticator's key, and encrypts the rest from block 1 on.
 */
final class OpenSshChaCha20Poly1305 implements Cipher {
    private static final int KEY_BYTES = 32;
    private static final int LENGTH_BYTES = 4;
    private static final int BLOCK_BYTES = 64;
    /** The JDK's ChaCha20 has a counter of 32 bits and a nonce of 96 (RFC 8439), OpenSSH's has 64 of each. */
    private static final int NONCE_BYTES = 12;

    private static final byte[] ZEROS = new byte[BLOCK_BYTES];

    private final Poly1305 authenticator = new Poly1305();
    private final byte[] firstBlock = new byte[BLOCK_BYTES];
    private final byte[] tag = new byte[Poly1305.TAG_BYTES];
    private javax.crypto.@Nullable Cipher lengths;
    private javax.crypto.@Nullable Cipher contents;
    private @Nullable SecretKeySpec lengthKey;
    private @Nullable SecretKeySpec contentKey;
    private boolean decrypts;
    private long sequence;
    private long firstSequence;
    /** The length field as it is on the wire: it is authenticated too. */
    private final byte[] encryptedLength = new byte[LENGTH_BYTES];

    @Override
    public void init(Mode mode, byte[] key, byte[] iv) throws GeneralSecurityException {
        contentKey = new SecretKeySpec(key, 0, KEY_BYTES, "ChaCha20");
        lengthKey = new SecretKeySpec(key, KEY_BYTES, KEY_BYTES, "ChaCha20");
        lengths = javax.crypto.Cipher.getInstance("ChaCha20");
        contents = javax.crypto.Cipher.getInstance("ChaCha20");
        decrypts = mode == Mode.Decrypt;
        sequence = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            sequence = sequence << 8 | (iv[i] & 0xff);
        }
        firstSequence = sequence;
    }

    @Override
    public void updateAAD(byte[] data, int offset, int length) throws GeneralSecurityException {
        javax.crypto.Cipher cipher = lengths;
        if (length != LENGTH_BYTES || cipher == null || lengthKey == null) {
            throw new IllegalStateException("the length field has four bytes, and comes after the key");
        }
        if (decrypts) {
            System.arraycopy(data, offset, encryptedLength, 0, LENGTH_BYTES);
        }
        cipher.init(javax.crypto.Cipher.ENCRYPT_MODE, lengthKey, parameters());
        cipher.doFinal(data, offset, LENGTH_BYTES, data, offset);
        if (!decrypts) {
            System.arraycopy(data, offset, encryptedLength, 0, LENGTH_BYTES);
        }
    }

    @Override
    public void update(byte[] data, int offset, int length) throws GeneralSecurityException {
        javax.crypto.Cipher cipher = contents;
        if (cipher == null || contentKey == null) {
            throw new IllegalStateException("the key comes first");
        }
        cipher.init(javax.crypto.Cipher.ENCRYPT_MODE, contentKey, parameters());
        cipher.update(ZEROS, 0, BLOCK_BYTES, firstBlock, 0);
        authenticator.start(firstBlock);
        authenticator.update(encryptedLength, 0, LENGTH_BYTES);
        if (decrypts) {
            authenticator.update(data, offset, length);
            authenticator.finish(tag, 0);
            byte[] sent = Arrays.copyOfRange(data, offset + length, offset + length + Poly1305.TAG_BYTES);
            if (!MessageDigest.isEqual(tag, sent)) {
                throw new AEADBadTagException("a packet was changed on its way");
            }
            cipher.doFinal(data, offset, length, data, offset);
        } else {
            cipher.doFinal(data, offset, length, data, offset);
            authenticator.update(data, offset, length);
            authenticator.finish(data, offset + length);
        }
        next();
    }

    private void next() {
        sequence = (sequence + 1) & 0xffff_ffffL; // RFC 4253, section 6.4: packets are numbered modulo 2^32
        if (sequence == firstSequence) {
            throw new IllegalStateException("no nonce may serve twice with one key");
        }
    }

    private ChaCha20ParameterSpec parameters() {
        byte[] nonce = new byte[NONCE_BYTES];
        for (int i = 0; i < Long.BYTES; i++) {
            nonce[NONCE_BYTES - 1 - i] = (byte) (sequence >>> (8 * i));
        }
        return new ChaCha20ParameterSpec(nonce, 0);
    }

    /** MINA takes the sequence number for the initial value where the name begins so. */
    @Override
    public String getAlgorithm() {
        return "ChaCha20";
    }

    @Override
    public String getTransformation() {
        return "ChaCha20";
    }

    @Override
    public int getIVSize() {
        return Long.BYTES;
    }

    @Override
    public int getAuthenticationTagSize() {
        return Poly1305.TAG_BYTES;
    }

    @Override
    public int getCipherBlockSize() {
        return 8;
    }

    @Override
    public int getKdfSize() {
        return 2 * KEY_BYTES;
    }

    /** In bits. */
    @Override
    public int getKeySize() {
        return 8 * KEY_BYTES;
    }
}
