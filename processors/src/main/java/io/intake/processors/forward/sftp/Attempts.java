package io.intake.processors.forward.sftp;

import io.intake.config.SftpTarget;
import io.intake.processors.forward.ConnectionFaults;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.sftp.HostKeys.Family;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.PublicKey;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.keyboard.UserAuthKeyboardInteractiveFactory;
import org.apache.sshd.client.auth.password.UserAuthPasswordFactory;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSession.ClientSessionEvent;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.sftp.SftpModuleProperties;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.jspecify.annotations.Nullable;

/**
 * Connects to a server, once for each kind of host key that it may show until it shows one that is pinned, and says what is
 * wrong where that fails. Each connection has a client of its own, which reads no file of the machine's. {@link #close} may be
 * called by any thread, the rest by one.
 */
final class Attempts implements AutoCloseable {
    private final SftpTarget target;
    private final HostKeys pinned;
    private volatile @Nullable SshClient client;
    private volatile boolean closed;
    private volatile boolean strange;
    private volatile int reason;
    private boolean connected;
    private boolean agreed;
    private boolean loggedIn;

    Attempts(SftpTarget target) {
        this.target = target;
        this.pinned = new HostKeys(target.hostKeys());
    }

    /** A session that is logged in. */
    ClientSession session(Login login, Duration timeout) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(target.host()), target.port());
        for (Iterator<Family> families = pinned.families().iterator(); ; ) {
            Family family = families.next();
            try {
                return session(address, family, login, timeout);
            } catch (IOException failed) {
                // A server without a key of this kind ends the exchange of keys
                if (!connected || agreed || closed || !families.hasNext()) {
                    throw failed;
                }
                stop();
            }
        }
    }

    private ClientSession session(InetSocketAddress address, Family family, Login login, Duration timeout)
            throws IOException {
        SshClient made = client(family, timeout);
        client = made;
        if (closed) {
            stop();
        }
        made.start();
        ClientSession session =
                made.connect(target.user(), address).verify(timeout).getSession();
        connected = true;
        session.waitFor(EnumSet.of(ClientSessionEvent.WAIT_AUTH, ClientSessionEvent.CLOSED), timeout);
        if (!session.isOpen()) {
            throw new IOException("the exchange of keys failed");
        }
        agreed = true;
        login.to(session);
        session.auth().verify(timeout);
        loggedIn = true;
        return session;
    }

    private SshClient client(Family family, Duration timeout) {
        SshClient made = SshClient.setUpDefaultClient();
        made.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        made.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        made.setServerKeyVerifier((_, _, key) -> isPinned(key));
        made.addSessionListener(new Ends());
        made.setSignatureFactories(family.signatures());
        // AES in hardware before ChaCha20 in Java
        made.setCipherFactories(List.of(
                BuiltinCiphers.aes128gcm,
                BuiltinCiphers.aes256gcm,
                BuiltinCiphers.aes128ctr,
                BuiltinCiphers.aes256ctr,
                BuiltinCiphers.cc20p1305_openssh));
        made.setUserAuthFactories(List.of(
                new UserAuthPublicKeyFactory(ClientBuilder.setUpDefaultSignatureFactories(false)),
                UserAuthKeyboardInteractiveFactory.INSTANCE,
                UserAuthPasswordFactory.INSTANCE));
        made.setNioWorkers(1);
        CoreModuleProperties.AUTH_TIMEOUT.set(made, timeout);
        CoreModuleProperties.IDLE_TIMEOUT.set(made, Duration.ZERO);
        SftpModuleProperties.SFTP_CHANNEL_OPEN_TIMEOUT.set(made, timeout);
        return made;
    }

    private boolean isPinned(PublicKey key) {
        boolean known = pinned.has(KeyUtils.getFingerPrint(BuiltinDigests.sha256, key));
        strange |= !known;
        return known;
    }

    /** Why the last session ended, which who waits for it is not told. */
    private final class Ends implements SessionListener {
        @Override
        public void sessionException(Session session, Throwable failed) {
            if (failed instanceof SshException ended) {
                reason = ended.getDisconnectCode();
            }
        }

        @Override
        public void sessionDisconnect(Session session, int code, String words, String language, boolean initiator) {
            reason = code;
        }
    }

    /** Whether somebody has taken a connection. */
    boolean isConnected() {
        return connected;
    }

    /** What an exception of the library's means; its own words may name files. */
    SftpFault fault(Exception failed) {
        if (strange && !agreed) {
            return new SftpFault("SFTP_HOST_KEY_DIFFERS", false);
        }
        if (failed instanceof SftpException answer) {
            return new SftpFault(code(answer.getStatus()), false);
        }
        if (!connected) {
            Unavailable why = ConnectionFaults.of(failed, "OUT_OF_REACH");
            return new SftpFault(why.code(), why.soon());
        }
        if (!agreed && reason == SshConstants.SSH2_DISCONNECT_KEY_EXCHANGE_FAILED) {
            return new SftpFault("SFTP_NOTHING_IN_COMMON", false);
        }
        boolean refused = failed instanceof SshException ended
                && ended.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE;
        return !loggedIn && refused
                ? new SftpFault("SFTP_LOGIN_REFUSED", false)
                : new SftpFault("CONNECTION_LOST", true);
    }

    private static String code(int status) {
        return switch (status) {
            case SftpConstants.SSH_FX_PERMISSION_DENIED, SftpConstants.SSH_FX_WRITE_PROTECT -> "SFTP_NO_PERMISSION";
            case SftpConstants.SSH_FX_NO_SUCH_FILE, SftpConstants.SSH_FX_NO_SUCH_PATH -> "SFTP_DIRECTORY_ABSENT";
            case SftpConstants.SSH_FX_NO_SPACE_ON_FILESYSTEM, SftpConstants.SSH_FX_QUOTA_EXCEEDED -> "SFTP_NO_SPACE";
            case SftpConstants.SSH_FX_OP_UNSUPPORTED -> "SFTP_NOT_SUPPORTED";
            case SftpConstants.SSH_FX_NO_CONNECTION, SftpConstants.SSH_FX_CONNECTION_LOST -> "CONNECTION_LOST";
            default -> "SFTP_FAILURE";
        };
    }

    private void stop() {
        SshClient last = client;
        if (last != null) {
            last.close(true);
        }
    }

    @Override
    public void close() {
        closed = true;
        stop();
    }
}
