package io.intake.gateway.cipher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import javax.crypto.AEADBadTagException;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.junit.jupiter.api.Test;

/** A cipher that is wrong once in a million packets loses a session in the middle of a night; one that takes forged packets, files. */
class OpenSshChaCha20Poly1305Test {
    private static final HexFormat HEX = HexFormat.of();

    private static byte[] tag(byte[] key, byte[] message, int... cuts) {
        Poly1305 poly = new Poly1305();
        poly.start(key);
        int at = 0;
        for (int cut : cuts) {
            poly.update(message, at, cut);
            at += cut;
        }
        poly.update(message, at, message.length - at);
        byte[] tag = new byte[Poly1305.TAG_BYTES];
        poly.finish(tag, 0);
        return tag;
    }

    /** RFC 8439, section 2.5.2. */
    @Test
    void theAuthenticatorGivesTheRfcsTag() {
        byte[] key = HEX.parseHex("85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b");
        byte[] message = "Cryptographic Forum Research Group".getBytes(StandardCharsets.US_ASCII);
        assertThat(HEX.formatHex(tag(key, message))).isEqualTo("a8061dc1305136c6c22b8baf0c0127a9");
        assertThat(HEX.formatHex(tag(key, message, 1, 14, 2, 0, 16))).isEqualTo("a8061dc1305136c6c22b8baf0c0127a9");
    }

    /** RFC 8439, appendix A.3, numbers 7 to 11: sums that just reach, or just exceed, the prime. */
    @Test
    void theAuthenticatorCarriesAcrossTheWholeSum() {
        String zeros = "00".repeat(16);
        String ones = "ff".repeat(16);
        assertRfc("02" + "00".repeat(15) + zeros, ones, "03" + "00".repeat(15));
        assertRfc("02" + "00".repeat(15) + ones, "02" + "00".repeat(15), "03" + "00".repeat(15));
        assertRfc(
                "01" + "00".repeat(15) + zeros,
                ones + "f0" + "ff".repeat(15) + "11" + "00".repeat(15),
                "05" + "00".repeat(15));
        assertRfc("01" + "00".repeat(15) + zeros, ones + "fb" + "fe".repeat(15) + "01".repeat(16), zeros);
        assertRfc("02" + "00".repeat(15) + zeros, "fd" + "ff".repeat(15), "fa" + "ff".repeat(15));
    }

    private static void assertRfc(String key, String message, String expected) {
        assertThat(HEX.formatHex(tag(HEX.parseHex(key), HEX.parseHex(message)))).isEqualTo(expected);
    }

    /** Against the definition, in whole numbers of any size. */
    @Test
    void theAuthenticatorIsTheRfcsSumForAnyMessage() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 3_000; round++) {
            byte[] key = new byte[Poly1305.KEY_BYTES];
            byte[] message = new byte[random.nextInt(200)];
            random.nextBytes(key);
            random.nextBytes(message);
            if (round % 3 == 0) {
                Arrays.fill(message, (byte) 0xff); // carries
            }
            if (round % 6 == 0) {
                Arrays.fill(key, (byte) 0xff);
            }
            int cut = message.length == 0 ? 0 : random.nextInt(message.length);
            assertThat(tag(key, message, cut))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(defined(key, message));
        }
    }

    private static byte[] defined(byte[] key, byte[] message) {
        BigInteger prime = BigInteger.TWO.pow(130).subtract(BigInteger.valueOf(5));
        BigInteger r = little(Arrays.copyOf(key, 16)).and(new BigInteger("0ffffffc0ffffffc0ffffffc0fffffff", 16));
        BigInteger sum = BigInteger.ZERO;
        for (int at = 0; at < message.length; at += 16) {
            byte[] block = Arrays.copyOfRange(message, at, Math.min(at + 16, message.length));
            BigInteger number = little(block).setBit(8 * block.length);
            sum = sum.add(number).multiply(r).mod(prime);
        }
        BigInteger tag = sum.add(little(Arrays.copyOfRange(key, 16, 32))).mod(BigInteger.TWO.pow(128));
        byte[] bytes = new byte[16];
        for (int i = 0; i < 16; i++) {
            bytes[i] = tag.shiftRight(8 * i).byteValue();
        }
        return bytes;
    }

    private static BigInteger little(byte[] bytes) {
        byte[] big = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            big[bytes.length - 1 - i] = bytes[i];
        }
        return new BigInteger(1, big);
    }

    /** MINA's cipher is known to understand OpenSSH; ours must say and understand the same, packet after packet. */
    @Test
    void packetsAreThoseOfMinasCipherBothWays() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] key = new byte[64];
        random.nextBytes(key);
        byte[] sequence = {0, 0, 0, 0, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xfe};
        Cipher ours = cipher(OpenSshCiphers.chacha20Poly1305().create(), Cipher.Mode.Encrypt, key, sequence);
        Cipher theirs = cipher(BuiltinCiphers.cc20p1305_openssh.create(), Cipher.Mode.Encrypt, key, sequence);
        Cipher reader = cipher(OpenSshCiphers.chacha20Poly1305().create(), Cipher.Mode.Decrypt, key, sequence);
        for (int packet = 0; packet < 300; packet++) {
            int length = 8 * (1 + random.nextInt(packet % 50 == 0 ? 4_500 : 40));
            byte[] clear = new byte[3 + 4 + length + 16];
            random.nextBytes(clear);
            byte[] sealed = clear.clone();
            byte[] reference = clear.clone();
            ours.updateWithAAD(sealed, 3, 4, length);
            theirs.updateWithAAD(reference, 3, 4, length);
            assertThat(sealed).as("seed %d, packet %d", seed, packet).isEqualTo(reference);
            reader.updateAAD(sealed, 3, 4);
            reader.update(sealed, 7, length);
            assertThat(Arrays.copyOf(sealed, 7 + length)).isEqualTo(Arrays.copyOf(clear, 7 + length));
        }
    }

    private static Cipher cipher(Cipher cipher, Cipher.Mode mode, byte[] key, byte[] iv) throws Exception {
        cipher.init(mode, key.clone(), iv.clone());
        return cipher;
    }

    @Test
    void aPacketWithOneChangedBitIsRefusedBeforeItIsDecrypted() throws Exception {
        byte[] key = new byte[64];
        byte[] iv = new byte[8];
        byte[] packet = new byte[4 + 64 + 16];
        cipher(OpenSshCiphers.chacha20Poly1305().create(), Cipher.Mode.Encrypt, key, iv)
                .updateWithAAD(packet, 0, 4, 64);
        for (int bit = 0; bit < 8 * packet.length; bit++) {
            byte[] changed = packet.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            byte[] before = Arrays.copyOfRange(changed, 4, changed.length);
            Cipher reader = cipher(OpenSshCiphers.chacha20Poly1305().create(), Cipher.Mode.Decrypt, key, iv);
            reader.updateAAD(changed, 0, 4);
            assertThatThrownBy(() -> reader.update(changed, 4, 64)).isInstanceOf(AEADBadTagException.class);
            assertThat(Arrays.copyOfRange(changed, 4, changed.length)).isEqualTo(before);
        }
    }
}
