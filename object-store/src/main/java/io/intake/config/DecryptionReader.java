package io.intake.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads a feed's {@code decrypt}. */
final class DecryptionReader {
    /** The name of a secret; the secret itself has no place in a document that jobs keep a copy of. */
    private static final Pattern REFERENCE = Pattern.compile("secret:[A-Za-z0-9/_+=.@-]{1,512}");

    private DecryptionReader() {}

    static Optional<Decryption> read(Node node, String key, Problems problems) {
        return Fields.of(node, "'decrypt'", Set.of("zip-password"), Set.of("pgp"), problems)
                .map(fields -> new Decryption(fields.required("zip-password", DecryptionReader::references)
                        .orElse(List.of())));
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
