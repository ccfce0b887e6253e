package io.intake.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A header that is read wrongly gives one hospital another's address, and with it the right to come in. */
class ProxyHeaderTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final byte[] V4 = hex(SIGNATURE + "2111000c" + "cb007109" + "7f000001" + "1267" + "0016");
    private static final byte[] V6 = hex(SIGNATURE + "21210029" + "20010db8000000000000000000000009"
            + "20010db8000000000000000000000001" + "1267" + "0016" + "0400020000");
    private static final byte[] LOCAL = hex(SIGNATURE + "20000000");
    private static final byte[] LINE = text("PROXY TCP4 203.0.113.9 127.0.0.1 4711 22\r\n");
    private static final byte[] LINE_6 = text("PROXY TCP6 2001:db8::9 2001:db8::1 4711 22\r\n");
    private static final byte[] UNKNOWN = text("PROXY UNKNOWN\r\n");
    private static final List<byte[]> GOOD = List.of(V4, V6, LOCAL, LINE, LINE_6, UNKNOWN);

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private static byte[] text(String line) {
        return line.getBytes(StandardCharsets.US_ASCII);
    }

    private static ProxyHeader parse(byte[] bytes) {
        return ProxyHeader.parse(bytes, 0, bytes.length);
    }

    @Test
    void bothVersionsAreRead() {
        InetSocketAddress four = new InetSocketAddress("203.0.113.9", 4711);
        InetSocketAddress six = new InetSocketAddress("2001:db8::9", 4711);
        assertThat(parse(V4)).isEqualTo(new ProxyHeader.Complete(four, V4.length));
        assertThat(parse(V6)).isEqualTo(new ProxyHeader.Complete(six, V6.length));
        assertThat(parse(LOCAL)).isEqualTo(new ProxyHeader.Complete(null, LOCAL.length));
        assertThat(parse(LINE)).isEqualTo(new ProxyHeader.Complete(four, LINE.length));
        assertThat(parse(LINE_6)).isEqualTo(new ProxyHeader.Complete(six, LINE_6.length));
        assertThat(parse(UNKNOWN)).isEqualTo(new ProxyHeader.Complete(null, UNKNOWN.length));
    }

    @Test
    void whereverAHeaderIsCutItIsIncompleteAndWhatFollowsIsLeft() {
        for (byte[] good : GOOD) {
            for (int length = 0; length < good.length; length++) {
                assertThat(ProxyHeader.parse(good, 0, length))
                        .as("%s to %d", HexFormat.of().formatHex(good), length)
                        .isInstanceOf(ProxyHeader.Incomplete.class);
            }
            byte[] followed = new byte[good.length + 30];
            Arrays.fill(followed, (byte) 'S');
            System.arraycopy(good, 0, followed, 10, good.length);
            assertThat(ProxyHeader.parse(followed, 10, followed.length - 10)).isEqualTo(parse(good));
        }
    }

    @Test
    void whatIsNoHeaderOfTcpIsRefused() {
        for (String line : List.of(
                "SSH-2.0-OpenSSH_9.2\r\n",
                "PROXY TCP4 203.0.113 127.0.0.1 4711 22\r\n",
                "PROXY TCP4 2001:db8::9 127.0.0.1 4711 22\r\n",
                "PROXY TCP6 203.0.113.9 127.0.0.1 4711 22\r\n",
                "PROXY TCP4 203.0.113.9 127.0.0.1 70000 22\r\n",
                "PROXY TCP4 203.0.113.9 127.0.0.1 04711 22\r\n",
                "PROXY TCP4 203.0.113.9  127.0.0.1 4711 22\r\n",
                "PROXY TCP4 localhost 127.0.0.1 4711 22\r\n",
                "PROXY UDP4 203.0.113.9 127.0.0.1 4711 22\r\n",
                "PROXY UNKNOWNS\r\n",
                "PROXY " + "x".repeat(200))) {
            assertThat(parse(text(line))).as(line).isInstanceOf(ProxyHeader.Malformed.class);
        }
        for (String header : List.of("1111000c", "2211000c", "2112000c", "2131000c", "2111000b", "21110fff")) {
            byte[] bytes = Arrays.copyOf(hex(SIGNATURE + header), 5_000);
            assertThat(parse(bytes)).as(header).isInstanceOf(ProxyHeader.Malformed.class);
        }
    }

    @Test
    void damagedHeadersAreReadOrRefusedAndNeverReadBeyondTheirEnd() {
        for (int round = 0; round < 50_000; round++) {
            long seed = 9_900_000L + round;
            Random random = new Random(seed);
            byte[] good = GOOD.get(random.nextInt(GOOD.size()));
            byte[] damaged = Arrays.copyOf(good, random.nextInt(good.length + 40));
            for (int times = random.nextInt(4); times > 0 && damaged.length > 0; times--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            if (parse(damaged) instanceof ProxyHeader.Complete complete) {
                assertThat(complete.length()).as("seed %d", seed).isBetween(15, damaged.length);
            }
        }
    }
}
