package io.intake.gateway;

import io.intake.config.Network;
import io.intake.gateway.access.Addresses;
import io.intake.gateway.access.ConnectionGate;
import io.intake.gateway.access.ProxyHeader;
import io.intake.gateway.audit.Identity;
import io.intake.gateway.sftp.SessionState;
import java.net.InetAddress;
import java.util.List;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.session.AbstractServerSession;
import org.apache.sshd.server.session.ServerProxyAcceptor;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;

/**
 * Takes a load balancer's word for its clients' addresses: from the balancers that the configuration names, and then always.
 * Anybody else who sends such a header has broken the SSH protocol. Thread-safe.
 */
final class TrustedProxies implements ServerProxyAcceptor {
    /** The length of a session's header once it has been read: MINA shows it again while the client's greeting is short. */
    private static final AttributeKey<Integer> READ = new AttributeKey<>();

    private final List<Network> proxies;

    TrustedProxies(List<Network> proxies) {
        this.proxies = List.copyOf(proxies);
    }

    boolean contains(@Nullable InetAddress address) {
        return address != null && proxies.stream().anyMatch(network -> network.contains(address));
    }

    @Override
    public boolean acceptServerProxyMetadata(ServerSession session, Buffer buffer) {
        if (!contains(Addresses.of(session.getIoSession().getRemoteAddress()))) {
            return true;
        }
        Integer read = session.getAttribute(READ);
        if (read != null) {
            buffer.rpos(buffer.rpos() + read);
            return true;
        }
        return switch (ProxyHeader.parse(buffer.array(), buffer.rpos(), buffer.available())) {
            case ProxyHeader.Incomplete() -> false;
            case ProxyHeader.Malformed() -> refuse(session);
            case ProxyHeader.Complete header when !mayStay(session, header) -> refuse(session);
            case ProxyHeader.Complete header -> {
                session.setAttribute(READ, header.length());
                buffer.rpos(buffer.rpos() + header.length());
                yield true;
            }
        };
    }

    private static boolean mayStay(ServerSession session, ProxyHeader.Complete header) {
        if (header.client() == null) {
            return true;
        }
        InetAddress client = Addresses.of(header.client());
        ConnectionGate.Place place = GatedConnections.place(session.getIoSession());
        if (client == null || place == null || !place.comesFrom(client)) {
            return false;
        }
        if (session instanceof AbstractServerSession settable) {
            settable.setClientAddress(header.client());
        }
        SessionState state = session.getAttribute(SessionState.KEY);
        if (state != null) {
            Identity known = state.identity();
            state.claimed(new Identity(known.partner(), known.session(), Addresses.text(header.client())));
        }
        return true;
    }

    /** Without an exception, which MINA would log each time. */
    private static boolean refuse(ServerSession session) {
        session.close(true);
        return false;
    }
}
