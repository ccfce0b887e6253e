package io.intake.processors.forward.sftp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;

/** OpenSSH's own server, where this machine has one: a process that lets our own user in by a key. */
final class OpenSshServer implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/sbin/sshd");

    private final Process process;
    private final int port;
    private final KeyPair hostKey;

    private OpenSshServer(Process process, int port, KeyPair hostKey) {
        this.process = process;
        this.port = port;
        this.hostKey = hostKey;
    }

    /**
     * Starts it.
     *
     * @param folder for its files
     * @param login whom it lets in
     * @return empty where there is none, or it may not run here
     */
    static Optional<OpenSshServer> start(Path folder, KeyPair login) throws IOException, GeneralSecurityException {
        if (!Files.isExecutable(PROGRAM)) {
            return Optional.empty();
        }
        KeyPair hostKey = SftpScript.newKey("ssh-ed25519", 256);
        Path key = folder.resolve("host_key");
        Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (OutputStream out = Files.newOutputStream(key)) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(hostKey, "host", null, out);
        }
        Path authorized = folder.resolve("authorized_keys");
        Files.writeString(authorized, PublicKeyEntry.toString(login.getPublic()) + "\n");
        int port = freePort();
        Path settings = folder.resolve("sshd_config");
        Files.writeString(settings, """
                ListenAddress 127.0.0.1
                Port %d
                HostKey %s
                AuthorizedKeysFile %s
                StrictModes no
                UsePAM no
                PermitRootLogin prohibit-password
                PasswordAuthentication no
                PidFile none
                Subsystem sftp internal-sftp
                """.formatted(port, key, authorized));
        Process process = new ProcessBuilder(PROGRAM.toString(), "-D", "-e", "-f", settings.toString())
                .redirectErrorStream(true)
                .start();
        BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.contains("Server listening")) {
                Thread.ofVirtual().start(() -> drain(said));
                return Optional.of(new OpenSshServer(process, port, hostKey));
            }
        }
        return Optional.empty();
    }

    /** What it says is in nobody's way. */
    private static void drain(BufferedReader said) {
        try (said) {
            var _ = said.transferTo(Writer.nullWriter());
        } catch (IOException ended) {
            return;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    int port() {
        return port;
    }

    String hostKey() {
        return PublicKeyEntry.toString(hostKey.getPublic());
    }

    /** Ends the process that listens; those of logins end with their connections. */
    @Override
    public void close() {
        process.destroy();
        var _ = process.onExit()
                .completeOnTimeout(process, 10, TimeUnit.SECONDS)
                .join();
    }
}
