package io.intake.processors.unzip;

import io.intake.config.ArchiveLimits;
import io.intake.config.Decryption;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.config.PgpDecryption;
import io.intake.config.SignaturePolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.bouncycastle.bcpg.AEADAlgorithmTags;
import org.bouncycastle.bcpg.ArmoredOutputStream;
import org.bouncycastle.bcpg.CompressionAlgorithmTags;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.crypto.generators.RSAKeyPairGenerator;
import org.bouncycastle.crypto.params.RSAKeyGenerationParameters;
import org.bouncycastle.openpgp.PGPCompressedDataGenerator;
import org.bouncycastle.openpgp.PGPEncryptedDataGenerator;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPKeyRingGenerator;
import org.bouncycastle.openpgp.PGPLiteralData;
import org.bouncycastle.openpgp.PGPLiteralDataGenerator;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.operator.PBESecretKeyEncryptor;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDataEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;
import org.bouncycastle.openpgp.operator.bc.BcPublicKeyKeyEncryptionMethodGenerator;
import org.jspecify.annotations.Nullable;

/** OpenPGP keys and messages for tests. */
public final class PgpSamples {
    /** Long before any signature. */
    private static final Date MADE = Date.from(Instant.ofEpochSecond(1_600_000_000));

    static final String PASSPHRASE = "a passphrase";
    public static final Person OURS = Person.create("");
    static final Person OURS_LOCKED = Person.create(PASSPHRASE);
    static final Person PARTNER = Person.create("");
    static final Person STRANGER = Person.create("");

    /** What the feed's references name. */
    static final UnaryOperator<String> SECRETS = reference -> Objects.requireNonNull(Map.of(
                    "secret:ours", OURS.secretKey(),
                    "secret:locked", OURS_LOCKED.secretKey(),
                    "secret:passphrase", PASSPHRASE,
                    "secret:old", STRANGER.secretKey(),
                    "secret:partner", PARTNER.publicKey())
            .get(reference));

    private PgpSamples() {}

    /** Somebody with a key. */
    public record Person(PGPKeyPair pair, String publicKey, String secretKey) {
        static Person create(String passphrase) {
            try {
                RSAKeyPairGenerator generator = new RSAKeyPairGenerator();
                generator.init(
                        new RSAKeyGenerationParameters(BigInteger.valueOf(65_537), new SecureRandom(), 2_048, 80));
                PGPKeyPair pair =
                        new BcPGPKeyPair(4, PublicKeyAlgorithmTags.RSA_GENERAL, generator.generateKeyPair(), MADE);
                PBESecretKeyEncryptor lock = passphrase.isEmpty()
                        ? null
                        : new BcPBESecretKeyEncryptorBuilder(SymmetricKeyAlgorithmTags.AES_128)
                                .build(passphrase.toCharArray());
                PGPKeyRingGenerator ring = new PGPKeyRingGenerator(
                        PGPSignature.POSITIVE_CERTIFICATION,
                        pair,
                        "somebody",
                        new BcPGPDigestCalculatorProvider().get(HashAlgorithmTags.SHA1),
                        null,
                        null,
                        new BcPGPContentSignerBuilder(PublicKeyAlgorithmTags.RSA_GENERAL, HashAlgorithmTags.SHA256),
                        lock);
                return new Person(
                        pair,
                        armoured(ring.generatePublicKeyRing().getEncoded()),
                        armoured(ring.generateSecretKeyRing().getEncoded()));
            } catch (PGPException e) {
                throw new IllegalStateException(e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static String armoured(byte[] bytes) {
        return new String(Streams.packed(bytes, ArmoredOutputStream::new), StandardCharsets.US_ASCII);
    }

    static Feed feed(SignaturePolicy policy, List<String> keys, List<String> signers) {
        PgpDecryption pgp = new PgpDecryption(keys, List.of("secret:passphrase"), policy, signers);
        return new Feed("daily", ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "engine", 500, Set.of())
                .with(new Decryption(List.of(), pgp));
    }

    static Feed feed() {
        return feed(SignaturePolicy.NONE, List.of("secret:ours"), List.of());
    }

    /** How a message is protected. */
    enum Protection {
        NONE,
        MDC,
        AEAD
    }

    /** A message of the usual kind. */
    public static byte[] message(byte[] content, Person to) {
        return message(content, to, null, Protection.MDC, HashAlgorithmTags.SHA256);
    }

    static byte[] message(byte[] content, Person to, @Nullable Person from, Protection protection, int hash) {
        BcPGPDataEncryptorBuilder encryptor = new BcPGPDataEncryptorBuilder(SymmetricKeyAlgorithmTags.AES_256);
        encryptor.setWithIntegrityPacket(protection == Protection.MDC);
        if (protection == Protection.AEAD) {
            encryptor.setUseV5AEAD();
            encryptor.setWithAEAD(AEADAlgorithmTags.OCB, 6);
        }
        PGPEncryptedDataGenerator encryption = new PGPEncryptedDataGenerator(encryptor);
        encryption.addMethod(
                new BcPublicKeyKeyEncryptionMethodGenerator(to.pair().getPublicKey()));
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        try (OutputStream encrypted = encryption.open(target, new byte[1 << 12]);
                OutputStream compressed =
                        new PGPCompressedDataGenerator(CompressionAlgorithmTags.ZIP).open(encrypted)) {
            write(content, from, hash, compressed);
        } catch (PGPException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return target.toByteArray();
    }

    private static void write(byte[] content, @Nullable Person from, int hash, OutputStream target)
            throws IOException, PGPException {
        PGPSignatureGenerator signature = null;
        if (from != null) {
            signature = new PGPSignatureGenerator(
                    new BcPGPContentSignerBuilder(PublicKeyAlgorithmTags.RSA_GENERAL, hash),
                    from.pair().getPublicKey());
            signature.init(PGPSignature.BINARY_DOCUMENT, from.pair().getPrivateKey());
            signature.generateOnePassVersion(false).encode(target);
        }
        try (OutputStream literal = new PGPLiteralDataGenerator()
                .open(target, PGPLiteralData.BINARY, "smith-john.csv", content.length, MADE)) {
            literal.write(content);
        }
        if (signature != null) {
            signature.update(content);
            signature.generate().encode(target);
        }
    }
}
