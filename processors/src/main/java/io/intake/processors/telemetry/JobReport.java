package io.intake.processors.telemetry;

import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.Job.Change;
import io.intake.processors.job.JobChanges;
import io.intake.processors.job.JobState;
import io.intake.processors.telemetry.Metrics.Dimension;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Tells of each step of a job, in the log and in metrics. Thread-safe. */
public final class JobReport implements JobChanges {
    private static final Logger LOG = LoggerFactory.getLogger(JobReport.class);

    private final Metrics metrics;

    public JobReport(Metrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void changed(@Nullable Job before, Job after) {
        if (before != null && before.history().size() == after.history().size()) {
            return;
        }
        log(after);
        Map<String, String> about = Map.of("job", after.id(), "partner", after.partner(), "feed", after.feedId());
        List<Change> history = after.history();
        // More than one step can be written at once
        for (int at = before == null ? 0 : before.history().size(); at < history.size(); at++) {
            boolean last = at == history.size() - 1;
            if (at > 0) {
                Change left = history.get(at - 1);
                metrics.take(
                        Dimension.state(left.state().name()),
                        Map.of(
                                Metric.TIME_IN_STATE,
                                millis(Duration.between(
                                        left.at(), history.get(at).at()))),
                        about);
            }
            metrics.take(Dimension.NONE, values(after, history.get(at).state(), at == 0, last), about);
        }
    }

    private static void log(Job job) {
        List<Change> history = job.history();
        LoggingEventBuilder line = LOG.atInfo()
                .addKeyValue("job", job.id())
                .addKeyValue("partner", job.partner())
                .addKeyValue("feed", job.feedId())
                .addKeyValue("state", job.state().name());
        if (history.size() > 1) {
            Change left = history.get(history.size() - 2);
            line = line.addKeyValue("from", left.state().name())
                    .addKeyValue(
                            "millis",
                            millis(Duration.between(left.at(), history.getLast().at())));
        }
        Failure failure = job.failure();
        if (failure != null) {
            line = line.addKeyValue("code", failure.code());
        }
        line.addKeyValue("bytes", job.input().size()).log("job");
    }

    /** A set's files are counted as they come and end; the set itself is no file, but has the rows. */
    private static Map<Metric, Long> values(Job job, JobState state, boolean opened, boolean last) {
        Map<Metric, Long> values = new EnumMap<>(Metric.class);
        long files = job.isSet() ? 0 : 1;
        if (opened) {
            count(values, Metric.FILES_RECEIVED, files);
            count(values, Metric.BYTES_RECEIVED, files * job.input().size());
        }
        switch (state) {
            case DELIVERED -> {
                count(values, Metric.FILES_DELIVERED, files);
                count(values, Metric.BYTES_DELIVERED, files * job.input().size());
                if (last) {
                    Duration taken = Duration.between(
                            job.input().uploadedAt(), job.history().getLast().at());
                    count(values, Metric.DELIVERY_TIME, files * millis(taken));
                }
            }
            case QUARANTINED -> count(values, Metric.FILES_QUARANTINED, files);
            case UNMATCHED -> count(values, Metric.FILES_UNMATCHED, files);
            case FAILED -> count(values, Metric.FILES_FAILED, files);
            case SKIPPED -> count(values, Metric.FILES_SKIPPED, files);
            case HELD -> count(values, Metric.FILES_HELD, files);
            case RECEIVED, COLLECTING, UNZIPPING, STITCHING, FORWARDING, WAITING -> {}
        }
        if (last && state.terminal()) {
            count(values, Metric.ROWS_DELIVERED, job.counts().getOrDefault("delivered", 0L));
            count(values, Metric.ROWS_REJECTED, job.counts().getOrDefault("rejected", 0L));
        }
        return values;
    }

    /** Zeros are not written: an alarm takes what is missing for well. */
    private static void count(Map<Metric, Long> values, Metric metric, long value) {
        if (value > 0) {
            values.put(metric, value);
        }
    }

    /** The bucket's clock and ours can differ. */
    private static long millis(Duration duration) {
        return Math.max(0, duration.toMillis());
    }
}
