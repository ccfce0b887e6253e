package io.intake.config;

import java.net.URI;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads an engine of type {@code fhir}. */
final class FhirTargetReader implements TargetReader {
    private static final URI SYSTEM = URI.create("urn:intake:record");

    @Override
    public Set<String> keys() {
        Set<String> keys = new HashSet<>(HttpAccessReader.KEYS);
        keys.addAll(Set.of("url", "identifier-system", "gzip", "max-body"));
        return keys;
    }

    @Override
    public Target read(Fields fields, Problems problems) {
        return new FhirTarget(
                fields.required("url", FhirTargetReader::base).orElse(HttpAccessReader.NO_ADDRESS),
                HttpAccessReader.read(fields, problems),
                fields.optional("identifier-system", FhirTargetReader::system).orElse(SYSTEM),
                fields.optional("gzip", Scalars::bool).orElse(false),
                HttpTargetReader.maxBody(fields, problems));
    }

    private static Optional<URI> base(Node node, String key, Problems problems) {
        return Scalars.httpAddress(node, key, problems).filter(uri -> {
            if (uri.getRawQuery() != null) {
                problems.add(node, "'" + key + "' must be the server's base, without a query");
            }
            return uri.getRawQuery() == null;
        });
    }

    /** Absolute, and without what would mean something in a search (FHIR R4, 3.1.1.3: token). */
    private static Optional<URI> system(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).flatMap(text -> {
            boolean good = text.matches("[a-z][a-z0-9+.-]*:[A-Za-z0-9/:._~-]{1,500}");
            if (!good) {
                problems.add(node, "'" + key + "' must be an absolute URI such as urn:example:record");
            }
            return good ? Optional.of(URI.create(text)) : Optional.empty();
        });
    }
}
