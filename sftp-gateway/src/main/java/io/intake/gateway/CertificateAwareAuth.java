package io.intake.gateway;

import io.intake.gateway.sftp.SessionState;
import java.io.IOException;
import java.security.PublicKey;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKey;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.session.ServerSession;

/**
 * MINA's public key method, which refuses what cannot be a certificate before MINA parses it, and leaves critical options to
 * {@link UserCertificates}: MINA would compare {@code source-address} with a load balancer's address. Used by one session.
 */
final class CertificateAwareAuth extends UserAuthPublicKey {
    /** Of clients. Host keys have a list of their own, without certificates. */
    private static final List<NamedFactory<Signature>> SIGNATURES = List.of(
            BuiltinSignatures.ed25519,
            BuiltinSignatures.ed25519_cert,
            BuiltinSignatures.sk_ssh_ed25519,
            BuiltinSignatures.nistp256,
            BuiltinSignatures.nistp256_cert,
            BuiltinSignatures.nistp384,
            BuiltinSignatures.nistp384_cert,
            BuiltinSignatures.nistp521,
            BuiltinSignatures.nistp521_cert,
            BuiltinSignatures.sk_ecdsa_sha2_nistp256,
            BuiltinSignatures.rsaSHA512,
            BuiltinSignatures.rsaSHA512_cert,
            BuiltinSignatures.rsaSHA256,
            BuiltinSignatures.rsaSHA256_cert);

    /** Keys, and certificates as such, with which a session's client has signed: MINA keeps a certificate's key only. */
    private static final AttributeKey<List<PublicKey>> SIGNED = new AttributeKey<>();

    private final InstantSource clock;

    private CertificateAwareAuth(InstantSource clock) {
        super(new ArrayList<>(SIGNATURES));
        this.clock = clock;
    }

    static UserAuthPublicKeyFactory factory(InstantSource clock) {
        return new UserAuthPublicKeyFactory(SIGNATURES) {
            @Override
            public UserAuthPublicKey createUserAuth(ServerSession session) {
                return new CertificateAwareAuth(clock);
            }
        };
    }

    @Override
    public Boolean doAuth(Buffer buffer, boolean init) throws Exception {
        int start = buffer.rpos();
        boolean signed = buffer.getBoolean();
        String algorithm = buffer.getString();
        byte[] blob = buffer.getBytes();
        buffer.rpos(start);
        Optional<String> refusal = UserCertificates.isCertificate(blob) ? unusable(blob) : Optional.empty();
        if (refusal.isEmpty()) {
            return super.doAuth(buffer, init);
        }
        SessionState state = getServerSession().getAttribute(SessionState.KEY);
        if (state != null) {
            state.triedKey();
            state.refused(refusal.get());
        }
        return Boolean.FALSE;
    }

    /** What MINA would refuse without telling the authenticator, but not without logging a stranger's words. */
    private Optional<String> unusable(byte[] blob) {
        try {
            return UserCertificates.isPlausible(blob)
                            && new ByteArrayBuffer(blob).getRawPublicKey() instanceof OpenSshCertificate certificate
                    ? UserCertificates.unusable(certificate, clock.instant())
                    : Optional.of("certificate-type");
        } catch (IOException | RuntimeException e) {
            return Optional.of("certificate-type");
        }
    }

    /** The authenticator does, and keeps the reason. */
    @Override
    protected void verifyCertificateSignature(ServerSession session, OpenSshCertificate certificate) {
        // MINA's own check would log what a stranger wrote into the certificate
    }

    /** The authenticator does, with the client's own address. */
    @Override
    protected void verifyCriticalOptions(ServerSession session, OpenSshCertificate certificate) {
        // see above
    }

    @Override
    protected boolean verifySignature(
            ServerSession session,
            String user,
            String algorithm,
            PublicKey key,
            Buffer buffer,
            Signature verifier,
            byte[] signature)
            throws Exception {
        boolean right = super.verifySignature(session, user, algorithm, key, buffer, verifier, signature);
        if (right) {
            session.computeAttributeIfAbsent(SIGNED, _ -> new CopyOnWriteArrayList<>())
                    .add(key);
        }
        return right;
    }

    /** What a session's client has proved to have; certificates are {@link OpenSshCertificate}s. */
    static List<PublicKey> signed(Session session) {
        List<PublicKey> signed = session.getAttribute(SIGNED);
        return signed == null ? List.of() : List.copyOf(signed);
    }
}
