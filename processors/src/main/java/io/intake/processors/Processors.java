package io.intake.processors;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Naming;
import io.intake.bucket.Stage;
import io.intake.config.Configuration;
import io.intake.config.S3Target;
import io.intake.config.StoredConfiguration;
import io.intake.processors.collect.CollectWork;
import io.intake.processors.collect.OpenSets;
import io.intake.processors.collect.Sets;
import io.intake.processors.engine.EngineGate;
import io.intake.processors.engine.Wakeups;
import io.intake.processors.expect.Expectations;
import io.intake.processors.forward.DeliveryLog;
import io.intake.processors.forward.Engines;
import io.intake.processors.forward.ForwardWork;
import io.intake.processors.forward.RetryPolicy;
import io.intake.processors.forward.shape.StoredShapes;
import io.intake.processors.hold.FeedSequence;
import io.intake.processors.hold.FeedSizes;
import io.intake.processors.hold.Holds;
import io.intake.processors.hold.PausedFeeds;
import io.intake.processors.hold.SameBytes;
import io.intake.processors.intake.EarlierUploads;
import io.intake.processors.intake.Intake;
import io.intake.processors.intake.TakenMarks;
import io.intake.processors.job.JobStore;
import io.intake.processors.join.Deliveries;
import io.intake.processors.join.Joins;
import io.intake.processors.machine.JobMachine;
import io.intake.processors.machine.Settlement;
import io.intake.processors.nest.NestedWork;
import io.intake.processors.nest.Nests;
import io.intake.processors.nest.Tree;
import io.intake.processors.order.Turns;
import io.intake.processors.page.DeadInvocations;
import io.intake.processors.page.IncidentSweep;
import io.intake.processors.page.Incidents;
import io.intake.processors.page.Outbox;
import io.intake.processors.page.PageEvent;
import io.intake.processors.page.PageLinks;
import io.intake.processors.page.PageOrder;
import io.intake.processors.page.PagePolicy;
import io.intake.processors.page.PageSender;
import io.intake.processors.page.Pager;
import io.intake.processors.page.PagerDutyPager;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.quality.RejectsWork;
import io.intake.processors.receipt.Receipts;
import io.intake.processors.replay.ReplayWork;
import io.intake.processors.replay.Replays;
import io.intake.processors.stitch.StitchWork;
import io.intake.processors.sweep.Backlog;
import io.intake.processors.sweep.ForgottenUploads;
import io.intake.processors.sweep.Lookout;
import io.intake.processors.sweep.LostUploads;
import io.intake.processors.sweep.ParkedUploads;
import io.intake.processors.sweep.StuckJobs;
import io.intake.processors.sweep.Sweeper;
import io.intake.processors.task.DoneMarks;
import io.intake.processors.task.FanOut;
import io.intake.processors.task.StageWork;
import io.intake.processors.task.TaskRunner;
import io.intake.processors.task.TaskStore;
import io.intake.processors.telemetry.JobReport;
import io.intake.processors.telemetry.Metrics;
import io.intake.processors.telemetry.StageReport;
import io.intake.processors.unzip.SealedUnzipWork;
import io.intake.processors.unzip.UnzipWork;
import io.intake.store.ConditionalWrites;
import io.intake.store.ConditionalWrites.Pause;
import io.intake.store.ObjectStore;
import io.intake.store.PermanentStoreException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All parts of the functions, put together over one bucket. Thread-safe. */
public final class Processors implements AutoCloseable {
    private static final Duration CONFIGURATION_CHECK = Duration.ofSeconds(10);

