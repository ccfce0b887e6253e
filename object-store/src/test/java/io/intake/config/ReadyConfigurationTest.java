package io.intake.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.intake.config.Ready.Rule;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A rule that is misread takes half files for whole ones, or none at all. */
class ReadyConfigurationTest {
    private static String yaml(String ready) {
        return Examples.EVERY_KEY.replace("id: daily\n", "id: daily\n" + ready.indent(8));
    }

    private static Ready ready(String text) {
        return ConfigurationParser.parse("f", yaml(text))
                .partners()
                .getFirst()
                .feeds()
                .getFirst()
                .ready();
    }

    private static String problems(String text) {
        ConfigurationException refused =
                catchThrowableOfType(ConfigurationException.class, () -> ConfigurationParser.parse("f", yaml(text)));
        return Objects.requireNonNull(refused, "accepted").problems().toString();
    }

    @Test
    void eachRuleIsRead() {
        assertThat(ready("ready: close")).isEqualTo(Ready.CLOSE);
        assertThat(ready("ready: rename")).isEqualTo(new Ready(Rule.RENAME, null, null, 0, 86_400));
        assertThat(ready("ready: { marker: .done }\nready-within: 3h"))
                .isEqualTo(new Ready(Rule.MARKER, ".done", null, 0, 10_800));
        assertThat(ready("ready: { stable: 120s }")).isEqualTo(new Ready(Rule.STABLE, null, null, 120, 86_400));
        assertThat(ready("ready: { manifest: { match: 'M', style: sums } }").manifest())
                .isEqualTo(new Manifest("M", Manifest.Style.SUMS, "", null, null, null));
        assertThat(ready("ready: manifest\ncollect: { within: 1h, manifest: { match: M } }"))
                .isEqualTo(Ready.CLOSE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "ready: finished ~ 'ready' must be close, rename, manifest",
                "ready: { marker: .done, stable: 3m } ~ 'ready' must be close, rename, manifest",
                "ready: {} ~ 'ready' must be close, rename, manifest",
                "ready: { marker: a/b } ~ 'marker' must be 1 to 64 characters without a slash",
                "ready: { stable: 2d } ~ 'stable' must be a duration such as 30s or 5m, from 1s to 1d",
                "ready: { stable: 1d } ~ 'ready-within' must be longer than what 'stable' waits for",
                "ready: manifest ~ 'ready: manifest' needs the list",
                "ready-within: 1h ~ 'ready-within' needs a 'ready' that files wait for",
                "ready: { marker: .ok } #collect: { within: 1h, marker: x } ~ 'collect' has a marker of its own",
                "ready: { manifest: { match: x, rows: R } } ~ 'rows' names a column, so that it needs 'style: columns'",
                "ready: { manifest: { match: x } } #collect: { within: 1h } ~ with 'collect' the list is given there"
            })
    void eachMistakeIsReported(String text, String problem) {
        assertThat(problems(text.replace("#", "\n"))).contains(problem);
    }

    @Test
    void aFeedTakesItsMarkersAndListsBesideItsFiles() {
        Feed feed = ConfigurationParser.parse("f", yaml("ready: { marker: .done }"))
                .partners()
                .getFirst()
                .feeds()
                .getFirst();
        assertThat(feed.takes("daily/a.zip")).isTrue();
        assertThat(feed.takes("daily/a.zip.done")).isTrue();
        assertThat(feed.takes("daily/.done")).isFalse();
        assertThat(feed.takes("other/a.zip.done")).isFalse();
        assertThat(feed.matches("daily/a.zip.done")).isFalse();
    }
}
