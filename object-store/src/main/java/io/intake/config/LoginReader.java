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
            Set.of("public-keys", "password-hash", "allow-from", "expires", "disabled");
    private static final Set<String> UNSUPPORTED = Set.of("cert-authority");
    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

    private LoginReader() {}

    static Optional<Login> read(Node node, String key, Problems problems) {
        Reader<String> line = Lists.distinct(
                PublicKeyLine::read,
                "this public key",
                text -> List.of(text.split("[ \\t]+", 3)).subList(0, 2));
        Reader<Network> network = Lists.distinct(LoginReader::network, "this network", each -> each);
        return Fields.of(node, "'login'", KNOWN, UNSUPPORTED, problems).map(fields -> {
            if (fields.node("public-keys").isEmpty()
                    && fields.node("password-hash").isEmpty()) {
                problems.add(node, "'public-keys' or 'password-hash' is missing; both given means both are asked for");
            }
            return new Login(
                    fields.optional("public-keys", Lists.notEmpty(line)).orElse(List.of()),
                    fields.optional("password-hash", LoginReader::passwordHash).orElse(null),
                    fields.optional("allow-from", Lists.notEmpty(network)).orElse(List.of()),
                    fields.optional("expires", LoginReader::date).orElse(null),
                    fields.optional("disabled", Scalars::bool).orElse(false));
        });
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
