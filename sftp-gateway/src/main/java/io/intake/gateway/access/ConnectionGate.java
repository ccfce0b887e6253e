package io.intake.gateway.access;

import io.intake.config.Network;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a connection may stay, before anything is spent on it: addresses that are barred may not, nor more than
 * there may be at once. Thread-safe.
 */
public final class ConnectionGate {
    private static final class Count {
        private int sessions;
        private int strangers;
    }

    private final ConnectionLimits limits;
    private final LoginThrottle throttle;
    private final Map<Network, Count> counts = new HashMap<>();
    private int sessions;
    private int strangers;

    public ConnectionGate(ConnectionLimits limits, LoginThrottle throttle) {
        this.limits = limits;
        this.throttle = throttle;
    }

    /**
     * Takes a place for a new connection, to be released when it ends.
     *
     * @return empty if the connection is to be closed
     */
    public synchronized Optional<Place> admit(InetAddress from) {
        return sessions < limits.sessions() && strangers < limits.strangers() && mayComeFrom(from)
                ? Optional.of(new Place(from))
                : Optional.empty();
    }

    /**
     * Takes a place for a connection of a proxy, whose client is not known yet. The proxy's own address counts for nothing.
     *
     * @return empty if the connection is to be closed
     */
    public synchronized Optional<Place> admitProxy() {
        return sessions < limits.sessions() && strangers < limits.strangers()
                ? Optional.of(new Place(null))
                : Optional.empty();
    }

    private boolean mayComeFrom(InetAddress from) {
        Count count = counts.get(Addresses.owner(from));
        return !throttle.isBarred(from)
                && (count == null
                        || (count.sessions < limits.sessionsPerAddress()
                                && count.strangers < limits.strangersPerAddress()));
    }

    /** Connections that hold a place. */
    public synchronized int sessions() {
        return sessions;
    }

    /** Of these, those that have not logged in. */
    public synchronized int strangers() {
        return strangers;
    }

    synchronized int addresses() {
        return counts.size();
    }

    /** One connection's place. Thread-safe. */
    public final class Place {
        private @Nullable Network owner;
        private boolean stranger = true;
        private boolean released;

        private Place(@Nullable InetAddress from) {
            sessions++;
            strangers++;
            if (from != null) {
                count(from);
            }
        }

        private void count(InetAddress from) {
            Network mine = Addresses.owner(from);
            Count count = counts.computeIfAbsent(mine, _ -> new Count());
            count.sessions++;
            count.strangers++;
            owner = mine;
        }

        /**
         * A proxy said who its client is.
         *
         * @return false if the connection is to be closed
         */
        public boolean comesFrom(InetAddress client) {
            synchronized (ConnectionGate.this) {
                if (released || owner != null || !mayComeFrom(client)) {
                    return false;
                }
                count(client);
                return true;
            }
        }

        /** The client has logged in. */
        public void loggedIn() {
            synchronized (ConnectionGate.this) {
                if (stranger && !released) {
                    stranger = false;
                    strangers--;
                    Count count = owner == null ? null : counts.get(owner);
                    if (count != null) {
                        count.strangers--;
                    }
                }
            }
        }

        /** The connection has ended. To call it again does nothing. */
        public void release() {
            synchronized (ConnectionGate.this) {
                if (released) {
                    return;
                }
                loggedIn();
                released = true;
                sessions--;
                Network mine = owner;
                Count count = mine == null ? null : counts.get(mine);
                if (mine != null && count != null && --count.sessions == 0) {
                    counts.remove(mine);
                }
            }
        }
    }
}
