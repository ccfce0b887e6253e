package io.intake.gateway.access;

import io.intake.config.Network;
import java.util.List;

/**
 * How many connections there may be at once.
 *
 * @param sessions in all
 * @param sessionsPerAddress of these, from one address (an IPv6 network of 64 bits counts as one)
 * @param strangers connections that have not logged in yet, in all
 * @param strangersPerAddress of these, from one address
 * @param proxies load balancers that say by PROXY protocol who their clients are, and must; empty for none
 */
public record ConnectionLimits(
        int sessions, int sessionsPerAddress, int strangers, int strangersPerAddress, List<Network> proxies) {
    public static final ConnectionLimits DEFAULT = new ConnectionLimits(5_000, 1_000, 256, 32, List.of());

    public ConnectionLimits {
        if (sessions < 1 || sessionsPerAddress < 1 || strangers < 1 || strangersPerAddress < 1) {
            throw new IllegalArgumentException("every limit is at least 1");
        }
        proxies = List.copyOf(proxies);
    }
}
