package io.intake.config;

import io.intake.config.OAuth.Proof;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads an engine of type {@code redox}. */
final class RedoxTargetReader implements TargetReader {
    private static final URI URL = URI.create("https://api.redoxengine.com");
    private static final URI UPLOADS = URI.create("https://blob.redoxengine.com/upload");
    private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z0-9 ]{0,99}");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,100}");

    @Override
    public Set<String> keys() {
        return Set.of(
                "url",
                "upload-url",
                "client-id",
                "key",
                "key-id",
                "data-model",
                "event-type",
                "source",
                "destination",
                "test");
    }

    @Override
    public Target read(Fields fields, Problems problems) {
        URI url = fields.optional("url", RedoxTargetReader::base).orElse(URL);
        Reader<String> word = Scalars.text(WORD, "a word such as PatientAdmin");
        if (fields.node("data-model").isPresent() != fields.node("event-type").isPresent()) {
            fields.node("data-model")
                    .or(() -> fields.node("event-type"))
                    .ifPresent(node ->
                            problems.add(node, "'data-model' and 'event-type' are given together or not at all"));
        }
        return new RedoxTarget(
                url,
                fields.optional("upload-url", HttpAccessReader::secureAddress).orElse(UPLOADS),
                new HttpAccess(null, oauth(url, fields), null, Map.of()),
                fields.optional("data-model", word).orElse(null),
                fields.optional("event-type", word).orElse(null),
                fields.optional("source", id()).orElse(null),
                fields.required("destination", RedoxTargetReader::destinations).orElse(List.of()),
                fields.optional("test", Scalars::bool).orElse(false));
    }

    private static OAuth oauth(URI url, Fields fields) {
        return new OAuth(
                under(url, "/v2/auth/token"),
                fields.required("client-id", id()).orElse(""),
                Proof.RS384,
                fields.required("key", HttpAccessReader.reference()).orElse(""),
                fields.required("key-id", HttpAccessReader.line()).orElse(""),
                null,
                null);
    }

    private static URI under(URI base, String path) {
        String text = base.toString();
        return URI.create((text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + path);
    }

    private static Reader<String> id() {
        return Scalars.text(ID, "an id of letters, digits and hyphens");
    }

    private static Optional<List<String>> destinations(Node node, String key, Problems problems) {
        return node instanceof SequenceNode
                ? Lists.notEmpty(id()).read(node, key, problems)
                : id().read(node, key, problems).map(List::of);
    }

    private static Optional<URI> base(Node node, String key, Problems problems) {
        return HttpAccessReader.secureAddress(node, key, problems).filter(uri -> {
            if (uri.getRawQuery() != null) {
                problems.add(node, "'" + key + "' must be the interface's base, without a query");
            }
            return uri.getRawQuery() == null;
        });
    }
}
