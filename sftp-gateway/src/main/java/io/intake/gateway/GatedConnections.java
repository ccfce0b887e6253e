package io.intake.gateway;

import io.intake.gateway.access.Addresses;
import io.intake.gateway.access.ConnectionGate;
import io.intake.gateway.metrics.GatewayMetrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.nio.channels.AsynchronousSocketChannel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoServiceFactory;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.nio2.Nio2Service;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactory;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactoryFactory;
import org.apache.sshd.common.io.nio2.Nio2Session;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * MINA's sockets behind a {@link ConnectionGate}: a connection that may not stay is closed before there is a session. MINA's
 * own hook for that, {@code connectionAccepted}, does not close the socket of a connection that it refuses. Thread-safe.
 */
final class GatedConnections extends Nio2ServiceFactoryFactory {
    /** Not of this class: under that name come MINA's lines, which are off. */
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionGate.class);

    private static final Object PLACE = new Object();

    private final ConnectionGate gate;
    private final TrustedProxies proxies;
    private final GatewayMetrics metrics;
    private final AtomicLong refused = new AtomicLong();

    GatedConnections(ConnectionGate gate, TrustedProxies proxies, GatewayMetrics metrics) {
        super(null);
        this.metrics = metrics;
        this.gate = gate;
        this.proxies = proxies;
    }

    /** The place of a session's connection; null where it was not let in here. */
    static ConnectionGate.@Nullable Place place(IoSession session) {
        return session.getAttribute(PLACE) instanceof ConnectionGate.Place place ? place : null;
    }

    @Override
    public IoServiceFactory create(FactoryManager manager) {
        return new Nio2ServiceFactory(manager, newExecutor(), newExecutor()) {
            @Override
            public Nio2Session createSession(
                    Nio2Service service, IoHandler handler, AsynchronousSocketChannel socket, SocketAddress address)
                    throws Throwable {
                ConnectionGate.Place place = admit(socket);
                try {
                    Nio2Session session = new ThriftyConnection(
                            service,
                            getFactoryManager(),
                            handler,
                            socket,
                            address,
                            CoreModuleProperties.NIO2_READ_BUFFER_SIZE.getRequired(getFactoryManager()));
                    session.setAttribute(PLACE, place);
                    session.addCloseFutureListener(_ -> place.release());
                    return session;
                } catch (Throwable e) {
                    place.release();
                    socket.close();
                    throw e;
                }
            }
        };
    }

    private ConnectionGate.Place admit(AsynchronousSocketChannel socket) throws IOException {
        InetAddress from = Addresses.of(socket.getRemoteAddress());
        Optional<ConnectionGate.Place> place = Optional.empty();
        if (from != null) {
            place = proxies.contains(from) ? gate.admitProxy() : gate.admit(from);
        }
        if (place.isEmpty()) {
            socket.close();
            metrics.connectionRefused();
            long count = refused.incrementAndGet();
            if (Long.bitCount(count) == 1) { // an attack must not fill the log
                LOG.warn("connection refused: address={} refused_so_far={}", from, count);
            }
            throw new IOException("refused");
        }
        metrics.connectionAdmitted();
        return place.get();
    }
}
