package io.intake.processors.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.Job.Collected;
import io.intake.processors.job.JobState;
import io.intake.processors.telemetry.Metrics.Dimension;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A graph that counts a file twice, or an alarm on a metric that nobody writes, is believed until somebody is harmed. */
class JobReportTest {
    private static final Instant UPLOADED = Instant.parse("2026-03-04T05:06:07Z");

    private final Map<String, Long> taken = new LinkedHashMap<>();
    private final JobReport report = new JobReport((dimension, values, fields) -> {
        assertThat(fields).containsOnlyKeys("job", "partner", "feed");
        new TreeMap<>(values)
                .forEach((metric, value) -> taken.merge(
                        metric.id() + (dimension.name().isEmpty() ? "" : " " + dimension.value()), value, Long::sum));
    });

    private static Job received() {
        Input input = new Input("inbound/p/x", null, "etag", 1000, null, UPLOADED);
        Job any = Job.unmatched("j1", "p", input, Failure.badData("X", "x", "x"), UPLOADED);
        return new Job(
                "j1",
                "p",
                input,
                null,
                JobState.RECEIVED,
                List.of(new Job.Change(JobState.RECEIVED, UPLOADED.plusMillis(200))),
                any.counts(),
                any.tables(),
                null,
                false);
    }

    private Job step(Job before, Job after) {
        report.changed(before, after);
        return after;
    }

    @Test
    void aFileIsCountedOnceComingAndOnceGoing() {
        Job job = received();
        report.changed(null, job);
        for (JobState next : List.of(JobState.UNZIPPING, JobState.STITCHING, JobState.FORWARDING)) {
            job = step(job, job.become(next, job.history().getLast().at().plusMillis(100)));
        }
        job = step(job, job.withCount("delivered", 42).withCount("rejected", 3));
        job = step(job, job.become(JobState.DELIVERED, UPLOADED.plusMillis(900)));
        step(job, job.asSettled());
        assertThat(taken)
                .isEqualTo(Map.ofEntries(
                        Map.entry("FilesReceived", 1L),
                        Map.entry("BytesReceived", 1000L),
                        Map.entry("TimeInState RECEIVED", 100L),
                        Map.entry("TimeInState UNZIPPING", 100L),
                        Map.entry("TimeInState STITCHING", 100L),
                        Map.entry("TimeInState FORWARDING", 400L),
                        Map.entry("FilesDelivered", 1L),
                        Map.entry("BytesDelivered", 1000L),
                        Map.entry("RowsDelivered", 42L),
                        Map.entry("RowsRejected", 3L),
                        Map.entry("DeliveryTime", 900L)));
    }

    @Test
    void eachBadEndAndEachHoldHasItsCount() {
        for (JobState end :
                List.of(JobState.QUARANTINED, JobState.FAILED, JobState.UNMATCHED, JobState.SKIPPED, JobState.HELD)) {
            Job before = received();
            Failure.Kind kind = end == JobState.FAILED ? Failure.Kind.BROKEN : Failure.Kind.BAD_DATA;
            Failure failure = new Failure("CODE", kind, "sentence", "action");
            switch (end) {
                case QUARANTINED, FAILED -> step(before, before.fail(failure, UPLOADED));
                case UNMATCHED -> report.changed(null, Job.unmatched("j1", "p", before.input(), failure, UPLOADED));
                case HELD -> step(before, before.hold(failure, UPLOADED));
                default -> step(before, before.become(end, UPLOADED));
            }
        }
        assertThat(taken)
                .containsEntry("FilesQuarantined", 1L)
                .containsEntry("FilesFailed", 1L)
                .containsEntry("FilesUnmatched", 1L)
                .containsEntry("FilesSkipped", 1L)
                .containsEntry("FilesHeld", 1L)
                .doesNotContainKey("FilesDelivered");
    }

    @Test
    void aSetIsNoFileButHasTheRows() {
        Job set = received().with(new Collected(null, List.of("m1"), List.of())).withCount("delivered", 5);
        Job forwarding = new Job(
                        set.id(),
                        set.partner(),
                        set.input(),
                        null,
                        JobState.FORWARDING,
                        set.history(),
                        set.counts(),
                        set.tables(),
                        null,
                        false)
                .with(set.collected());
        step(forwarding, forwarding.become(JobState.DELIVERED, UPLOADED.plusSeconds(1)));
        assertThat(taken).containsEntry("RowsDelivered", 5L).doesNotContainKeys("FilesDelivered", "DeliveryTime");
    }

    @Test
    void aLineIsInCloudWatchsEmbeddedMetricFormat() throws Exception {
        List<String> lines = new ArrayList<>();
        MetricLines metrics =
                new MetricLines("prod", InstantSource.fixed(UPLOADED), () -> Map.of("request", "r1"), lines::add);
        metrics.take(
                Dimension.engine("lab"),
                Map.of(Metric.FILES_WAITING, 3L, Metric.ENGINE_UNAVAILABLE, 1L),
                Map.of("job", "j1"));
        metrics.take(Dimension.NONE, Map.of(), Map.of());
        assertThat(lines).hasSize(1);
        JsonNode line = new ObjectMapper().readTree(lines.getFirst());
        assertThat(line).isEqualTo(new ObjectMapper().readTree("""
                                {"_aws":{"Timestamp":1772600767000,"CloudWatchMetrics":[{"Namespace":"Intake/Processors",
                                 "Dimensions":[["Stage","Engine"]],"Metrics":[{"Name":"EngineUnavailable","Unit":"Count"},
                                 {"Name":"FilesWaiting","Unit":"Count"}]}]},
                                 "Stage":"prod","Engine":"lab","EngineUnavailable":1,"FilesWaiting":3,"job":"j1","request":"r1"}"""));
    }

    @Test
    void noMetricHasTheNameOfAnother() {
        assertThat(Metric.values()).extracting(Metric::id).doesNotHaveDuplicates();
    }
}