    private final Intake intake;
    private final TaskRunner runner;
    private final StageWork<?> unzip;
    private final StageWork<?> stitch;
    private final StageWork<?> forward;
    private final PageSender pages;
    private final DeadInvocations deadInvocations;
    private final Sweeper sweeper;
    private final JobStore jobs;
    private final Holds holds;
    private final Replays replays;
    private final Backlog backlog;
    private final Metrics metrics;
    private final @Nullable Engines engines;

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
        ObjectStore store = outside.store();
        InstantSource clock = outside.clock();
        Records records = new Records(store, new ConditionalWrites(store, outside.ids(), outside.pause()));
        Secrets secrets = new Secrets(outside.environment(), outside.vault(), clock);
        StoredNames names = new StoredNames(outside.environment(), secrets);
        Naming naming = names.naming();
        Supplier<Configuration> configuration =
                new StoredConfiguration(store, BucketLayout.PARTNERS, clock, CONFIGURATION_CHECK);
        this.jobs = new JobStore(records, names.records(), new JobReport(metrics));
        TaskStore tasks = new TaskStore(store, records);
        DoneMarks marks = new DoneMarks(store, records);
        PlanStore plans = new PlanStore(records, names.records());
        Outbox outbox = new Outbox(records);
        Expectations expectations = new Expectations(store, records, outbox, configuration);
        TakenMarks taken = new TakenMarks(store);
        Wakeups wakeups = new Wakeups(records, tasks, clock);
        Turns turns = new Turns(
                store,
                records,
                jobs,
                wakeups,
                new EarlierUploads(store, naming, taken, outside.settings().sweepLookBack()),
                clock);
        Settlement settlement = new Settlement(store, jobs, new Receipts(store, naming), outbox, job -> {
            turns.over(job);
            expectations.delivered(job);
        });
        EngineGate gate = new EngineGate(
                store, records, outbox, wakeups, clock, outside.ids(), outside.random(), outside.pause());
        Sets sets = new Sets(store, records, naming, jobs, tasks, settlement, clock);
        FanOut fanOut = new FanOut(tasks, marks);
        Joins joins = new Joins(records, plans, marks, fanOut, workings.joins());
        this.holds = new Holds(records, jobs, tasks, clock);
        Tree tree = new Tree(store, naming, plans);
        Nests nests = new Nests(records, plans, marks, fanOut, tree, workings.units());
        JobMachine machine = new JobMachine(
                plans,
                jobs,
                tasks,
                fanOut,
                marks,
                joins,
                sets,
                settlement,
                holds,
                new FeedSizes(records),
                nests,
                clock);
        this.runner = new TaskRunner(
                records,
                jobs,
                tasks,
                marks,
                new StageReport(machine, metrics),
                clock,
                outside.settings().lease(),
                workings.renewals());
        PausedFeeds pausedFeeds = new PausedFeeds(store, holds, configuration);
        this.intake = new Intake(
                store,
                outside.bucket(),
                naming,
                configuration,
                jobs,
                tasks,
                settlement,
                new SameBytes(store, records, jobs),
                pausedFeeds,
                expectations,
                new FeedSequence(records, jobs),
                taken,
                clock,
                turns);
        this.engines = workings.engines() == null
                ? Engines.of(
                        secrets,
                        clock,
                        new StoredShapes(store, records),
                        outside.ids(),
                        store,
                        outside.bucket(),
                        outside.others())
                : null;
        SealedUnzipWork extraction = new SealedUnzipWork(
                new UnzipWork(
                        store,
                        naming,
                        outside.ids(),
                        names.records(),
                        secrets::resolve,
                        workings.unzipPart(),
                        workings.units()),
                names.records());
        this.unzip = new ReplayWork(
                new CollectWork(
                        new NestedWork(extraction, store, records, plans, tree),
                        store,
                        plans,
                        jobs,
                        sets,
                        workings.units()),
                store,
                plans,
                records,
                turns::expect,
                clock);
        this.replays = new Replays(store, jobs, tasks, clock);
        this.stitch = joins.stage(
                store,
                new StitchWork(store, plans, workings.stitchPart(), StitchWork.MAX_RECORD),
                new RejectsWork(store, naming));
        this.forward = new ForwardWork(new ForwardWork.Parts(
                store,
                plans,
                new Deliveries(records),
                new DeliveryLog(store, records),
                engines != null ? engines : Objects.requireNonNull(workings.engines()),
                gate,
                turns,
                wakeups,
                RejectsWork.ofEngine(store, naming),
                settlement,
                configuration,
                policy(outside),
                clock,
                outside.random(),
                outside.pause()));
        Incidents incidents = new Incidents(store, records, clock);
        this.metrics = metrics;
        this.backlog = new Backlog(store, jobs, clock);
        this.pages = new PageSender(
                store,
                records,
                new PageOrder(store, records, jobs, outbox, gate.incidents()),
                incidents,
                page -> policy(configuration.get().pager(), page),
                pager(outside, workings, configuration, secrets));
        this.deadInvocations = new DeadInvocations(records, outbox);
        Duration grace = outside.settings().sweepGrace();
        this.sweeper = new Sweeper(
                store,
                records,
                tasks,
                new LostUploads(
                        store, records, intake, taken, grace, outside.settings().sweepLookBack()),
                new OpenSets(store, records, jobs, sets, outbox),
                new ForgottenUploads(store, jobs),
                new Lookout(
                        expectations,
                        new IncidentSweep(store, outside.bucket(), records, jobs, incidents, outbox),
                        new StuckJobs(store, records, jobs, outbox, configuration),
                        new ParkedUploads(store, incidents, outbox, configuration),
                        pausedFeeds),
                clock,
                grace,
                () -> gate.tend(configuration));
    }

    private static RetryPolicy policy(Outside outside) {
        RetryPolicy usual = RetryPolicy.DEFAULT;
        return new RetryPolicy(
                usual.soonTries(),
                usual.soonLimit(),
                outside.settings().engineWait(),
                usual.waitMost(),
                usual.giveUp());
    }

    /** Built for each page, so that a changed routing key counts; PagerDuty's client is loaded with the first. */
    private static Supplier<Optional<Pager>> pager(
            Outside outside, Workings workings, Supplier<Configuration> configuration, Secrets secrets) {
        Pager simulated = workings.pager();
        if (simulated != null) {
            return () -> Optional.of(simulated);
        }
        return () -> Optional.ofNullable(configuration.get().pager())
                .map(pager -> new PagerDutyPager(
                        secrets.resolve(pager.routingKey()),
                        pager.endpoint(),
                        pager.proxy(),
                        outside.settings().source(),
                        links(outside, pager.runbook()),
                        outside.random(),
                        outside.pause()));
    }

    /** Where nobody is paged by the configuration, a simulation may be. */
    private static Optional<PageEvent> policy(io.intake.config.@Nullable Pager pager, PageEvent page) {
        return pager == null ? Optional.of(page) : PagePolicy.apply(pager, page);
    }

    private static PageLinks links(Outside outside, @Nullable URI runbook) {
        String region = outside.environment().apply("AWS_REGION");
        String groups = outside.environment().apply("INTAKE_LOG_GROUPS");
        return new PageLinks(
                region == null || region.isBlank() ? null : region,
                outside.bucket(),
                groups == null || groups.isBlank()
                        ? List.of()
                        : Stream.of(groups.split(",")).map(String::strip).toList(),
                runbook);
    }

    public Intake intake() {
        return intake;
    }

    public TaskRunner runner() {
        return runner;
    }

    /** A stage's work; pages are no stage's. */
    public StageWork<?> work(Stage stage) {
        return switch (stage) {
            case UNZIP -> unzip;
            case STITCH -> stitch;
            case FORWARD -> forward;
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
        return metrics;
    }

    /** Operators' decisions. */
    public Holds holds() {
        return holds;
    }

    /** Operators' orders to work on a file again. */
    public Replays replays() {
        return replays;
    }

    public JobStore jobs() {
        return jobs;
    }

    @Override
    public void close() {
        if (engines != null) {
            engines.close();
        }
    }
}
