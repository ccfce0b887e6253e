package io.intake.processors.join;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Two keys taken for one put a row into a stranger's record. */
class KeyColumnsTest {

    private static @Nullable RowKey key(String json, String... columns) {
        return new KeyColumns(List.of(columns)).of(json.getBytes(StandardCharsets.UTF_8));
    }

    private static RowKey present(String json, String... columns) {
        return Objects.requireNonNull(key(json, columns), json);
    }

    @Test
    void aKeyIsFoundByItsColumnsNamesWhereverTheyStand() {
        RowKey key = present("{\"A\":\"1\"}", "A");

        assertThat(present("{\"x\":\"A\",\"A\":\"1\",\"y\":\"2\"}", "A"))
                .isEqualTo(key)
                .hasSameHashCodeAs(key);
        assertThat(present("{\"l\":[{\"A\":\"2\",\"m\":[\"]\",\"}\\\\\"]},{}],\"A\":\"1\"}", "A"))
                .isEqualTo(key);
        assertThat(present("{\"\\\"A\":\"2\",\"A\\\"\":\"3\",\"A\":\"1\"}", "A"))
                .isEqualTo(key);
        assertThat(present("{\"A\":\"1 \"}", "A")).isNotEqualTo(key);
        assertThat(present("{\"A\":\"01\"}", "A")).isNotEqualTo(key);
    }

    @Test
    void compositeKeysKeepTheirPartsApart() {
        RowKey key = present("{\"A\":\"1\",\"B\":\"23\"}", "A", "B");

        assertThat(present("{\"B\":\"23\",\"A\":\"1\"}", "A", "B")).isEqualTo(key);
        assertThat(present("{\"A\":\"12\",\"B\":\"3\"}", "A", "B")).isNotEqualTo(key);
        assertThat(present("{\"A\":\"23\",\"B\":\"1\"}", "A", "B")).isNotEqualTo(key);
        assertThat(present("{\"A\":\"23\",\"B\":\"1\"}", "B", "A")).isEqualTo(key);
    }

    @Test
    void aBlankOrMissingPartIsNoKey() {
        assertThat(key("{\"A\":\"\"}", "A")).isNull();
        assertThat(key("{\"A\":\" \\t\\r\\n \"}", "A")).isNull();
        assertThat(key("{\"A\":\"1\",\"B\":\" \"}", "A", "B")).isNull();
        assertThat(key("{\"B\":\"1\"}", "A")).isNull();
        assertThat(key("{}", "A")).isNull();
        assertThat(key("{\"A\":\"\\\\\"}", "A")).isNotNull();
        assertThat(key("{\"A\":\"\\u0001\"}", "A")).isNotNull();
    }

    @Test
    void keysAreSpreadEvenlyAndAlikeInEveryProcess() {
        int[] sizes = new int[16];
        for (int i = 0; i < 16_000; i++) {
            sizes[present("{\"A\":\"" + i + "\"}", "A").partition(16)]++;
        }
        for (int size : sizes) {
            assertThat(size).isBetween(850, 1_150);
        }
        // What was sorted by one version of the code is read by the next
        assertThat(present("{\"A\":\"E000000017\"}", "A").partition(1_000)).isEqualTo(457);
    }

    @Test
    void fieldsAreFoundAndValuesAreNot() {
        KeyColumns visits = new KeyColumns(List.of("visits", "notes"));

        assertThat(visits.occursIn("{\"a\":\"visits\",\"notes\":[]}".getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(visits.occursIn("{\"a\":\"visits\",\"b\":[{\"notes\":\"\"}]}".getBytes(StandardCharsets.UTF_8)))
                .isFalse();
        assertThat(visits.occursIn("{}".getBytes(StandardCharsets.UTF_8))).isFalse();
    }
}
