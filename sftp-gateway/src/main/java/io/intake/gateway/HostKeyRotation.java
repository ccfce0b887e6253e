package io.intake.gateway;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.helpers.AbstractConnectionServiceRequestHandler;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * Tells clients all host keys and proves that we have them, so that they know tomorrow's key today (OpenSSH's PROTOCOL file,
 * section 2.5). MINA's own handler signs for keys that are not ours. Thread-safe.
 */
final class HostKeyRotation extends AbstractConnectionServiceRequestHandler {
    private static final String ANNOUNCEMENT = "hostkeys-00@openssh.com";
    private static final String PROOF = "hostkeys-prove-00@openssh.com";

    /** The only clients that make something of it. */
    private static final String OPENSSH = "SSH-2.0-OpenSSH";

    private static final AttributeKey<AtomicBoolean> ANNOUNCED = new AttributeKey<>();

    /** Ours. */
    private static final List<NamedFactory<Signature>> SIGNATURES = List.of(
            BuiltinSignatures.ed25519,
            BuiltinSignatures.nistp256,
            BuiltinSignatures.nistp384,
            BuiltinSignatures.nistp521,
            BuiltinSignatures.rsaSHA512,
            BuiltinSignatures.rsaSHA256);

    private final List<KeyPair> keys;

    /** For the server's keys, those in use and the others. */
    HostKeyRotation(List<KeyPair> keys) {
        this.keys = List.copyOf(keys);
    }

    /** Announces the keys, once in a session. Only when it has logged in. */
    void announce(Session session) throws IOException {
        if (keys.size() < 2
                || !String.valueOf(session.getClientVersion()).startsWith(OPENSSH)
                || session.computeAttributeIfAbsent(ANNOUNCED, _ -> new AtomicBoolean())
                        .getAndSet(true)) {
            return;
        }
        Buffer announcement = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
        announcement.putString(ANNOUNCEMENT);
        announcement.putBoolean(false);
        keys.forEach(key -> announcement.putPublicKey(key.getPublic()));
        session.writePacket(announcement);
    }

    @Override
    public Result process(ConnectionService connection, String request, boolean wantReply, Buffer buffer)
            throws Exception {
        if (!PROOF.equals(request)) {
            return super.process(connection, request, wantReply, buffer);
        }
        Session session = connection.getSession();
        List<KeyPair> asked = new ArrayList<>();
        while (buffer.available() > 0 && asked.size() <= keys.size()) {
            PublicKey wanted = new ByteArrayBuffer(buffer.getBytes()).getRawPublicKey();
            keys.stream()
                    .filter(key -> KeyUtils.compareKeys(key.getPublic(), wanted))
                    .findFirst()
                    .ifPresent(asked::add);
        }
        // a key that is not ours, or one twice: as OpenSSH's server, no proof at all
        if (!wantReply
                || asked.isEmpty()
                || buffer.available() > 0
                || asked.stream().distinct().count() < asked.size()) {
            return Result.ReplyFailure;
        }
        Buffer reply = session.createBuffer(SshConstants.SSH_MSG_REQUEST_SUCCESS);
        for (KeyPair key : asked) {
            reply.putBytes(proof(session, key));
        }
        session.writePacket(reply);
        return Result.Replied;
    }

    private static byte[] proof(Session session, KeyPair key) throws Exception {
        String algorithm = algorithm(session, KeyUtils.getKeyType(key));
        Signature signer = NamedFactory.create(SIGNATURES, algorithm);
        if (signer == null) {
            throw new GeneralSecurityException("host keys are of types that can sign");
        }
        Buffer statement = new ByteArrayBuffer();
        statement.putString(PROOF);
        statement.putBytes(session.getSessionId());
        statement.putPublicKey(key.getPublic());
        signer.initSigner(session, key.getPrivate());
        signer.update(session, statement.getCompactData());
        Buffer signature = new ByteArrayBuffer();
        signature.putString(algorithm);
        signature.putBytes(signer.sign(session));
        return signature.getCompactData();
    }

    /** RSA has two: OpenSSH's client wants the one that the session was opened with, if it was opened with RSA. */
    private static String algorithm(Session session, String keyType) {
        if (!keyType.equals("ssh-rsa")) {
            return keyType;
        }
        String negotiated = String.valueOf(session.getNegotiatedKexParameter(KexProposalOption.SERVERKEYS));
        return negotiated.startsWith("rsa-sha2-") ? negotiated : "rsa-sha2-512";
    }
}
