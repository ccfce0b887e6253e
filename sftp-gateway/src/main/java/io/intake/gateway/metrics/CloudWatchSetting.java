package io.intake.gateway.metrics;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether the gateway writes its state as lines that CloudWatch makes metrics of.
 *
 * @param interval between two of them
 * @param stage the metrics' dimension: several gateways of a stage count together
 */
public record CloudWatchSetting(Duration interval, String stage) {
    public static final String INTERVAL = "INTAKE_CLOUDWATCH_METRICS";
    public static final String STAGE = "INTAKE_STAGE";

    private static final Pattern SECONDS = Pattern.compile("([1-9]\\d{0,3})s");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /**
     * Reads {@value #INTERVAL} (seconds, for instance {@code 60s}; not set: no such lines) and {@value #STAGE} ({@code dev}).
     *
     * @param problems gets mistakes
     */
    public static Optional<CloudWatchSetting> read(Map<String, String> environment, List<String> problems) {
        String interval = value(environment, INTERVAL, "");
        String stage = value(environment, STAGE, "dev");
        if (!NAME.matcher(stage).matches()) {
            problems.add(STAGE + ": 1 to 64 letters, digits, - and _ are needed, not \"" + stage + "\"");
        }
        if (interval.isEmpty()) {
            return Optional.empty();
        }
        Matcher seconds = SECONDS.matcher(interval);
        if (!seconds.matches()) {
            problems.add(INTERVAL + ": seconds such as 60s are needed, not \"" + interval + "\"");
            return Optional.empty();
        }
        return Optional.of(new CloudWatchSetting(Duration.ofSeconds(Long.parseLong(seconds.group(1))), stage));
    }

    private static String value(Map<String, String> environment, String name, String otherwise) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? otherwise : value.strip();
    }
}
