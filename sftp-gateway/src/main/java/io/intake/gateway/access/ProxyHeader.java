package io.intake.gateway.access;

import io.intake.config.Network;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a load balancer says of its client before the client's first byte: PROXY protocol, versions 1 and 2 (haproxy's
 * proxy-protocol.txt, sections 2.1 and 2.2). Pure.
 */
public sealed interface ProxyHeader {
    /** More bytes are needed. */
    record Incomplete() implements ProxyHeader {}

    /** This is no header, or one of something other than TCP. */
    record Malformed() implements ProxyHeader {}

    /**
     * A whole header.
     *
     * @param client null where the balancer speaks for itself, as in a health check, or does not know
     * @param length of the header, in bytes
     */
    record Complete(@Nullable InetSocketAddress client, int length) implements ProxyHeader {}

    /** The longest line of version 1, its end included. */
    int MAX_LINE = 107;

    /** More than addresses and all extensions that balancers send. */
    int MAX_BINARY = 2_048;

    /**
     * Reads a header at the beginning of what has come so far.
     *
     * @param bytes at least what has come; not changed
     */
    static ProxyHeader parse(byte[] bytes, int offset, int length) {
        if (length == 0) {
            return new Incomplete();
        }
        int compared = Math.min(length, Parser.SIGNATURE.length);
        if (Arrays.equals(bytes, offset, offset + compared, Parser.SIGNATURE, 0, compared)) {
            return length < Parser.FIXED
                    ? new Incomplete()
                    : Parser.binary(ByteBuffer.wrap(bytes, offset, length).slice());
        }
        compared = Math.min(length, Parser.WORD.length);
        return Arrays.equals(bytes, offset, offset + compared, Parser.WORD, 0, compared)
                ? Parser.line(bytes, offset, length)
                : new Malformed();
    }

    /** The two formats. */
    final class Parser {
        private static final byte[] WORD = "PROXY ".getBytes(StandardCharsets.US_ASCII);
        private static final byte[] SIGNATURE = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");
        private static final int FIXED = 16;
        private static final int LOCAL = 0x20;
        private static final int PROXY = 0x21;
        private static final int TCP_OVER_IPV4 = 0x11;
        private static final int TCP_OVER_IPV6 = 0x21;
        private static final Pattern LINE = Pattern.compile(
                "PROXY (?:UNKNOWN(?: .*)?|TCP([46]) ([0-9A-Fa-f.:]{2,39}) ([0-9A-Fa-f.:]{2,39}) (0|[1-9][0-9]{0,4}) (0|[1-9][0-9]{0,4}))");

        private Parser() {}

        private static ProxyHeader line(byte[] bytes, int offset, int length) {
            int most = Math.min(length, MAX_LINE);
            for (int end = 0; end + 1 < most; end++) {
                if (bytes[offset + end] == '\r' && bytes[offset + end + 1] == '\n') {
                    return line(new String(bytes, offset, end, StandardCharsets.US_ASCII), end + 2);
                }
            }
            return length < MAX_LINE ? new Incomplete() : new Malformed();
        }

        private static ProxyHeader line(String text, int length) {
            Matcher matcher = LINE.matcher(text);
            if (!matcher.matches()) {
                return new Malformed();
            }
            if (matcher.group(1) == null) {
                return new Complete(null, length);
            }
            int port = Integer.parseInt(matcher.group(4));
            boolean fits = matcher.group(2).indexOf(':') < 0 == matcher.group(1).equals("4");
            Optional<InetAddress> client = Network.literal(matcher.group(2));
            return client.isPresent() && fits && port <= 0xffff
                    ? new Complete(new InetSocketAddress(client.get(), port), length)
                    : new Malformed();
        }

        private static ProxyHeader binary(ByteBuffer header) {
            int command = header.get(SIGNATURE.length) & 0xff;
            int family = header.get(SIGNATURE.length + 1) & 0xff;
            int rest = header.getShort(SIGNATURE.length + 2) & 0xffff;
            if ((command != LOCAL && command != PROXY) || rest > MAX_BINARY) {
                return new Malformed();
            }
            if (header.remaining() < FIXED + rest) {
                return new Incomplete();
            }
            if (command == LOCAL || family == 0) {
                return new Complete(null, FIXED + rest);
            }
            return switch (family) {
                case TCP_OVER_IPV4 -> addresses(header, 4, rest);
                case TCP_OVER_IPV6 -> addresses(header, 16, rest);
                default -> new Malformed();
            };
        }

        private static ProxyHeader addresses(ByteBuffer header, int size, int rest) {
            if (rest < 2 * size + 2 * Short.BYTES) {
                return new Malformed();
            }
            byte[] client = new byte[size];
            header.get(FIXED, client);
            int port = header.getShort(FIXED + 2 * size) & 0xffff;
            try {
                return new Complete(new InetSocketAddress(InetAddress.getByAddress(client), port), FIXED + rest);
            } catch (UnknownHostException e) {
                throw new IllegalStateException("every 4 or 16 bytes are an address", e);
            }
        }
    }
}
