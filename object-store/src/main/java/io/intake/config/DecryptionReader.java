package io.intake.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads a feed's {@code decrypt}. */
final class DecryptionReader {
    /** The name of a secret; the secret itself has no place in a document that jobs keep a copy of. */
    private static final Pattern REFERENCE = Pattern.compile("secret:[A-Za-z0-9/_+=.@-]{1,512}");

    /** A public key may stand in the document, which is reviewed, as well as anywhere. */
    private static final Pattern SIGNER =
            Pattern.compile("(?s)\\s*-----BEGIN PGP PUBLIC KEY BLOCK-----.*|" + REFERENCE.pattern());

    private DecryptionReader() {}

    static Optional<Decryption> read(Node node, String key, Problems problems) {
        return Fields.of(node, "'decrypt'", Set.of("zip-password", "pgp"), problems)
                .map(fields -> {
                    Optional<List<String>> passwords = fields.optional("zip-password", DecryptionReader::references);
                    Optional<PgpDecryption> pgp = fields.optional("pgp", DecryptionReader::pgp);
                    return new Decryption(passwords.orElse(List.of()), pgp.orElse(null));
                });
    }

    private static Optional<PgpDecryption> pgp(Node node, String name, Problems problems) {
        return Fields.of(node, "'pgp'", Set.of("key", "passphrase", "signature", "signers"), problems)
                .map(fields -> {
                    List<String> signers = fields.optional("signers", DecryptionReader::signers)
                            .orElse(List.of());
                    SignaturePolicy policy = fields.optional("signature", DecryptionReader::policy)
                            .orElse(signers.isEmpty() ? SignaturePolicy.NONE : SignaturePolicy.REQUIRED);
                    if (policy != SignaturePolicy.NONE && signers.isEmpty()) {
                        problems.add(node, "'signers' is missing: without them no signature can be verified");
                    }
                    return new PgpDecryption(
                            fields.required("key", DecryptionReader::references).orElse(List.of()),
                            fields.optional("passphrase", DecryptionReader::references)
                                    .orElse(List.of()),
                            policy,
                            signers);
                });
    }

    private static Optional<SignaturePolicy> policy(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).flatMap(text -> {
            Optional<SignaturePolicy> policy = Stream.of(SignaturePolicy.values())
                    .filter(each -> each.id().equals(text))
                    .findFirst();
            if (policy.isEmpty()) {
                problems.add(node, "'" + key + "' must be none, if-present or required");
            }
            return policy;
        });
    }

    private static Optional<List<String>> signers(Node node, String key, Problems problems) {
        return Lists.notEmpty(Scalars.text(SIGNER, "a list of public key blocks, or of secret:NAME"))
                .read(node, key, problems);
    }

    /** One reference, or a list of those to be tried one after another. */
    private static Optional<List<String>> references(Node node, String key, Problems problems) {
        Reader<String> reference = Scalars.text(REFERENCE, "secret:NAME, the name of a secret");
        return node instanceof SequenceNode
                ? Lists.notEmpty(Lists.distinct(reference, "this secret", name -> name))
                        .read(node, key, problems)
                : reference.read(node, key, problems).map(List::of);
    }
}
