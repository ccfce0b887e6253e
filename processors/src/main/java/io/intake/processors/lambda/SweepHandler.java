package io.intake.processors.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import io.intake.processors.Processors;
import io.intake.processors.sweep.Backlog.Measured;
import io.intake.processors.sweep.Sweeper.Swept;
import io.intake.processors.telemetry.Metric;
import io.intake.processors.telemetry.Metrics;
import io.intake.processors.telemetry.Metrics.Dimension;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Started by a schedule: finds what was lost between events. */
public final class SweepHandler implements RequestHandler<Map<String, Object>, @Nullable Void> {
    private static final Logger LOG = LoggerFactory.getLogger(SweepHandler.class);

    private final Processors processors;

    /** For Lambda. */
    public SweepHandler() {
        this(Sandbox.processors());
    }

    /** For tests and the local run. */
    public SweepHandler(Processors processors) {
        this.processors = processors;
    }

    @Override
    public @Nullable Void handleRequest(Map<String, Object> event, Context context) {
        Invocations.run("sweep", context, this::sweep);
        return null;
    }

    private void sweep() {
        Swept swept = processors.sweeper().sweep();
        LOG.atInfo()
                .addKeyValue("uploads", swept.uploads())
                .addKeyValue("tasks", swept.tasks())
                .addKeyValue("pages", swept.pages())
                .log("sweep");
        Metrics metrics = processors.metrics();
        if (metrics.wanted()) {
            measure(swept, processors.backlog().measure(), metrics);
        }
    }

    private static void measure(Swept swept, Measured backlog, Metrics metrics) {
        Map<Metric, Long> values = Map.of(
                Metric.SWEEPS, 1L,
                Metric.STARTED_AGAIN, (long) swept.uploads() + swept.tasks(),
                Metric.TASKS_OPEN, backlog.tasks(),
                Metric.OLDEST_FILE, backlog.oldest().toSeconds(),
                Metric.PAGES_WAITING, backlog.pages());
        metrics.take(Dimension.NONE, values, Map.of());
        backlog.waiting()
                .forEach((engine, files) -> metrics.take(Dimension.engine(engine), Metric.FILES_WAITING, files));
    }
}
