package io.intake.config;

import java.net.URI;
import java.util.Set;

/** Reads an engine of type {@code http}. */
final class HttpTargetReader implements TargetReader {
    private static final URI NO_ADDRESS = URI.create("http://invalid/");

    @Override
    public Set<String> keys() {
        return Set.of("url", "authorization");
    }

    @Override
    public Target read(Fields fields) {
        return new HttpTarget(
                fields.required("url", Scalars::httpAddress).orElse(NO_ADDRESS),
                fields.optional("authorization", EngineReader.secret()).orElse(null));
    }
}
