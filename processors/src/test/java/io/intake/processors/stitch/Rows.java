package io.intake.processors.stitch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import io.intake.config.Format;
import io.intake.config.Table.Column;
import io.intake.processors.Json;
import io.intake.processors.job.RefusedException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;

/** Reads whole files in tests. */
final class Rows {
    static final long MAX_RECORD = 1 << 16;

    private Rows() {}

    static List<Map<String, String>> read(byte[] file, Format format) {
        return parse(ndjson(file, format, List.of(), List.of()));
    }

    static List<Map<String, String>> read(String file, Format format) {
        return read(file.getBytes(StandardCharsets.UTF_8), format);
    }

    static byte[] ndjson(byte[] file, Format format, List<Column> declared, List<String> known) {
        NdjsonBuffer buffer = new NdjsonBuffer();
        try (EntryReader reader = new EntryReader(
                new ByteArrayInputStream(file), 3, format, new HeaderMatcher(declared), known, MAX_RECORD)) {
            while (reader.next()) {
                reader.write(buffer);
            }
        }
        return buffer.toByteArray();
    }

    /** The refusal's code and sentence. */
    static String refusal(String file, Format format) {
        return refusal(file.getBytes(StandardCharsets.UTF_8), format);
    }

    static String refusal(byte[] file, Format format) {
        RefusedException refused = Assertions.catchThrowableOfType(RefusedException.class, () -> read(file, format));
        Assertions.assertThat(refused).as("refusal").isNotNull();
        return refused.failure().code() + ": " + refused.failure().sentence();
    }

    static List<Map<String, String>> parse(byte[] ndjson) {
        return new String(ndjson, StandardCharsets.UTF_8)
                .lines()
                .map(Rows::parse)
                .toList();
    }

    private static Map<String, String> parse(String line) {
        try {
            return Json.mapper().readValue(line, new TypeReference<LinkedHashMap<String, String>>() {});
        } catch (JsonProcessingException e) {
            throw new AssertionError("no JSON: " + line, e);
        }
    }
}
