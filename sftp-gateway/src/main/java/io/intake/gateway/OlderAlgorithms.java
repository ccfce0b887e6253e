package io.intake.gateway;

import io.intake.config.Configuration;
import io.intake.config.Login;
import io.intake.config.Partner;
import io.intake.gateway.access.Addresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.mac.Mac;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;

/**
 * The exceptions for old clients (docs/adr/0011). What to encrypt with is agreed before the client says its name: it is
 * offered more where a partner with an exception may come from, and whoever agreed on it without an exception of its own is
 * not let in. Thread-safe.
 */
final class OlderAlgorithms implements SessionListener {
    /** Checksums over what is not encrypted yet: all that libssh2 before 1.11 has, and curl with it. */
    static final List<BuiltinMacs> MACS = List.of(BuiltinMacs.hmacsha256, BuiltinMacs.hmacsha512);

    private static final String ENCRYPT_THEN_MAC = "-etm@openssh.com";

    private final boolean forAll;
    private final Supplier<Configuration> configuration;

    /**
     * The exceptions.
     *
     * @param forAll whether everybody has one
     * @param configuration the one in force, for the partners that have one
     */
    OlderAlgorithms(boolean forAll, Supplier<Configuration> configuration) {
        this.forAll = forAll;
        this.configuration = configuration;
    }

    /** Partners with an exception of their own. */
    static List<String> partners(Configuration configuration) {
        return excepted(configuration).map(Partner::id).toList();
    }

    private static Stream<Partner> excepted(Configuration configuration) {
        return configuration.partners().stream()
                .filter(partner -> partner.login().olderAlgorithms());
    }

    /** Called between a client's greeting, before which a load balancer has said its address, and our proposal. */
    @Override
    public void sessionPeerIdentificationReceived(Session session, String version, List<String> lines) {
        if (session instanceof ServerSession server && isOfferedTo(Addresses.of(server.getClientAddress()))) {
            List<NamedFactory<Mac>> macs = new ArrayList<>(session.getMacFactories());
            MACS.stream().filter(mac -> !macs.contains(mac)).forEach(macs::add);
            session.setMacFactories(macs);
            List<KeyExchangeFactory> exchanges = new ArrayList<>(session.getKeyExchangeFactories());
            exchanges.addAll(exchanges());
            session.setKeyExchangeFactories(exchanges);
        }
    }

    private static List<KeyExchangeFactory> exchanges() {
        return NamedFactory.setUpTransformedFactories(
                true, List.of(BuiltinDHFactories.dhg14_256), ServerBuilder.DH2KEX);
    }

    /** Whether somebody with an exception may come from an address. */
    boolean isOfferedTo(@Nullable InetAddress from) {
        return forAll
                || (from != null
                        && excepted(configuration.get())
                                .map(Partner::login)
                                .filter(login -> !login.disabled())
                                .flatMap(login -> login.allowFrom().stream())
                                .anyMatch(network -> network.contains(from)));
    }

    /** Whether a partner may log in over what its session has agreed on. */
    boolean mayUse(Login login, Session session) {
        return forAll || login.olderAlgorithms() || !isUsedBy(session);
    }

    /** Whether a session has agreed on something older, in either direction. */
    static boolean isUsedBy(Session session) {
        String exchange = String.valueOf(session.getNegotiatedKexParameter(KexProposalOption.ALGORITHMS));
        return exchanges().stream().anyMatch(older -> older.getName().equals(exchange))
                || isOlder(session, KexProposalOption.C2SENC, KexProposalOption.C2SMAC)
                || isOlder(session, KexProposalOption.S2CENC, KexProposalOption.S2CMAC);
    }

    private static boolean isOlder(Session session, KexProposalOption cipher, KexProposalOption mac) {
        String encryption = String.valueOf(session.getNegotiatedKexParameter(cipher));
        boolean hasChecksum = encryption.contains("-gcm") || encryption.startsWith("chacha20");
        return !hasChecksum
                && !String.valueOf(session.getNegotiatedKexParameter(mac)).endsWith(ENCRYPT_THEN_MAC);
    }
}
