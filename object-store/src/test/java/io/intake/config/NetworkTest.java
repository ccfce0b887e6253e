package io.intake.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A network that is read too wide lets in whoever stole a hospital's key. */
class NetworkTest {
    private static Network network(String text) {
        return Network.parse(text).orElseThrow(() -> new AssertionError("refused: " + text));
    }

    private static boolean contains(String network, String address) {
        return network(network).contains(InetAddress.ofLiteral(address));
    }

    @Test
    void bothEndsOfANetworkAreInItAndTheirNeighboursAreNot() {
        assertThat(contains("198.51.100.0/24", "198.51.100.0")).isTrue();
        assertThat(contains("198.51.100.0/24", "198.51.100.255")).isTrue();
        assertThat(contains("198.51.100.0/24", "198.51.99.255")).isFalse();
        assertThat(contains("198.51.100.0/24", "198.51.101.0")).isFalse();
        assertThat(contains("2001:db8::/33", "2001:db8:7fff:ffff::1")).isTrue();
        assertThat(contains("2001:db8::/33", "2001:db8:8000::")).isFalse();
        assertThat(contains("0.0.0.0/0", "203.0.113.9")).isTrue();
        assertThat(contains("203.0.113.9", "203.0.113.9")).isTrue();
        assertThat(contains("203.0.113.9", "203.0.113.8")).isFalse();
    }

    @Test
    void theKindsOfAddressesAreNotMixedUp() {
        assertThat(contains("0.0.0.0/0", "::1")).isFalse();
        assertThat(contains("::/0", "127.0.0.1")).isFalse();
        assertThat(contains("198.51.100.0/24", "::ffff:198.51.100.7")).isTrue();
        assertThat(network("::ffff:198.51.100.7")).isEqualTo(network("198.51.100.7"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/24",
                "198.51.100.0/",
                "198.51.100.0/33",
                "198.51.100.0/024",
                "198.51.100.0/-1",
                "198.51.100.7/24",
                "198.51.100/24",
                "198.51.100.0.0",
                "256.0.0.1",
                "010.0.0.1",
                "0x7f.0.0.1",
                "1",
                "localhost",
                "a.example",
                "198.51.100.0/24 ",
                " 198.51.100.0/24",
                "198.51.100.0/24/24",
                "198.51.100.0/255.255.255.0",
                "2001:db8::1/32",
                "2001:db8::/129",
                "fe80::1%eth0",
                "[::1]",
                ":",
                ":::",
                "1:2:3",
                "::ffff:198.51.100.0/120",
                "*",
                "any"
            })
    void whatIsNoNetworkIsRefused(String text) {
        assertThat(Network.parse(text)).as(text).isEmpty();
    }

    @Test
    void anAddressIsInANetworkIfAndOnlyIfTheFirstBitsAreTheSame() throws UnknownHostException {
        for (int round = 0; round < 20_000; round++) {
            long seed = 3_100_000L + round;
            Random random = new Random(seed);
            byte[] one = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(one);
            one[0] = (byte) (one[0] | 0x40); // not an IPv4 address in IPv6's clothes
            int length = one.length * Byte.SIZE;
            int bits = random.nextInt(length + 1);
            BigInteger base = new BigInteger(1, one).shiftRight(length - bits).shiftLeft(length - bits);
            byte[] other = one.clone();
            int flips = random.nextInt(3);
            for (int flip = 0; flip < flips; flip++) {
                int bit = random.nextInt(length);
                other[bit / 8] ^= (byte) (0x80 >> (bit % 8));
            }
            boolean same = base.shiftRight(length - bits).equals(new BigInteger(1, other).shiftRight(length - bits));
            String text = InetAddress.getByAddress(bytes(base, one.length)).getHostAddress() + "/" + bits;
            InetAddress candidate = InetAddress.getByAddress(other);
            if (candidate.getAddress().length == one.length && !text.matches("0:0:0:0:0:(0|ffff):.*")) {
                assertThat(network(text).contains(candidate))
                        .as("seed %d: %s in %s", seed, candidate, text)
                        .isEqualTo(same);
            }
            assertThat(Network.around(InetAddress.getByAddress(one), bits).contains(candidate))
                    .as("seed %d: %s around /%d", seed, candidate, bits)
                    .isEqualTo(same);
        }
    }

    private static byte[] bytes(BigInteger value, int length) {
        byte[] bytes = new byte[length];
        byte[] raw = value.toByteArray();
        for (int index = 0; index < length && index < raw.length; index++) {
            bytes[length - 1 - index] = raw[raw.length - 1 - index];
        }
        return bytes;
    }
}
