package io.intake.processors.telemetry;

import java.util.Map;

/** Takes measurements. Implementations are thread-safe. */
@FunctionalInterface
public interface Metrics {
    /** Where nobody measures. */
    Metrics NONE = new Metrics() {
        @Override
        public void take(Dimension dimension, Map<Metric, Long> values, Map<String, String> fields) {
            // nobody looks
        }

        @Override
        public boolean wanted() {
            return false;
        }
    };

    /**
     * Takes values that belong together.
     *
     * @param dimension beside the stage of deployment; {@link Dimension#NONE} for the stage alone
     * @param values by metric
     * @param fields what a query can look for: ids, no PHI
     */
    void take(Dimension dimension, Map<Metric, Long> values, Map<String, String> fields);

    /** Whether anybody looks at them: what takes requests to find out need not be found out else. */
    default boolean wanted() {
        return true;
    }

    /** Takes one value. */
    default void take(Dimension dimension, Metric metric, long value) {
        take(dimension, Map.of(metric, value), Map.of());
    }

    /**
     * What a metric is told apart by.
     *
     * @param name one of few
     * @param value one of few
     */
    record Dimension(String name, String value) {
        public static final Dimension NONE = new Dimension("", "");

        static Dimension state(String state) {
            return new Dimension("State", state);
        }

        public static Dimension engine(String engine) {
            return new Dimension("Engine", engine);
        }

        boolean isNone() {
            return name.isEmpty();
        }
    }
}
