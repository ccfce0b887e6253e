package io.intake.processors.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.store.ObjectInfo;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Two ids for one upload deliver it twice; one id for two uploads loses the second. */
class JobIdTest {
    private static final Instant TIME = Instant.parse("2026-03-04T23:59:59Z");

    private static String id(
            String key, @Nullable String version, Map<String, String> metadata, String etag, Instant at) {
        return JobId.of("bucket", new ObjectInfo(key, 1, etag, version, at, null, metadata));
    }

    @Test
    void theSameUploadAlwaysHasTheSameId() {
        assertThat(id("k", "v1", Map.of(), "e", TIME)).isEqualTo(id("k", "v1", Map.of("upload-id", "x"), "e2", TIME));
        assertThat(id("k", null, Map.of("upload-id", "u"), "e", TIME))
                .isEqualTo(id("k", null, Map.of("upload-id", "u"), "e", TIME))
                .startsWith("20260304-")
                .matches("\\d{8}-[0-9a-f]{20}");
    }

    @Test
    void eachUploadOfTheSameNameOrBytesHasItsOwnId() {
        Set<String> ids = new HashSet<>();
        ids.add(id("k", "v1", Map.of(), "e", TIME));
        ids.add(id("k", "v2", Map.of(), "e", TIME));
        ids.add(id("k", null, Map.of("upload-id", "u1"), "e", TIME));
        ids.add(id("k", null, Map.of("upload-id", "u2"), "e", TIME));
        ids.add(id("k", null, Map.of(), "e", TIME));
        ids.add(id("k", null, Map.of(), "e", TIME.plusSeconds(1)));
        ids.add(id("k", null, Map.of(), "e2", TIME));
        ids.add(id("k2", null, Map.of(), "e", TIME));
        assertThat(ids).hasSize(8);
    }
}
