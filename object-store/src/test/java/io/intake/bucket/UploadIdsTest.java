package io.intake.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Two corrections within a second, delivered in the wrong order, leave the older one in the chart. */
class UploadIdsTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.123456789Z");

    @Test
    void laterIdsHaveLaterTimes() {
        String before = UploadIds.time(UploadIds.of(NOW, UUID.randomUUID()));
        for (long nanos : new long[] {1_000, 1_000_000, 1_000_000_000, 86_400_000_000_000L}) {
            assertThat(UploadIds.time(UploadIds.of(NOW.plusNanos(nanos), UUID.randomUUID())))
                    .as("%d ns later", nanos)
                    .isGreaterThan(before)
                    .hasSize(16);
        }
    }

    @Test
    void idsOfTheSameTimeAreNotTheSame() {
        assertThat(UploadIds.of(NOW, UUID.randomUUID())).isNotEqualTo(UploadIds.of(NOW, UUID.randomUUID()));
        assertThat(UUID.fromString(UploadIds.of(NOW, UUID.randomUUID())).variant())
                .isEqualTo(2);
    }

    @Test
    void otherIdsHaveNoTime() {
        for (String other : new String[] {"", "u-1", UUID.randomUUID().toString(), "x".repeat(36)}) {
            assertThat(UploadIds.time(other)).isEqualTo("0000000000000000");
        }
        assertThat(UploadIds.time(null)).isEqualTo("0000000000000000");
    }
}
