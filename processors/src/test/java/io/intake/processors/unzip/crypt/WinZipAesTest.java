package io.intake.processors.unzip.crypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A byte that is decrypted wrongly is a wrong value in a record; one that was changed must not be given as whole. */
class WinZipAesTest {
    private static final String PASSWORD = "pa\u00dfword";

    /** Block by block, as the specification has it. */
    private static byte[] encrypted(byte[] content, Protection strength) throws GeneralSecurityException {
        int keyBytes = strength.keyBytes();
        byte[] salt = new byte[keyBytes / 2];
        new Random(content.length).nextBytes(salt);
        byte[] keys = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA1")
                .generateSecret(new PBEKeySpec(PASSWORD.toCharArray(), salt, 1_000, (2 * keyBytes + 2) * 8))
                .getEncoded();
        Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(keys, 0, keyBytes, "AES"));
        byte[] packed = content.clone();
        for (int block = 0; block * 16 < packed.length; block++) {
            byte[] counter = new byte[16];
            counter[0] = (byte) (block + 1);
            counter[1] = (byte) ((block + 1) >>> 8);
            byte[] mask = cipher.doFinal(counter);
            for (int i = block * 16; i < Math.min(packed.length, block * 16 + 16); i++) {
                packed[i] ^= mask[i % 16];
            }
        }
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(keys, keyBytes, keyBytes, "HmacSHA1"));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(salt);
        all.write(keys, 2 * keyBytes, 2);
        all.writeBytes(packed);
        all.write(mac.doFinal(packed), 0, 10);
        return all.toByteArray();
    }

    private static WinZipAes open(byte[] bytes, Protection strength, String password) throws IOException {
        return new WinZipAes(new ByteArrayInputStream(bytes), bytes.length, strength, password);
    }

    @ParameterizedTest
    @EnumSource(
            value = Protection.class,
            names = {"AES_128", "AES_192", "AES_256"})
    void everyLengthIsDecryptedAndVerified(Protection strength) throws Exception {
        for (int length : new int[] {0, 1, 15, 16, 17, 4_095, 4_096, 4_097, 100_000}) {
            byte[] content = new byte[length];
            new Random(length).nextBytes(content);
            WinZipAes aes = open(encrypted(content, strength), strength, PASSWORD);
            assertThat(aes.accepted()).isTrue();
            assertThat(aes.readAllBytes()).as("length " + length).isEqualTo(content);
        }
    }

    @Test
    void aChangedByteIsFoundBeforeTheEndIsTold() throws Exception {
        byte[] content = new byte[500];
        byte[] whole = encrypted(content, Protection.AES_192);
        for (int at = 14; at < whole.length; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= 1;
            assertThatThrownBy(() -> open(changed, Protection.AES_192, PASSWORD).readAllBytes())
                    .as("changed at " + at)
                    .isInstanceOf(AuthenticationException.class);
        }
    }

    @Test
    void aWrongPasswordIsNotAcceptedAndTooFewBytesAreNoEntry() throws Exception {
        byte[] whole = encrypted(new byte[50], Protection.AES_256);
        assertThat(open(whole, Protection.AES_256, "another").accepted()).isFalse();
        for (int length : new int[] {0, 15, 17, 27}) {
            assertThatThrownBy(() -> open(Arrays.copyOf(whole, length), Protection.AES_256, PASSWORD))
                    .isInstanceOf(EOFException.class);
        }
    }
}
