package io.intake.gateway;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.util.Base64;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * An agent with one key of a security token that is not there: OpenSSH's client asks it to sign as it would ask a real one
 * (OpenSSH's PROTOCOL.u2f; draft-ietf-sshm-ssh-agent, sections 3.5 and 3.6).
 */
final class SoftwareSecurityKeys implements AutoCloseable {
    /** The user touched the token. */
    static final int TOUCHED = 1;

    private static final String APPLICATION = "ssh:";

    private final ServerSocketChannel socket;
    private final String type;
    private final byte[] blob;
    private final KeyPair key;
    private final NamedFactory<Signature> algorithm;
    private volatile int flags = TOUCHED;

    /**
     * Listens.
     *
     * @param ecdsa or Ed25519
     */
    SoftwareSecurityKeys(Path file, boolean ecdsa) throws Exception {
        type = ecdsa ? "sk-ecdsa-sha2-nistp256@openssh.com" : "sk-ssh-ed25519@openssh.com";
        algorithm = ecdsa ? BuiltinSignatures.nistp256 : BuiltinSignatures.ed25519;
        key = ecdsa ? KeyUtils.generateKeyPair("ecdsa-sha2-nistp256", 256) : HostKeys.generate();
        Buffer plain = new ByteArrayBuffer();
        plain.putRawPublicKey(key.getPublic());
        String ignored = plain.getString();
        Buffer tokens = new ByteArrayBuffer();
        tokens.putString(type);
        tokens.putRawBytes(plain.getCompactData());
        tokens.putString(APPLICATION);
        blob = tokens.getCompactData();
        socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(file));
        Thread.ofVirtual().start(this::serve);
    }

    String line() {
        return type + " " + Base64.getEncoder().encodeToString(blob);
    }

    /** What the token says of its user from now on. */
    void says(int value) {
        flags = value;
    }

    private void serve() {
        while (socket.isOpen()) {
            try (SocketChannel client = socket.accept()) {
                DataInputStream in = new DataInputStream(Channels.newInputStream(client));
                while (true) {
                    byte[] request = in.readNBytes(in.readInt());
                    Buffer answer = answer(new ByteArrayBuffer(request));
                    byte[] packet = answer.getCompactData();
                    client.write(ByteBuffer.allocate(4 + packet.length)
                            .putInt(packet.length)
                            .put(packet)
                            .flip());
                }
            } catch (EOFException next) {
                // the client has what it wanted
            } catch (IOException closed) {
                return;
            }
        }
    }

    private Buffer answer(Buffer request) {
        Buffer answer = new ByteArrayBuffer();
        switch (request.getUByte()) {
            case 11 -> {
                answer.putByte((byte) 12);
                answer.putUInt(1);
                answer.putBytes(blob);
                answer.putString("token");
            }
            case 13 -> {
                byte[] ignored = request.getBytes();
                answer.putByte((byte) 14);
                answer.putBytes(sign(request.getBytes()));
            }
            default -> answer.putByte((byte) 5);
        }
        return answer;
    }

    private byte[] sign(byte[] data) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            Buffer statement = new ByteArrayBuffer();
            statement.putRawBytes(sha256.digest(APPLICATION.getBytes(StandardCharsets.US_ASCII)));
            statement.putByte((byte) flags);
            statement.putUInt(7);
            statement.putRawBytes(sha256.digest(data));
            Signature signer = algorithm.create();
            signer.initSigner(null, key.getPrivate());
            signer.update(null, statement.getCompactData());
            Buffer signature = new ByteArrayBuffer();
            signature.putString(type);
            signature.putBytes(signer.sign(null));
            signature.putByte((byte) flags);
            signature.putUInt(7);
            return signature.getCompactData();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
