package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A lease read wrongly lets two invocations do the same work, or none for hours. */
class ProcessorSettingsTest {
    @Test
    void whatIsNotSetKeepsItsDefault() {
        assertThat(ProcessorSettings.fromEnvironment(name -> null)).isEqualTo(ProcessorSettings.DEFAULT);
    }

    @Test
    void durationsAreReadWithTheirUnits() {
        Map<String, String> environment = Map.of(
                "INTAKE_LEASE", "15s",
                "INTAKE_SWEEP_GRACE", "5m",
                "INTAKE_SWEEP_LOOK_BACK", "7d",
                "INTAKE_ENGINE_WAIT", "1h",
                "INTAKE_STAGE", "prod");
        assertThat(ProcessorSettings.fromEnvironment(environment::get))
                .isEqualTo(new ProcessorSettings(
                        Duration.ofSeconds(15),
                        Duration.ofMinutes(5),
                        Duration.ofDays(7),
                        Duration.ofHours(1),
                        "intake-prod"));
    }

    @Test
    void allMistakesAreNamedTogether() {
        Map<String, String> environment = Map.of("INTAKE_LEASE", "soon", "INTAKE_SWEEP_GRACE", "-3s");
        assertThatThrownBy(() -> ProcessorSettings.fromEnvironment(environment::get))
                .hasMessageContaining("INTAKE_LEASE is 'soon'")
                .hasMessageContaining("INTAKE_SWEEP_GRACE is '-3s'");
    }
}
