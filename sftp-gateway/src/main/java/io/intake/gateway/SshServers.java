package io.intake.gateway;

import io.intake.gateway.access.ConnectionGate;
import io.intake.gateway.cipher.OpenSshCiphers;
import io.intake.gateway.metrics.GatewayMetrics;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.compression.Compression;
import org.apache.sshd.common.file.nonefs.NoneFileSystemFactory;
import org.apache.sshd.common.global.KeepAliveHandler;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.mac.Mac;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.password.UserAuthPasswordFactory;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.apache.sshd.server.global.NoMoreSessionsHandler;
import org.apache.sshd.server.session.ServerConnectionServiceFactory;

/** MINA's server with what we allow: modern algorithms, SFTP, and nothing else. */
final class SshServers {
    /** RFC 4344 allows AES 2^32 blocks, 64 GiB, per key; MINA's 1 GiB makes old clients rekey in the middle of a file. */
    private static final long REKEY_BYTES = 16L << 30;

    private static final int MAX_LOGIN_ATTEMPTS = 10;

    private SshServers() {}

    /** A server that is not started and lets nobody in yet. */
    static DrainableServer create(
            GatewayConfig config,
            PartnerAuthenticator authenticator,
            ConnectionGate gate,
            List<KeyPair> hostKeys,
            GatewayMetrics metrics) {
        DrainableServer server = new DrainableServer();
        ServerBuilder.builder().factory(() -> server).build(); // MINA's defaults, replaced where they matter
        configureAlgorithms(server, config.algorithms());
        configureLimits(server, config.limits());
        server.setHost(config.host());
        server.setPort(config.port());
        server.setFileSystemFactory(NoneFileSystemFactory.INSTANCE);
        TrustedProxies proxies = new TrustedProxies(config.connections().proxies());
        server.setIoServiceFactoryFactory(new GatedConnections(gate, proxies, metrics));
        server.setServerProxyAcceptor(proxies);
        server.setPublickeyAuthenticator(authenticator);
        server.setPasswordAuthenticator(authenticator);
        server.setUserAuthFactories(
                List.of(CertificateAwareAuth.factory(authenticator), UserAuthPasswordFactory.INSTANCE));
        server.setServiceFactories(
                List.of(PartnerAuthService.factory(authenticator), ServerConnectionServiceFactory.INSTANCE));
        server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
        HostKeyRotation rotation = new HostKeyRotation(hostKeys);
        server.setKeyPairProvider(KeyPairProvider.wrap(HostKeys.inUse(hostKeys)));
        server.setChannelFactories(List.of(new LimitedChannels(config.limits().channelsPerSession(), rotation)));
        server.setGlobalRequestHandlers(List.of(KeepAliveHandler.INSTANCE, NoMoreSessionsHandler.INSTANCE, rotation));
        server.setCommandFactory((_, _) -> new ExecRefusal());
        server.setShellFactory(null);
        server.setAgentFactory(null);
        return server;
    }

    private static void configureAlgorithms(SshServer server, GatewayConfig.Algorithms algorithms) {
        server.setKeyExchangeFactories(NamedFactory.setUpTransformedFactories(
                true,
                List.of(
                        BuiltinDHFactories.mlkem768x25519,
                        BuiltinDHFactories.sntrup761x25519,
                        BuiltinDHFactories.sntrup761x25519_openssh,
                        BuiltinDHFactories.curve25519,
                        BuiltinDHFactories.curve25519_libssh,
                        BuiltinDHFactories.ecdhp256,
                        BuiltinDHFactories.ecdhp384),
                ServerBuilder.DH2KEX));
        List<NamedFactory<Cipher>> ciphers =
                new ArrayList<>(List.<NamedFactory<Cipher>>copyOf(NamedFactory.setUpBuiltinFactories(
                        true,
                        List.of(
                                BuiltinCiphers.aes128gcm,
                                BuiltinCiphers.aes256gcm,
                                BuiltinCiphers.aes128ctr,
                                BuiltinCiphers.aes192ctr,
                                BuiltinCiphers.aes256ctr))));
        ciphers.add(2, OpenSshCiphers.chacha20Poly1305()); // MINA's own costs three times as much
        server.setCipherFactories(ciphers);
        List<BuiltinMacs> macs = new ArrayList<>(List.of(BuiltinMacs.hmacsha256etm, BuiltinMacs.hmacsha512etm));
        if (algorithms == GatewayConfig.Algorithms.OLDER) {
            macs.addAll(OlderAlgorithms.MACS);
        }
        server.setMacFactories(List.<NamedFactory<Mac>>copyOf(NamedFactory.setUpBuiltinFactories(true, macs)));
        server.setCompressionFactories(List.<NamedFactory<Compression>>copyOf(
                NamedFactory.setUpBuiltinFactories(true, List.of(BuiltinCompressions.none))));
        server.setSignatureFactories(List.<NamedFactory<Signature>>copyOf(NamedFactory.setUpBuiltinFactories(
                true,
                List.of(
                        BuiltinSignatures.ed25519,
                        BuiltinSignatures.sk_ssh_ed25519,
                        BuiltinSignatures.nistp256,
                        BuiltinSignatures.nistp384,
                        BuiltinSignatures.nistp521,
                        BuiltinSignatures.sk_ecdsa_sha2_nistp256,
                        BuiltinSignatures.rsaSHA512,
                        BuiltinSignatures.rsaSHA256))));
    }

    private static void configureLimits(FactoryManager server, SessionLimits limits) {
        CoreModuleProperties.SERVER_IDENTIFICATION.set(server, "INTAKE");
        // off by default in MINA; without it small files wait for delayed acknowledgements
        CoreModuleProperties.TCP_NODELAY.set(server, true);
        CoreModuleProperties.SOCKET_KEEPALIVE.set(server, true);
        CoreModuleProperties.NIO2_READ_BUFFER_SIZE.set(server, 64 << 10);
        CoreModuleProperties.WINDOW_SIZE.set(server, (long) limits.windowBytes());
        // until the client has said its name: PartnerAuthService
        CoreModuleProperties.AUTH_METHODS.set(server, "publickey");
        CoreModuleProperties.AUTH_TIMEOUT.set(server, limits.loginGrace());
        CoreModuleProperties.IDLE_TIMEOUT.set(server, limits.idle());
        // the idle timeout decides alone: it knows when a request is being dealt with
        CoreModuleProperties.NIO2_READ_TIMEOUT.set(server, Duration.ZERO);
        CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, MAX_LOGIN_ATTEMPTS);
        CoreModuleProperties.MAX_CONCURRENT_SESSIONS.set(server, limits.sessionsPerPartner());
        // not reached: LimitedChannels refuses first, and more gently
        CoreModuleProperties.MAX_CONCURRENT_CHANNELS.set(server, limits.channelsPerSession());
        // a client that ends its channel right behind its last request still has that request dealt with
        CoreModuleProperties.COMMAND_EXIT_TIMEOUT.set(server, Duration.ofSeconds(5));
        CoreModuleProperties.REKEY_BYTES_LIMIT.set(server, REKEY_BYTES);
        CoreModuleProperties.REKEY_TIME_LIMIT.set(server, Duration.ofDays(1));
    }
}
