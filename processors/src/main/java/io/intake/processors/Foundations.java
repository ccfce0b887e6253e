package io.intake.processors;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Naming;
import io.intake.config.Configuration;
import io.intake.config.StoredConfiguration;
import io.intake.processors.Processors.Outside;
import io.intake.processors.collect.Sets;
import io.intake.processors.engine.EngineGate;
import io.intake.processors.engine.Wakeups;
import io.intake.processors.expect.Expectations;
import io.intake.processors.hold.Holds;
import io.intake.processors.hold.PausedFeeds;
import io.intake.processors.intake.EarlierUploads;
import io.intake.processors.intake.TakenMarks;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobStore;
import io.intake.processors.machine.Settlement;
import io.intake.processors.order.Turns;
import io.intake.processors.page.Incidents;
import io.intake.processors.page.Outbox;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.receipt.Receipts;
import io.intake.processors.task.DoneMarks;
import io.intake.processors.task.FanOut;
import io.intake.processors.task.TaskStore;
import io.intake.processors.telemetry.JobReport;
import io.intake.processors.telemetry.Metrics;
import io.intake.store.ConditionalWrites;
import io.intake.store.ObjectStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;

/** What the stages share: records, names, and what is known of jobs, feeds and engines. Thread-safe. */
final class Foundations {
    private static final Duration CONFIGURATION_CHECK = Duration.ofSeconds(10);

    final Outside outside;
    final Workings workings;
    final Metrics metrics;
    final ObjectStore store;
    /** The name by which jobs' ids are made. */
    final String origin;

    final InstantSource clock;
    final Records records;
    final Secrets secrets;
    final StoredNames names;
    final Naming naming;
    final Supplier<Configuration> configuration;
    final JobStore jobs;
    final TaskStore tasks;
    final DoneMarks marks;
    final FanOut fanOut;
    final PlanStore plans;
    final Outbox outbox;
    final Incidents incidents;
    final Expectations expectations;
    final TakenMarks taken;
    final Wakeups wakeups;
    final Turns turns;
    final Settlement settlement;
    final EngineGate gate;
    final KeyedHashes hashes;
    final Sets sets;
    final Holds holds;
    final PausedFeeds paused;

    Foundations(Outside outside, Workings workings, Metrics metrics) {
        this.outside = outside;
        this.workings = workings;
        this.metrics = metrics;
        store = outside.store();
        String restored = outside.settings().originBucket();
        origin = restored == null ? outside.bucket() : restored;
        clock = outside.clock();
        records = new Records(store, new ConditionalWrites(store, outside.ids(), outside.pause()));
        secrets = new Secrets(outside.environment(), outside.vault(), clock);
        names = new StoredNames(outside.environment(), secrets);
        naming = names.naming();
        configuration = new StoredConfiguration(store, BucketLayout.PARTNERS, clock, CONFIGURATION_CHECK);
        jobs = new JobStore(records, names.records(), new JobReport(metrics));
        tasks = new TaskStore(store, records);
        marks = new DoneMarks(store, records);
        fanOut = new FanOut(tasks, marks);
        plans = new PlanStore(records, names.records());
        outbox = new Outbox(records);
        incidents = new Incidents(store, records, clock);
        expectations = new Expectations(store, records, outbox, configuration);
        taken = new TakenMarks(store);
        wakeups = new Wakeups(records, tasks, clock);
        turns = new Turns(
                store,
                records,
                jobs,
                wakeups,
                new EarlierUploads(store, naming, taken, outside.settings().sweepLookBack()),
                clock);
        settlement = new Settlement(store, jobs, new Receipts(store, naming), outbox, this::ended);
        gate = new EngineGate(store, records, outbox, wakeups, clock, outside.ids(), outside.random(), outside.pause());
        hashes = new KeyedHashes(records, outside.ids());
        sets = new Sets(store, records, naming, jobs, tasks, settlement, hashes, clock);
        holds = new Holds(records, jobs, tasks, clock);
        paused = new PausedFeeds(store, holds, configuration);
    }

    private void ended(Job job) {
        turns.over(job);
        expectations.delivered(job);
    }
}
