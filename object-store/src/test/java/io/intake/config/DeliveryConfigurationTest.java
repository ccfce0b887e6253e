package io.intake.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.intake.config.Controls.RejectLimit;
import io.intake.config.Limits.Rate;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** An engine that is asked more than it allows locks us out; files in the wrong order overwrite newer results with older ones. */
class DeliveryConfigurationTest {
    private static final String YAML = """
            partners:
              - id: a
                login: { public-keys: ["KEY"] }
                feeds: [ { id: f, match: x, deliver: { engine: e } } ]
            engines: { e: { type: http, url: "http://e" } }
            """.replace("KEY", Examples.PUBLIC_KEY);

    private static Engine engine(String more) {
        return Objects.requireNonNull(
                ConfigurationParser.parse("f", YAML.replace("url: \"http://e\"", "url: \"http://e\", " + more))
                        .engines()
                        .get("e"));
    }

    private static Feed feed(String more) {
        return ConfigurationParser.parse("f", YAML.replace("engine: e", "engine: e, " + more))
                .partners()
                .getFirst()
                .feeds()
                .getFirst();
    }

    private static String mistake(String yaml) {
        return Objects.requireNonNull(
                        catchThrowableOfType(ConfigurationException.class, () -> ConfigurationParser.parse("f", yaml)),
                        "accepted")
                .problems()
                .toString();
    }

    @Test
    void anEnginesLimitsReachItsRecord() {
        Engine engine = engine("rate: 7500/5m, concurrency: 4, page-after: 90s");
        assertThat(engine.limits()).isEqualTo(new Limits(new Rate(7500, Duration.ofMinutes(5)), 4));
        assertThat(engine.pageAfter()).isEqualTo(Duration.ofSeconds(90));
        assertThat(engine("rate: 10 / s").limits().rate()).isEqualTo(new Rate(10, Duration.ofSeconds(1)));
    }

    @Test
    void whereNothingIsSaidThereIsNoLimitAndOnCallIsToldAfterFiveMinutes() {
        Engine engine = engine("timeout: 3s");
        assertThat(engine.limits()).isEqualTo(Limits.NONE);
        assertThat(engine.pageAfter()).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void aLimitThatCannotBeMeantIsAMistake() {
        for (String wrong : new String[] {"rate: 7500", "rate: 0/s", "rate: 1/25h", "rate: 1/0s", "rate: 2000000/m"}) {
            assertThat(mistake(YAML.replace("type: http", "type: http, " + wrong)))
                    .as(wrong)
                    .contains("'rate' must be requests per time");
        }
        assertThat(mistake(YAML.replace("type: http", "type: http, concurrency: 0")))
                .contains("concurrency");
        assertThat(mistake(YAML.replace("type: http", "type: http, page-after: 0s")))
                .contains("page-after");
    }

    @Test
    void aFeedsRulesForDeliveryReachItsRecord() {
        assertThat(feed("ordered: true, max-refused: 2%").delivery())
                .isEqualTo(new DeliveryRules(true, new RejectLimit(null, 20_000)));
        assertThat(feed("batch: 3").delivery()).isEqualTo(DeliveryRules.DEFAULT);
    }

    @Test
    void setsAreNotOrdered() {
        assertThat(mistake(YAML.replace("engine: e", "engine: e, ordered: true")
                        .replace("match: x", "match: x, collect: { within: 1h, count: 2 }")))
                .contains("'deliver.ordered' cannot be given");
    }

    @Test
    void usuallyOneInAHundredRecordsMayBeRefusedButTenAlwaysAndNeverMoreThanAHundred() {
        DeliveryRules usual = DeliveryRules.DEFAULT;
        assertThat(usual.exceeded(5, 10)).isFalse();
        assertThat(usual.exceeded(900, 11)).isTrue();
        assertThat(usual.exceeded(5_000, 50)).isFalse();
        assertThat(usual.exceeded(5_000, 51)).isTrue();
        assertThat(usual.exceeded(1_000_000, 100)).isFalse();
        assertThat(usual.exceeded(1_000_000, 101)).isTrue();
        assertThat(new DeliveryRules(false, new RejectLimit(0L, null)).exceeded(10, 1))
                .isTrue();
    }
}
