package io.intake.config;

import io.intake.config.HttpBody.Form;
import io.intake.config.HttpBody.Method;
import java.util.HashSet;
import java.util.Set;

/** Reads an engine of type {@code http}. */
final class HttpTargetReader implements TargetReader {
    @Override
    public Set<String> keys() {
        Set<String> keys = new HashSet<>(HttpAccessReader.KEYS);
        keys.addAll(Set.of("url", "method", "format", "content-type", "gzip", "max-body", "answer"));
        return keys;
    }

    @Override
    public Target read(Fields fields, Problems problems) {
        return new HttpTarget(
                fields.required("url", Scalars::httpAddress).orElse(HttpAccessReader.NO_ADDRESS),
                HttpAccessReader.read(fields, problems),
                new HttpBody(
                        fields.optional("method", Words.of(Method.class)).orElse(Method.POST),
                        fields.optional("format", Words.of(Form.class)).orElse(Form.JSON),
                        fields.optional(
                                        "content-type",
                                        Scalars.text(FileDeliveryReader.CONTENT_TYPE, "a media type such as text/csv"))
                                .orElse(null),
                        fields.optional("gzip", Scalars::bool).orElse(false),
                        maxBody(fields, problems),
                        fields.optional("answer", Regexes::regex)
                                .map(java.util.regex.Pattern::pattern)
                                .orElse(null)));
    }

    /** {@code max-body}. */
    static long maxBody(Fields fields, Problems problems) {
        long bytes = fields.optional("max-body", Scalars::size).orElse(HttpBody.MOST);
        if (bytes > HttpBody.MOST) {
            fields.node("max-body").ifPresent(node -> problems.add(node, "'max-body' must be at most 64 MiB"));
        }
        return bytes;
    }
}
