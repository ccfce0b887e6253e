package io.intake.config;

import io.intake.config.OAuth.Proof;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads how we say who we are to an engine that is reached by HTTP. */
final class HttpAccessReader {
    /** Its keys. */
    static final Set<String> KEYS = Set.of("authorization", "oauth", "tls", "headers");

    static final URI NO_ADDRESS = URI.create("http://invalid/");

    private static final int MOST_HEADERS = 50;

    /** RFC 9110, 5.6.2. */
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");

    /** What we say ourselves, and what the connection says (RFC 9110, 7.6.1). */
    private static final Set<String> OURS = Set.of(
            "authorization",
            "connection",
            "content-disposition",
            "content-encoding",
            "content-length",
            "content-type",
            "expect",
            "host",
            "idempotency-key",
            "intake-batch",
            "intake-feed",
            "intake-job",
            "intake-partner",
            "intake-records",
            "transfer-encoding",
            "upgrade");

    private static final Pattern REFERENCE = Pattern.compile("secret:[A-Za-z0-9/_+=.@-]{1,512}");

    /** What a form or an assertion may hold without a line break in it. */
    private static final Pattern TEXT = Pattern.compile("[\\x20-\\x7e]{1,2000}");

    private HttpAccessReader() {}

    /** Of an engine's own keys. */
    static HttpAccess read(Fields fields, Problems problems) {
        Optional<OAuth> oauth = fields.optional("oauth", HttpAccessReader::oauth);
        if (oauth.isPresent()) {
            fields.node("authorization")
                    .ifPresent(node -> problems.add(node, "'authorization' and 'oauth' cannot both be given"));
        }
        return new HttpAccess(
                fields.optional("authorization", EngineReader.secret()).orElse(null),
                oauth.orElse(null),
                fields.optional("tls", HttpAccessReader::tls).orElse(null),
                fields.optional("headers", HttpAccessReader::headers).orElse(Map.of()));
    }

    /** The name of a secret: what it holds fits in no line of YAML, and belongs in none. */
    static Reader<String> reference() {
        return Scalars.text(REFERENCE, "secret:NAME, the name of a secret");
    }

    /** A text of one line. */
    static Reader<String> line() {
        return Scalars.text(TEXT, "one line of printable ASCII, at most 2,000 characters");
    }

    /** An address that what we send may only go to encrypted, but on this machine. */
    static Optional<URI> secureAddress(Node node, String key, Problems problems) {
        return Scalars.httpAddress(node, key, problems).filter(uri -> {
            boolean secure = "https".equals(uri.getScheme()) || Loopback.is(uri.getHost());
            if (!secure) {
                problems.add(node, "'" + key + "' must begin with https://: what is sent there is a secret");
            }
            return secure;
        });
    }

    private static Optional<ClientTls> tls(Node node, String key, Problems problems) {
        return Fields.of(node, "'tls'", Set.of("ca", "certificate", "key"), problems)
                .map(fields -> {
                    if (fields.node("certificate").isPresent()
                            != fields.node("key").isPresent()) {
                        problems.add(node, "'certificate' and 'key' are given together or not at all");
                    }
                    return new ClientTls(
                            fields.optional("ca", reference()).orElse(null),
                            fields.optional("certificate", reference()).orElse(null),
                            fields.optional("key", reference()).orElse(null));
                });
    }

    private static Optional<Map<String, String>> headers(Node node, String key, Problems problems) {
        return Fields.entries(node, "'headers'", problems).map(entries -> {
            Map<String, String> headers = new LinkedHashMap<>();
            Set<String> seen = new TreeSet<>();
            entries.forEach((name, entry) -> {
                String lower = name.toLowerCase(Locale.ROOT);
                if (!HEADER.matcher(name).matches()) {
                    problems.add(entry.getKeyNode(), "a header's name must be 1 to 100 letters, digits and hyphens");
                } else if (OURS.contains(lower)) {
                    problems.add(entry.getKeyNode(), "the header '" + lower + "' is set by other keys or by us");
                } else if (!seen.add(lower)) {
                    problems.add(entry.getKeyNode(), "a header is given twice");
                }
                EngineReader.secret()
                        .read(entry.getValueNode(), "headers", problems)
                        .ifPresent(value -> headers.put(name, value));
            });
            if (entries.size() > MOST_HEADERS) {
                problems.add(node, "'headers' must have at most 50 entries");
            }
            return headers;
        });
    }

    private static Optional<OAuth> oauth(Node node, String key, Problems problems) {
        Set<String> known = Set.of(
                "token-url",
                "client-id",
                "client-secret",
                "client-auth",
                "private-key",
                "key-id",
                "algorithm",
                "scope",
                "audience");
        return Fields.of(node, "'oauth'", known, problems).map(fields -> {
            boolean signed = fields.node("private-key").isPresent();
            if (signed == fields.node("client-secret").isPresent()) {
                problems.add(node, "'oauth' needs either 'client-secret' or 'private-key'");
            }
            without(fields, problems, signed, signed ? "client-auth" : "key-id", "algorithm", "audience");
            return new OAuth(
                    fields.required("token-url", HttpAccessReader::secureAddress)
                            .orElse(NO_ADDRESS),
                    fields.required("client-id", line()).orElse(""),
                    signed
                            ? fields.optional("algorithm", HttpAccessReader::algorithm)
                                    .orElse(Proof.RS384)
                            : fields.optional("client-auth", HttpAccessReader::clientAuth)
                                    .orElse(Proof.BASIC),
                    fields.optional(signed ? "private-key" : "client-secret", reference())
                            .orElse(""),
                    fields.optional("key-id", line()).orElse(null),
                    fields.optional("scope", line()).orElse(null),
                    fields.optional("audience", line()).orElse(null));
        });
    }

    private static void without(Fields fields, Problems problems, boolean signed, String... keys) {
        if (signed) {
            fields.node(keys[0])
                    .ifPresent(given -> problems.add(given, "'" + keys[0] + "' is for 'client-secret' only"));
            return;
        }
        for (String key : keys) {
            fields.node(key).ifPresent(given -> problems.add(given, "'" + key + "' is for 'private-key' only"));
        }
    }

    private static Optional<Proof> algorithm(Node node, String key, Problems problems) {
        return proof(node, key, problems, Set.of("RS256", "RS384", "ES256", "ES384"));
    }

    private static Optional<Proof> clientAuth(Node node, String key, Problems problems) {
        return proof(node, key, problems, Set.of("basic", "post"));
    }

    private static Optional<Proof> proof(Node node, String key, Problems problems, Set<String> words) {
        Optional<String> word = Scalars.plain(node).filter(words::contains);
        if (word.isEmpty()) {
            problems.add(node, "'" + key + "' must be one of " + String.join(", ", new TreeSet<>(words)));
        }
        return word.map(text -> Proof.valueOf(text.toUpperCase(Locale.ROOT)));
    }
}
