package io.intake.processors.lambda;

import io.intake.processors.log.JsonLog;
import io.intake.processors.telemetry.MetricLines;
import io.intake.processors.telemetry.Metrics;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Whether the functions write metrics, and under which stage's name. */
final class MetricSetting {
    static final String METRICS = "INTAKE_CLOUDWATCH_METRICS";
    static final String STAGE = "INTAKE_STAGE";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private MetricSetting() {}

    /**
     * Reads {@value #METRICS} ({@code on} or {@code off}, which it is if not set) and {@value #STAGE} ({@code dev}).
     *
     * @param environment gives a variable's value, or null
     * @throws IllegalArgumentException saying what is wrong
     */
    static Metrics metrics(UnaryOperator<@Nullable String> environment, InstantSource clock) {
        String wanted = value(environment, METRICS, "off");
        String stage = value(environment, STAGE, "dev");
        if (!NAME.matcher(stage).matches()) {
            throw new IllegalArgumentException(STAGE + ": 1 to 64 letters, digits, - and _ are needed");
        }
        return switch (wanted) {
            case "off" -> Metrics.NONE;
            case "on" -> lines(stage, clock);
            default -> throw new IllegalArgumentException(METRICS + " is on or off, not '" + wanted + "'");
        };
    }

    private static Metrics lines(String stage, InstantSource clock) {
        JsonLog log = new JsonLog(clock, () -> System.out, () -> null, Map.of(), false);
        return new MetricLines(stage, clock, MDC::getCopyOfContextMap, log::print);
    }

    private static String value(UnaryOperator<@Nullable String> environment, String name, String otherwise) {
        String value = environment.apply(name);
        return value == null || value.isBlank() ? otherwise : value.strip();
    }
}
