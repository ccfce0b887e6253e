package io.intake.processors.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.config.ArchiveLimits;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.iam.DeployedRoles;
import io.intake.processors.Json;
import io.intake.processors.Records;
import io.intake.processors.TestClock;
import io.intake.processors.hold.HoldReasons;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.store.ConditionalWrites;
import io.intake.store.ObjectStore;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** The command as an operator types it, and what it says. */
final class TypedCommand {
    static final String JOB = "20260304-aa";
    static final String NAME = "Doe_Jane.csv";

    final TestClock clock = new TestClock();
    final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);

    private final Records records = new Records(
            bucket, new ConditionalWrites(bucket, () -> UUID.randomUUID().toString(), pause -> {}));

    final JobStore jobs = new JobStore(records);

    final Map<String, String> environment = new HashMap<>(
            Map.of("INTAKE_BUCKET", "bucket", "INTAKE_S3_ENDPOINT", "http://127.0.0.1:1", "AWS_REGION", "us-east-1"));

    final List<Runnable> pauses = new ArrayList<>();
    String user = "ops-7";
    String typed = "";
    ObjectStore store = DeployedRoles.ofThisProject().guarding(bucket, DeployedRoles.OPERATOR);
    String said = "";
    String complained = "";

    int run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Surroundings surroundings = new Surroundings(
                environment::get,
                settings -> store,
                clock,
                () -> UUID.randomUUID().toString(),
                bytes -> {},
                pause -> {
                    clock.advance(pause);
                    if (!pauses.isEmpty()) {
                        pauses.removeFirst().run();
                    }
                },
                () -> user,
                new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
                new PrintWriter(out),
                new PrintWriter(err));
        int code = IntakeCommand.run(surroundings, arguments);
        said = out.toString();
        complained = err.toString();
        return code;
    }

    JsonNode json() throws Exception {
        return Json.mapper().readTree(said);
    }

    void job(String id, UnaryOperator<Job> change) {
        Feed feed = new Feed("f", ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "lab", 10, Set.of());
        Input input = new Input("inbound/p/" + NAME, null, "e", 1_234, "0badcafe", clock.instant());
        jobs.open(change.apply(Job.open(id, "p", input, feed, clock.instant())));
    }

    Job failed(Job job) {
        return job.fail(Failure.broken("X_BROKE", "It broke.", "Wait."), clock.instant())
                .asSettled();
    }

    Job held(Job job) {
        return job.become(JobState.UNZIPPING, clock.instant())
                .become(JobState.STITCHING, clock.instant())
                .hold(HoldReasons.sameBytes(), clock.instant())
                .asSettled();
    }

    List<JsonNode> audited() {
        return bucket.snapshot().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(BucketLayout.AUDIT))
                .map(entry -> Json.read(entry.getValue(), JsonNode.class))
                .toList();
    }
}
