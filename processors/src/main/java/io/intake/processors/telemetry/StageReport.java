package io.intake.processors.telemetry;

import io.intake.config.Feed;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.log.LogContext;
import io.intake.processors.task.StageEvents;
import io.intake.processors.task.Task;
import io.intake.processors.telemetry.Metrics.Dimension;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets each line of the log say which task it is about, and tells of engines that are out of reach. Thread-safe. */
public final class StageReport implements StageEvents {
    private static final Logger LOG = LoggerFactory.getLogger(StageReport.class);

    private final StageEvents events;
    private final Metrics metrics;

    /** @param events what is told of them beside this */
    public StageReport(StageEvents events, Metrics metrics) {
        this.events = events;
        this.metrics = metrics;
    }

    @Override
    public void claimed(Job job, Task task, int attempt) {
        LogContext.job(job.id(), job.partner(), job.feedId());
        LogContext.task(task.number(), attempt);
        events.claimed(job, task, attempt);
    }

    @Override
    public void done(Task task) {
        events.done(task);
    }

    @Override
    public void refused(Job job, Failure failure) {
        events.refused(job, failure);
    }

    @Override
    public void ended(Job job) {
        events.ended(job);
    }

    @Override
    public void waiting(Job job, String reason) {
        Feed feed = job.feed();
        if (feed != null) {
            LOG.atWarn()
                    .addKeyValue("job", job.id())
                    .addKeyValue("engine", feed.engine())
                    .addKeyValue("code", reason)
                    .log("engine out of reach");
            metrics.take(
                    Dimension.engine(feed.engine()),
                    Map.of(Metric.ENGINE_UNAVAILABLE, 1L),
                    Map.of("job", job.id(), "code", reason));
        }
        events.waiting(job, reason);
    }

    @Override
    public void resumed(Job job) {
        events.resumed(job);
    }
}
