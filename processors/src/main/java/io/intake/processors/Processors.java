package io.intake.processors;

import io.intake.bucket.Stage;
import io.intake.config.S3Target;
import io.intake.processors.collect.OpenSets;
import io.intake.processors.hold.FeedSequence;
import io.intake.processors.hold.Holds;
import io.intake.processors.hold.SameBytes;
import io.intake.processors.intake.Intake;
import io.intake.processors.job.JobStore;
import io.intake.processors.page.DeadInvocations;
import io.intake.processors.page.IncidentSweep;
import io.intake.processors.page.PageSender;
import io.intake.processors.ready.Readiness;
import io.intake.processors.replay.Replays;
import io.intake.processors.sweep.Backlog;
import io.intake.processors.sweep.ForgottenUploads;
import io.intake.processors.sweep.Lookout;
import io.intake.processors.sweep.LostUploads;
import io.intake.processors.sweep.ParkedUploads;
import io.intake.processors.sweep.StuckJobs;
import io.intake.processors.sweep.Sweeper;
import io.intake.processors.task.StageWork;
import io.intake.processors.task.TaskRunner;
import io.intake.processors.telemetry.Metrics;
import io.intake.store.ConditionalWrites.Pause;
import io.intake.store.ObjectStore;
import io.intake.store.PermanentStoreException;
import java.time.InstantSource;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** All parts of the functions, put together over one bucket. Thread-safe. */
public final class Processors implements AutoCloseable {
    private final Foundations on;
    private final Stages stages;
    private final Intake intake;
    private final PageSender pages;
    private final DeadInvocations deadInvocations;
    private final Sweeper sweeper;
    private final Replays replays;
    private final Backlog backlog;

    /**
     * What the parts need from outside.
     *
     * @param store the bucket
     * @param bucket its name
     * @param settings what an engineer can set
     * @param environment gives a variable's value, or null: for secrets
     * @param vault where secrets are kept that are not in the environment
     * @param clock the time
     * @param ids gives an id that was never given before
     * @param random for jitter
     * @param pause waits
     * @param others opens another bucket, for engines that are one
     */
    public record Outside(
            ObjectStore store,
            String bucket,
            ProcessorSettings settings,
            UnaryOperator<@Nullable String> environment,
            Secrets.Vault vault,
            InstantSource clock,
            Supplier<String> ids,
            RandomGenerator random,
            Pause pause,
            Function<S3Target, ObjectStore> others) {

        /** Where no engine is a bucket. */
        public Outside(
                ObjectStore store,
                String bucket,
                ProcessorSettings settings,
                UnaryOperator<@Nullable String> environment,
                Secrets.Vault vault,
                InstantSource clock,
                Supplier<String> ids,
                RandomGenerator random,
                Pause pause) {
            this(store, bucket, settings, environment, vault, clock, ids, random, pause, target -> {
                throw new PermanentStoreException("open", "", "there is no other bucket", null);
            });
        }
    }

    public Processors(Outside outside) {
        this(outside, Metrics.NONE);
    }

    /** @param metrics takes what is measured */
    public Processors(Outside outside, Metrics metrics) {
        this(outside, Workings.REAL, metrics);
    }

    Processors(Outside outside, Workings workings) {
        this(outside, workings, Metrics.NONE);
    }

    private Processors(Outside outside, Workings workings, Metrics metrics) {
        Foundations on = new Foundations(outside, workings, metrics);
        this.on = on;
        this.stages = new Stages(on);
        this.intake = new Intake(
                on.store,
                on.origin,
                on.naming,
                on.configuration,
                on.jobs,
                on.tasks,
                on.settlement,
                new SameBytes(on.store, on.records, on.jobs),
                on.paused,
                on.expectations,
                new FeedSequence(on.records, on.jobs),
                on.taken,
                on.clock,
                on.turns,
                new Readiness(
                        on.store,
                        on.records,
                        outside.bucket(),
                        on.naming,
                        on.jobs,
                        on.settlement,
                        on.hashes,
                        on.clock));
        this.replays = new Replays(on.store, on.jobs, on.tasks, on.clock);
        this.backlog = new Backlog(on.store, on.jobs, on.clock);
        this.pages = Paging.sender(on);
        this.deadInvocations = new DeadInvocations(on.records, on.outbox);
        this.sweeper = sweeper(on, intake);
    }

    private static Sweeper sweeper(Foundations on, Intake intake) {
        ProcessorSettings settings = on.outside.settings();
        return new Sweeper(
                on.store,
                on.records,
                on.tasks,
                new LostUploads(
                        on.store, on.records, intake, on.taken, settings.sweepGrace(), settings.sweepLookBack()),
                new OpenSets(on.store, on.records, on.jobs, on.sets, on.outbox),
                new ForgottenUploads(on.store, on.jobs),
                new Lookout(
                        on.expectations,
                        new IncidentSweep(on.store, on.origin, on.records, on.jobs, on.incidents, on.outbox),
                        new StuckJobs(on.store, on.records, on.jobs, on.outbox, on.configuration),
                        new ParkedUploads(on.store, on.incidents, on.outbox, on.configuration),
                        on.paused,
                        intake),
                on.clock,
                settings.sweepGrace(),
                () -> on.gate.tend(on.configuration));
    }

    public Intake intake() {
        return intake;
    }

    public TaskRunner runner() {
        return stages.runner;
    }

    /** A stage's work; pages are no stage's. */
    public StageWork<?> work(Stage stage) {
        return switch (stage) {
            case UNZIP -> stages.unzip;
            case STITCH -> stages.stitch;
            case FORWARD -> stages.forward;
            case PAGE -> throw new IllegalArgumentException("pages are sent, not worked on in steps");
        };
    }

    public PageSender pages() {
        return pages;
    }

    public DeadInvocations deadInvocations() {
        return deadInvocations;
    }

    public Sweeper sweeper() {
        return sweeper;
    }

    /** What is not done yet. */
    public Backlog backlog() {
        return backlog;
    }

    public Metrics metrics() {
        return on.metrics;
    }

    /** Operators' decisions. */
    public Holds holds() {
        return on.holds;
    }

    /** Operators' orders to work on a file again. */
    public Replays replays() {
        return replays;
    }

    public JobStore jobs() {
        return on.jobs;
    }

    @Override
    public void close() {
        stages.close();
    }
}
