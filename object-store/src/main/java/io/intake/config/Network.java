package io.intake.config;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Addresses that begin with the same bits, as CIDR writes them (RFC 4632, RFC 4291 section 2.3). An IPv4 address that comes
 * as an IPv6 one ({@code ::ffff:198.51.100.7}) is the IPv4 address. Immutable.
 */
public final class Network {
    private static final Pattern IPV4 = Pattern.compile("(?:(?:0|[1-9][0-9]{0,2})(?:\\.(?!$)|$)){4}");
    /** Loose: the address parser decides. It never asks a name server, and zones have no place here. */
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}");

    private static final Pattern PREFIX = Pattern.compile("0|[1-9][0-9]{0,2}");

    private final byte[] address;
    private final int bits;

    private Network(byte[] address, int bits) {
        this.address = address;
        this.bits = bits;
    }

    /**
     * Reads {@code 198.51.100.0/24}, {@code 2001:db8::/32}, or one address.
     *
     * @return empty if it is none, or if it has bits set behind the prefix: then it is not clear what was meant
     */
    public static Optional<Network> parse(String text) {
        int slash = text.indexOf('/');
        Optional<byte[]> address =
                literal(slash < 0 ? text : text.substring(0, slash)).map(InetAddress::getAddress);
        if (address.isEmpty()) {
            return Optional.empty();
        }
        int all = address.get().length * Byte.SIZE;
        String prefix = slash < 0 ? Integer.toString(all) : text.substring(slash + 1);
        if (!PREFIX.matcher(prefix).matches() || Integer.parseInt(prefix) > all) {
            return Optional.empty();
        }
        int bits = Integer.parseInt(prefix);
        return Arrays.equals(masked(address.get(), bits), address.get())
                ? Optional.of(new Network(address.get(), bits))
                : Optional.empty();
    }

    /**
     * Reads an address in its usual notation; IPv4 in four decimal numbers without leading zeros. Never asks a name server.
     */
    public static Optional<InetAddress> literal(String text) {
        boolean plausible = text.indexOf(':') < 0
                ? IPV4.matcher(text).matches()
                : IPV6.matcher(text).matches();
        if (!plausible) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException notOne) {
            return Optional.empty();
        }
    }

    /** The smallest network of a given length that an address is in. */
    public static Network around(InetAddress address, int bits) {
        byte[] bytes = address.getAddress();
        return new Network(masked(bytes, Math.min(bits, bytes.length * Byte.SIZE)), bits);
    }

    private static byte[] masked(byte[] address, int bits) {
        byte[] masked = new byte[address.length];
        for (int index = 0; index < address.length; index++) {
            int kept = Math.clamp(bits - (long) index * Byte.SIZE, 0, Byte.SIZE);
            masked[index] = (byte) (address[index] & (0xff00 >> kept));
        }
        return masked;
    }

    /** Whether an address is one of these. */
    public boolean contains(InetAddress candidate) {
        byte[] bytes = candidate.getAddress();
        return bytes.length == address.length && Arrays.equals(masked(bytes, bits), address);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Network network && network.bits == bits && Arrays.equals(network.address, address);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(address) + bits;
    }

    /** For tests and debugging; not in CIDR notation. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(address) + "/" + bits;
    }
}
