package io.intake.processors.forward.sftp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.SessionHeartbeatController.HeartbeatType;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.sftp.SftpModuleProperties;
import org.apache.sshd.sftp.server.FileHandle;
import org.apache.sshd.sftp.server.SftpEventListener;
import org.apache.sshd.sftp.server.SftpFileSystemAccessor;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;
import org.apache.sshd.sftp.server.SftpSubsystemProxy;
import org.jspecify.annotations.Nullable;

/** An SFTP server whose faults a test decides. */
public final class SftpScript implements AutoCloseable {
    public static final String USER = "intake";

    private final SshServer server = SshServer.setUpDefaultServer();
    private final Path directory;
    private final KeyPair hostKey = newKey("ssh-ed25519", 256);
    private final KeyPair otherHostKey = newKey("ecdsa-sha2-nistp256", 256);
    private final ConcurrentLinkedQueue<String> passwords = new ConcurrentLinkedQueue<>();
    private final AtomicInteger operations = new AtomicInteger();
    private final AtomicInteger logins = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> done = new ConcurrentLinkedQueue<>();
    private volatile @Nullable PublicKey known;
    private volatile @Nullable String password;
    private volatile Fault fault = (operation, session) -> {};

    /** What goes wrong. */
    @FunctionalInterface
    public interface Fault {
        /**
         * Called before and after each operation that changes something.
         *
         * @param operation its number, from 1, and what it is: {@code before open}, {@code after move}
         */
        void at(Operation operation, ServerSession session) throws IOException;
    }

    public record Operation(int number, String what) {}

    /** @param directory where logins begin; the test's to delete */
    public SftpScript(Path directory, boolean posixRename) throws IOException {
        this.directory = directory;
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(hostKey, otherHostKey));
        server.setPublickeyAuthenticator((user, key, session) -> {
            PublicKey wanted = known;
            return user.equals(USER) && wanted != null && KeyUtils.compareKeys(wanted, key);
        });
        server.setPasswordAuthenticator((user, given, session) -> {
            passwords.add(given);
            return user.equals(USER) && given.equals(password);
        });
        server.setFileSystemFactory(new VirtualFileSystemFactory(directory));
        server.setSessionHeartbeat(HeartbeatType.NONE, Duration.ZERO);
        SftpSubsystemFactory sftp = new SftpSubsystemFactory.Builder()
                .withFileSystemAccessor(new Accessor())
                .build();
        sftp.addSftpEventListener(new Events());
        server.setSubsystemFactories(List.of(sftp));
        if (!posixRename) {
            SftpModuleProperties.OPENSSH_EXTENSIONS.set(server, "fsync@openssh.com=1");
        }
        server.start();
    }

    static KeyPair newKey(String type, int bits) {
        try {
            return KeyUtils.generateKeyPair(type, bits);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    public int port() {
        return server.getPort();
    }

    /** As in {@code known_hosts}, without the host. */
    public String hostKey() {
        return PublicKeyEntry.toString(hostKey.getPublic());
    }

    List<KeyPair> hostKeys() {
        return List.of(hostKey, otherHostKey);
    }

    /** All that were tried. */
    List<String> passwords() {
        return List.copyOf(passwords);
    }

    byte[] bytes(String name) throws IOException {
        return Files.readAllBytes(directory.resolve(name));
    }

    void lets(PublicKey key) {
        known = key;
    }

    public void lets(String secret) {
        password = secret;
    }

    public void fails(Fault next) {
        operations.set(0);
        fault = next;
    }

    int logins() {
        return logins.get();
    }

    /** What changed something, in order. */
    List<String> done() {
        return List.copyOf(done);
    }

    /** All files by name, with their text. */
    public NavigableMap<String, String> files() {
        TreeMap<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(
                        directory.relativize(file).toString(),
                        new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private void at(String what, ServerSession session) throws IOException {
        done.add(what);
        fault.at(new Operation(operations.incrementAndGet(), what), session);
    }

    /** What the server does with files; what is thrown here the client is answered. */
    private final class Accessor implements SftpFileSystemAccessor {
        @Override
        public SeekableByteChannel openFile(
                SftpSubsystemProxy subsystem,
                FileHandle fileHandle,
                Path file,
                String handle,
                Set<? extends OpenOption> options,
                FileAttribute<?>... attrs)
                throws IOException {
            at("before open", subsystem.getServerSession());
            return SftpFileSystemAccessor.DEFAULT.openFile(subsystem, fileHandle, file, handle, options, attrs);
        }

        @Override
        public void renameFile(SftpSubsystemProxy subsystem, Path oldPath, Path newPath, Collection<CopyOption> opts)
                throws IOException {
            at("before move", subsystem.getServerSession());
            SftpFileSystemAccessor.DEFAULT.renameFile(subsystem, oldPath, newPath, opts);
            at("after move", subsystem.getServerSession());
        }

        @Override
        public void closeFile(
                SftpSubsystemProxy subsystem,
                FileHandle fileHandle,
                Path file,
                String handle,
                java.nio.channels.Channel channel,
                Set<? extends OpenOption> options)
                throws IOException {
            SftpFileSystemAccessor.DEFAULT.closeFile(subsystem, fileHandle, file, handle, channel, options);
            at("after close", subsystem.getServerSession());
        }
    }

    private final class Events implements SftpEventListener {
        @Override
        public void initialized(ServerSession session, int version) {
            logins.incrementAndGet();
        }

        @Override
        public void writing(
                ServerSession session,
                String remoteHandle,
                FileHandle localHandle,
                long offset,
                byte[] data,
                int dataOffset,
                int dataLen)
                throws IOException {
            at("before write", session);
        }
    }

    @Override
    public void close() throws IOException {
        server.stop(true);
    }
}
