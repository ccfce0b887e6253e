package io.intake.config;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code cert-authority}. Without {@code principals} they stay empty: the partner's id is not known here. */
final class CertAuthorityReader {
    private static final Set<String> KNOWN = Set.of("keys", "principals", "revoked-serials", "revoked-keys");
    private static final Pattern PRINCIPAL = Pattern.compile("[^\\s,\\p{Cntrl}]{1,256}");
    private static final Pattern SERIAL = Pattern.compile("[0-9]{1,20}");
    private static final Pattern FINGERPRINT = Pattern.compile("SHA256:[A-Za-z0-9+/]{43}");

    private CertAuthorityReader() {}

    static Optional<CertAuthority> read(Node node, String key, Problems problems) {
        Reader<String> principal = Scalars.text(PRINCIPAL, "a name without blanks and commas");
        Reader<String> fingerprint =
                Scalars.text(FINGERPRINT, "a fingerprint such as ssh-keygen -l prints, SHA256:...");
        return Fields.of(node, "'cert-authority'", KNOWN, problems)
                .map(fields -> new CertAuthority(
                        fields.required("keys", Lists.notEmpty(PublicKeyLine.distinct()))
                                .orElse(List.of()),
                        set(fields.optional("principals", Lists.notEmpty(principal))),
                        set(fields.optional("revoked-serials", Lists.of(CertAuthorityReader::serial))),
                        set(fields.optional("revoked-keys", Lists.of(fingerprint)))));
    }

    private static <T> Set<T> set(Optional<List<T>> values) {
        return new LinkedHashSet<>(values.orElse(List.of()));
    }

    private static Optional<Long> serial(Node node, String key, Problems problems) {
        Optional<Long> serial = Scalars.plain(node)
                .filter(text -> SERIAL.matcher(text).matches())
                .flatMap(CertAuthorityReader::unsigned);
        if (serial.isEmpty()) {
            problems.add(node, "'" + key + "' must hold whole numbers from 0 to 18446744073709551615");
        }
        return serial;
    }

    private static Optional<Long> unsigned(String text) {
        try {
            return Optional.of(Long.parseUnsignedLong(text));
        } catch (NumberFormatException tooLarge) {
            return Optional.empty();
        }
    }
}
