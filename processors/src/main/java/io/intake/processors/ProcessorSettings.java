package io.intake.processors;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What an engineer can set for the functions.
 *
 * @param lease how long a claim on a task lasts after its invocation has died ({@code INTAKE_LEASE}); the living renew theirs
 * @param sweepGrace how old something must be before a sweep starts it again ({@code INTAKE_SWEEP_GRACE})
 * @param sweepLookBack how old an upload may be and still be looked at by a sweep ({@code INTAKE_SWEEP_LOOK_BACK})
 * @param engineWait first limit of the wait for an engine that is out of reach ({@code INTAKE_ENGINE_WAIT})
 * @param source what pages name as the affected system ({@code INTAKE_STAGE})
 * @param originBucket the bucket by whose name jobs were given their ids, where its objects were restored into another ({@link
 *     #ORIGIN_BUCKET}); null where they were not
 */
public record ProcessorSettings(
        Duration lease,
        Duration sweepGrace,
        Duration sweepLookBack,
        Duration engineWait,
        String source,
        @Nullable String originBucket) {
    /** Without it a restored upload would be a new one, and be delivered under other idempotency keys. */
    public static final String ORIGIN_BUCKET = "INTAKE_ORIGIN_BUCKET";

    public static final ProcessorSettings DEFAULT = new ProcessorSettings(
            Duration.ofMinutes(2), Duration.ofMinutes(2), Duration.ofDays(3), Duration.ofSeconds(20), "intake");

    /** Settings of a bucket that was not restored from another. */
    public ProcessorSettings(
            Duration lease, Duration sweepGrace, Duration sweepLookBack, Duration engineWait, String source) {
        this(lease, sweepGrace, sweepLookBack, engineWait, source, null);
    }

    /**
     * The name by which uploads of a bucket are told from those of another.
     *
     * @param environment gives a variable's value, or null
     * @param bucket where the objects are
     */
    public static String origin(UnaryOperator<@Nullable String> environment, String bucket) {
        String origin = environment.apply(ORIGIN_BUCKET);
        return origin == null || origin.isBlank() ? bucket : origin.strip();
    }

    /**
     * Reads the settings; what is not set keeps its default. Durations are a number and {@code s}, {@code m}, {@code h} or
     * {@code d}.
     *
     * @param environment gives a variable's value, or null
     * @throws IllegalArgumentException with all mistakes
     */
    public static ProcessorSettings fromEnvironment(UnaryOperator<@Nullable String> environment) {
        List<String> problems = new ArrayList<>();
        BiConsumer<String, String> report = (name, value) ->
                problems.add(name + " is '" + value + "', not a positive duration such as 30s, 5m, 12h or 3d");
        Duration lease = duration(environment, "INTAKE_LEASE", DEFAULT.lease, report);
        Duration grace = duration(environment, "INTAKE_SWEEP_GRACE", DEFAULT.sweepGrace, report);
        Duration lookBack = duration(environment, "INTAKE_SWEEP_LOOK_BACK", DEFAULT.sweepLookBack, report);
        Duration wait = duration(environment, "INTAKE_ENGINE_WAIT", DEFAULT.engineWait, report);
        String stage = environment.apply("INTAKE_STAGE");
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        String source = stage == null || stage.isBlank() ? DEFAULT.source : "intake-" + stage;
        String origin = origin(environment, "");
        return new ProcessorSettings(lease, grace, lookBack, wait, source, origin.isEmpty() ? null : origin);
    }

    private static Duration duration(
            UnaryOperator<@Nullable String> environment,
            String name,
            Duration otherwise,
            BiConsumer<String, String> report) {
        String value = environment.apply(name);
        if (value == null || value.isBlank()) {
            return otherwise;
        }
        String text = value.strip();
        try {
            Duration parsed = Duration.parse(text.endsWith("d") ? "P" + text : "PT" + text);
            if (!parsed.isPositive()) {
                report.accept(name, text);
            }
            return parsed;
        } catch (DateTimeParseException e) {
            report.accept(name, text);
            return otherwise;
        }
    }
}
