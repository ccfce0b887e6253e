package io.intake.processors.unzip.pgp;

import io.intake.config.SignaturePolicy;
import io.intake.processors.unzip.pgp.PgpFault.Kind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.bcpg.ArmoredInputStream;
import org.bouncycastle.openpgp.PGPCompressedData;
import org.bouncycastle.openpgp.PGPEncryptedData;
import org.bouncycastle.openpgp.PGPEncryptedDataList;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPLiteralData;
import org.bouncycastle.openpgp.PGPMarker;
import org.bouncycastle.openpgp.PGPOnePassSignatureList;
import org.bouncycastle.openpgp.PGPPublicKeyEncryptedData;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcPublicKeyDataDecryptorFactory;
import org.jspecify.annotations.Nullable;

/**
 * The content of an OpenPGP message (RFC 9580; RFC 4880). Its end is told only once the message's integrity (MDC or AEAD) and,
 * by policy, its signature have been verified: until then, what was read counts for nothing. Names and times that the message
 * gives are not looked at. Not thread-safe.
 */
public final class PgpFile extends InputStream {
    private static final int BUFFER_BYTES = 64 << 10;

    /** Packets of a kind: enough for every recipient, few enough to end. */
    private static final int MOST_PACKETS = 100;

    private final PgpKeys keys;
    private final PGPEncryptedData encrypted;
    private final InputStream decrypted;
    private final List<BcPGPObjectFactory> factories = new ArrayList<>();
    private final InputStream content;
    private final Signatures signatures;
    private boolean ended;

    /**
     * Reads up to the content.
     *
     * @param packed the message, armoured or not
     * @throws PgpFault if the message is none that was agreed
     */
    public PgpFile(InputStream packed, PgpKeys keys) throws IOException {
        this.keys = keys;
        this.signatures = new Signatures(keys);
        try {
            PGPEncryptedDataList list = encryptedData(binary(packed));
            PGPPublicKeyEncryptedData ours = null;
            InputStream opened = null;
            boolean addressed = false;
            for (PGPEncryptedData each : list) {
                if (opened == null && each instanceof PGPPublicKeyEncryptedData one) {
                    for (PGPKeyPair key : keys.decrypting(one.getKeyIdentifier().getKeyId())) {
                        addressed = true;
                        opened = opened == null ? open(one, key) : opened;
                    }
                    ours = opened == null ? ours : one;
                }
            }
            if (ours == null || opened == null) {
                throw new PgpFault(addressed ? Kind.CHANGED : Kind.WRONG_KEY);
            }
            this.encrypted = ours;
            this.decrypted = opened;
            this.content = literal(opened).getInputStream();
        } catch (PGPException damaged) {
            throw new PgpFault(Kind.CHANGED);
        }
    }

    private static @Nullable InputStream open(PGPPublicKeyEncryptedData data, PGPKeyPair key) throws PgpFault {
        if (!data.isIntegrityProtected() && !data.isAEAD()) {
            throw new PgpFault(Kind.UNPROTECTED);
        }
        try {
            return data.getDataStream(new BcPublicKeyDataDecryptorFactory(key));
        } catch (PGPException | RuntimeException notThisKey) {
            return null;
        }
    }

    private static InputStream binary(InputStream packed) throws IOException {
        InputStream buffered = new BufferedInputStream(packed, BUFFER_BYTES);
        buffered.mark(1);
        int first = buffered.read();
        buffered.reset();
        return first == '-' ? new BufferedInputStream(new ArmoredInputStream(buffered), BUFFER_BYTES) : buffered;
    }

    private static PGPEncryptedDataList encryptedData(InputStream binary) throws IOException {
        BcPGPObjectFactory factory = new BcPGPObjectFactory(binary);
        Object next = factory.nextObject();
        for (int i = 0; next instanceof PGPMarker && i < MOST_PACKETS; i++) {
            next = factory.nextObject();
        }
        if (next instanceof PGPEncryptedDataList list) {
            return list;
        }
        throw new PgpFault(next == null ? Kind.CHANGED : Kind.NOT_ENCRYPTED);
    }

    private PGPLiteralData literal(InputStream opened) throws IOException, PGPException {
        BcPGPObjectFactory factory = new BcPGPObjectFactory(opened);
        factories.add(factory);
        for (int i = 0; i < MOST_PACKETS; i++) {
            switch (factory.nextObject()) {
                case PGPCompressedData compressed -> {
                    factory = new BcPGPObjectFactory(compressed.getDataStream());
                    factories.addFirst(factory);
                }
                case PGPOnePassSignatureList announced -> signatures.announced(announced);
                case PGPSignatureList before -> signatures.before(before);
                case PGPMarker ignored -> {}
                case PGPLiteralData literal -> {
                    return literal;
                }
                case null, default -> throw new PgpFault(Kind.CHANGED);
            }
        }
        throw new PgpFault(Kind.CHANGED);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (ended || length == 0) {
            return ended ? -1 : 0;
        }
        int count = content.read(target, offset, length);
        if (count >= 0) {
            signatures.update(target, offset, count);
            return count;
        }
        verify();
        ended = true;
        return -1;
    }

    private void verify() throws IOException {
        try {
            for (BcPGPObjectFactory factory : factories) {
                for (Object next = factory.nextObject(); next != null; next = factory.nextObject()) {
                    if (next instanceof PGPSignatureList behind) {
                        signatures.behind(behind);
                    } else if (!(next instanceof PGPMarker)) {
                        throw new PgpFault(Kind.CHANGED);
                    }
                }
            }
            byte[] rest = new byte[BUFFER_BYTES];
            while (decrypted.read(rest, 0, rest.length) >= 0) {
                // to the end, where the code is
            }
            // AEAD is verified as it is read
            if (!encrypted.isAEAD() && !encrypted.verify()) {
                throw new PgpFault(Kind.CHANGED);
            }
        } catch (PGPException damaged) {
            throw new PgpFault(Kind.CHANGED);
        }
        if (keys.policy() != SignaturePolicy.NONE) {
            signatures.judge();
        }
    }

    @Override
    public void close() throws IOException {
        decrypted.close();
    }
}
