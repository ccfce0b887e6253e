package io.intake.processors.stitch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import io.intake.config.Format;
import io.intake.processors.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A value that comes out other than it went in is a wrong dose. */
class SampleFilesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "comma-in-quotes",
                "empty-values",
                "escaped-quotes-crlf",
                "newlines-in-quotes",
                "classic-mac-line-ends",
                "json-value",
                "byte-order-mark-utf8",
                "header-only",
                "trailing-delimiter",
                "blank-header-names",
                "blank-lines",
                "one-column",
                "dos-end-mark",
                "quotes-inside-values"
            })
    void aSampleComesOutAsTheJsonBesideIt(String name) throws IOException {
        List<LinkedHashMap<String, String>> expected =
                Json.mapper().readValue(resource(name + ".json"), new TypeReference<>() {});

        List<Map<String, String>> rows = Rows.read(resource(name + ".csv"), Format.DEFAULT);

        assertThat(rows).isEqualTo(expected);
        assertThat(rows.stream().map(row -> List.copyOf(row.keySet())).distinct())
                .hasSizeLessThanOrEqualTo(1);
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = SampleFilesTest.class.getResourceAsStream("/csv/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }
}
