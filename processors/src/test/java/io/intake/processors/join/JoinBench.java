package io.intake.processors.join;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.NaturalNaming;
import io.intake.bucket.Stage;
import io.intake.config.ArchiveLimits;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.config.Join;
import io.intake.config.Table;
import io.intake.processors.Json;
import io.intake.processors.KeyedHashes;
import io.intake.processors.Records;
import io.intake.processors.TestClock;
import io.intake.processors.collect.Sets;
import io.intake.processors.hold.FeedSizes;
import io.intake.processors.hold.Holds;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.join.Deliveries.Delivery;
import io.intake.processors.machine.JobMachine;
import io.intake.processors.machine.Settlement;
import io.intake.processors.nest.Nests;
import io.intake.processors.nest.Tree;
import io.intake.processors.page.Outbox;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.Plan.TablePlan;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.quality.RejectsWork;
import io.intake.processors.receipt.Receipts;
import io.intake.processors.stitch.StitchWork;
import io.intake.processors.task.DoneMarks;
import io.intake.processors.task.FanOut;
import io.intake.processors.task.TaskRunner;
import io.intake.processors.task.TaskStore;
import io.intake.processors.task.TaskStore.TaskKey;
import io.intake.processors.task.TimeBudget;
import io.intake.processors.unzip.ArchivePlanner.Units;
import io.intake.store.ConditionalWrites;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** A bucket with a job whose tables are to be joined, and what runs its tasks. */
final class JoinBench {
    static final String JOB = "20260304-aa";
    static final Duration LEASE = Duration.ofMinutes(5);
    /** Some rows make a partition, and fewer a window. */
    static final JoinLimits TINY = new JoinLimits(0, 600, 2_500, 100_000, 300, 2, 5, 2_000);

    static final TimeBudget PLENTY = () -> Duration.ofMinutes(10);

    final TestClock clock = new TestClock();
    final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    final Feed feed;

    private final JoinLimits limits;
    private final AtomicLong ids = new AtomicLong();

    /**
     * @param join what the feed says
     * @param tables the tables' files by name, as CSV; empty for one that is not in the archive
     */
    JoinBench(JoinLimits limits, Join join, Map<String, String> tables) {
        this.limits = limits;
        List<Table> declared = new ArrayList<>();
        List<TablePlan> plans = new ArrayList<>();
        tables.forEach((name, csv) -> {
            declared.add(new Table(name, name + ".csv", null, false, Format.DEFAULT, List.of()));
            if (!csv.isEmpty()) {
                int number = plans.size();
                plans.add(new TablePlan(number, name, List.of(number), Format.DEFAULT, List.of()));
                put(BucketLayout.entry(JOB, number), csv.getBytes(StandardCharsets.UTF_8));
            }
        });
        this.feed = new Feed("f", ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, declared, "e", 10, Set.of(), join);
        int half = plans.size() / 2;
        List<Plan.Run> groups = half == 0
                ? List.of(new Plan.Run(0, plans.size()))
                : List.of(new Plan.Run(0, half), new Plan.Run(half, plans.size()));
        put(BucketLayout.plan(JOB), Json.bytes(new Plan(List.of(), 0, List.of(), plans, groups)));
        Instant now = clock.instant();
        Job job = Job.open(JOB, "p", new Input("inbound/p/x", null, "e", 1, null, now), feed, now)
                .become(JobState.UNZIPPING, now)
                .become(JobState.STITCHING, now);
        new JobStore(records(bucket)).open(job);
        for (int number = 1; number <= groups.size(); number++) {
            new TaskStore(bucket, records(bucket)).open(Stage.STITCH, JOB, number);
        }
    }

    private void put(String key, byte[] bytes) {
        bucket.put(new PutRequest(key, Content.of(bytes), "x/y", Map.of(), Precondition.ALWAYS));
    }

    Records records(ObjectStore store) {
        return new Records(store, new ConditionalWrites(store, () -> "w" + ids.incrementAndGet(), pause -> {}));
    }

    /** An execution environment that remembers nothing. */
    final class Function {
        private final TaskRunner runner;
        private final StitchStage stage;
        private final String owner = "o" + ids.incrementAndGet();

        Function(ObjectStore store) {
            Records records = records(store);
            PlanStore plans = new PlanStore(records);
            TaskStore tasks = new TaskStore(store, records);
            DoneMarks marks = new DoneMarks(store, records);
            JobStore jobs = new JobStore(records);
            Joins joins = new Joins(records, plans, marks, new FanOut(tasks, marks), limits);
            Settlement settlement =
                    new Settlement(store, jobs, new Receipts(store, new NaturalNaming()), new Outbox(records));
            Sets sets = new Sets(
                    bucket,
                    records,
                    new NaturalNaming(),
                    jobs,
                    tasks,
                    settlement,
                    new KeyedHashes(records, () -> "k"),
                    clock);
            JobMachine machine = new JobMachine(
                    plans,
                    jobs,
                    tasks,
                    new FanOut(tasks, marks),
                    marks,
                    joins,
                    sets,
                    settlement,
                    new Holds(records, jobs, tasks, clock),
                    new FeedSizes(records),
                    new Nests(
                            records,
                            plans,
                            marks,
                            new FanOut(tasks, marks),
                            new Tree(store, new NaturalNaming(), plans),
                            Units.DEFAULT),
                    clock);
            this.stage = joins.stage(store, new StitchWork(store, plans), new RejectsWork(store, new NaturalNaming()));
            this.runner = new TaskRunner(records, jobs, tasks, marks, machine, clock, LEASE);
        }

        /** Runs open tasks, in any order, until there are none. */
        void runAll(RandomGenerator random) {
            for (List<TaskKey> open = open(); !open.isEmpty(); open = open()) {
                runner.run(open.get(random.nextInt(open.size())), stage, owner, PLENTY);
            }
        }
    }

    List<TaskKey> open() {
        return bucket.snapshot().keySet().stream()
                .sorted()
                .flatMap(key -> TaskKey.parse(key).stream())
                .filter(key -> key.stage() == Stage.STITCH)
                .toList();
    }

    Job run(RandomGenerator random) {
        new Function(bucket).runAll(random);
        return job();
    }

    Job job() {
        return new JobStore(records(bucket)).require(JOB);
    }

    /** What would be delivered: the lines of each object, by table and object. */
    Map<String, Map<String, List<String>>> delivered() {
        Plan plan = new PlanStore(records(bucket)).require(JOB);
        Map<String, Map<String, List<String>>> delivered = new TreeMap<>();
        for (Delivery delivery : new Deliveries(records(bucket)).of(job(), plan)) {
            byte[] bytes = Objects.requireNonNull(bucket.snapshot().get(delivery.key()), delivery.key());
            delivered
                    .computeIfAbsent(delivery.table(), table -> new LinkedHashMap<>())
                    .put(
                            delivery.key(),
                            new String(bytes, StandardCharsets.UTF_8).lines().toList());
        }
        return delivered;
    }

    /** All lines of a table that would be delivered. */
    List<String> delivered(String table) {
        return delivered().getOrDefault(table, Map.of()).values().stream()
                .flatMap(List::stream)
                .toList();
    }

    /** What the join has written, but for what is only for its own way. */
    Map<String, String> written() {
        Map<String, String> found = new TreeMap<>();
        bucket.snapshot().forEach((key, bytes) -> {
            if (key.contains("/join/")) {
                found.put(key, new String(bytes, StandardCharsets.ISO_8859_1));
            }
        });
        return found;
    }
}
