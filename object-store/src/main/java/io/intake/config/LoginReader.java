package io.intake.config;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code login}. */
final class LoginReader {
    private static final Set<String> KNOWN =
            Set.of("public-keys", "cert-authority", "password-hash", "allow-from", "expires", "disabled", "algorithms");
    private static final Set<String> PROOFS = Set.of("public-keys", "cert-authority", "password-hash");
    private static final Pattern ALGORITHMS = Pattern.compile("modern|older");
    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

    private LoginReader() {}

    static Optional<Login> read(Node node, String key, Problems problems) {
        Reader<Network> network = Lists.distinct(LoginReader::network, "this network", each -> each);
        return Fields.of(node, "'login'", KNOWN, problems).map(fields -> {
            if (PROOFS.stream().allMatch(proof -> fields.node(proof).isEmpty())) {
                problems.add(
                        node,
                        "'public-keys', 'cert-authority' or 'password-hash' is missing; a password beside one of the"
                                + " others means both are asked for");
            }
            boolean older =
                    fields.optional("algorithms", LoginReader::algorithms).orElse(false);
            if (older && fields.node("allow-from").isEmpty()) {
                problems.add(node, "'algorithms: older' needs 'allow-from': older algorithms are offered only there");
            }
            return new Login(
                    fields.optional("public-keys", Lists.notEmpty(PublicKeyLine.distinct()))
                            .orElse(List.of()),
                    fields.optional("cert-authority", CertAuthorityReader::read).orElse(null),
                    fields.optional("password-hash", LoginReader::passwordHash).orElse(null),
                    fields.optional("allow-from", Lists.notEmpty(network)).orElse(List.of()),
                    fields.optional("expires", LoginReader::date).orElse(null),
                    fields.optional("disabled", Scalars::bool).orElse(false),
                    older);
        });
    }

    private static Optional<Boolean> algorithms(Node node, String key, Problems problems) {
        return Scalars.text(ALGORITHMS, "modern or older")
                .read(node, key, problems)
                .map("older"::equals);
    }

    private static Optional<PasswordHash> passwordHash(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).flatMap(text -> {
            Optional<PasswordHash> hash = PasswordHash.parse(text);
            if (hash.isEmpty()) {
                problems.add(
                        node,
                        "'" + key
                                + "' must be what the gateway's --hash-password prints: $argon2id$v=19$m=...,t=...,p=..."
                                + "$salt$hash, with m to 65536, t to 10, p to 4, and m times t at least 35840");
            }
            return hash;
        });
    }

    private static Optional<Network> network(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).flatMap(text -> {
            Optional<Network> network = Network.parse(text);
            if (network.isEmpty()) {
                problems.add(
                        node,
                        "'" + key
                                + "' must hold addresses or networks such as 198.51.100.0/24 or 2001:db8::/32, without"
                                + " bits behind the prefix");
            }
            return network;
        });
    }

    private static Optional<LocalDate> date(Node node, String key, Problems problems) {
        Optional<LocalDate> date =
                Scalars.plain(node).filter(text -> DATE.matcher(text).matches()).flatMap(LoginReader::date);
        if (date.isEmpty()) {
            problems.add(node, "'" + key + "' must be a date such as 2027-01-31");
        }
        return date;
    }

    private static Optional<LocalDate> date(String text) {
        try {
            return Optional.of(LocalDate.parse(text));
        } catch (DateTimeParseException noSuchDay) {
            return Optional.empty();
        }
    }
}
