package io.intake.gateway.access;

import io.intake.config.Network;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Clients' addresses. Pure. */
public final class Addresses {
    /** Who has one IPv6 address has at least so many bits' worth of them (RFC 6177). */
    private static final int OWN_BITS = 64;

    private Addresses() {}

    /** A socket's address without its port; null where it has none. */
    public static @Nullable InetAddress of(@Nullable SocketAddress socket) {
        return socket instanceof InetSocketAddress internet ? internet.getAddress() : null;
    }

    /** For a person: {@code 192.0.2.1:50000}, {@code [2001:db8::1]:50000}; "unknown" where it has none. */
    public static String text(@Nullable SocketAddress socket) {
        if (!(socket instanceof InetSocketAddress internet) || internet.getAddress() == null) {
            return "unknown";
        }
        String host = internet.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + internet.getPort();
    }

    /** What counts as one client: an IPv4 address, or a network of 64 bits in IPv6. */
    static Network owner(InetAddress address) {
        return Network.around(address, OWN_BITS);
    }
}
