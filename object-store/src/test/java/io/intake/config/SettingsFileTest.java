package io.intake.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A setting that is read as another one than was written is worse than none. */
class SettingsFileTest {

    @Test
    void valuesAreTextsAndListsOfTexts() {
        assertThat(SettingsFile.parse("f", "a: 5\nb: true\nc: [x, y]\n# none\nd: |\n  two\n  lines\n"))
                .containsOnlyKeys("a", "b", "c", "d")
                .containsEntry("a", new SettingsFile.Value("5", 1))
                .containsEntry("b", new SettingsFile.Value("true", 2))
                .containsEntry("c", new SettingsFile.Value("x,y", 3))
                .containsEntry("d", new SettingsFile.Value("two\nlines\n", 5));
    }

    @Test
    void everyMistakeIsToldWithItsLineAndWithoutAnyValue() {
        assertThatThrownBy(() -> SettingsFile.parse("f", "a: s3cr3t\nb:\nc: { d: s3cr3t }\na: s3cr3t\n"))
                .isInstanceOfSatisfying(ConfigurationException.class, e -> {
                    assertThat(e.problems()).hasSize(3).noneMatch(problem -> problem.contains("s3cr3t"));
                    assertThat(e.problems().getFirst()).startsWith("f:2: ");
                    assertThat(e.problems().getLast()).startsWith("f:4: ");
                });
        assertThatThrownBy(() -> SettingsFile.parse("f", "- a\n")).isInstanceOf(ConfigurationException.class);
        assertThat(SettingsFile.parse("f", "a: s3cr3t").toString()).doesNotContain("s3cr3t");
    }

    @Test
    void theWordThatWasMeantIsFound() {
        assertThat(SettingsFile.nearest("upload-memroy", List.of("bucket", "upload-memory")))
                .hasValue("upload-memory");
        assertThat(SettingsFile.nearest("colour", List.of("bucket", "upload-memory")))
                .isEmpty();
    }
}
