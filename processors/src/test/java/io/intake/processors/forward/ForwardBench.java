package io.intake.processors.forward;

import com.sun.net.httpserver.HttpServer;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.NaturalNaming;
import io.intake.bucket.Stage;
import io.intake.config.Configuration;
import io.intake.config.Engine;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.config.HttpTarget;
import io.intake.processors.Intercepted;
import io.intake.processors.Records;
import io.intake.processors.Secrets;
import io.intake.processors.engine.EngineGate;
import io.intake.processors.engine.Wakeups;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobStore;
import io.intake.processors.join.Deliveries;
import io.intake.processors.machine.Settlement;
import io.intake.processors.order.Turns;
import io.intake.processors.page.Outbox;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.quality.RejectsWork;
import io.intake.processors.receipt.Receipts;
import io.intake.processors.task.DoneMarks;
import io.intake.processors.task.Renewals;
import io.intake.processors.task.Saves;
import io.intake.processors.task.StageEvents;
import io.intake.processors.task.StageWork;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.Task;
import io.intake.processors.task.TaskRunner;
import io.intake.processors.task.TaskRunner.Ending;
import io.intake.processors.task.TaskStore;
import io.intake.processors.task.TaskStore.TaskKey;
import io.intake.store.ConditionalWrites;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures how fast a job's records are forwarded, against a plain loop of the same HTTP client that sends bodies of the same
 * size to the same server: by turns in one process, so that what else the machine does hits both. The store is in memory, so
 * that what is measured is our own. Run by hand; docs/benchmarks.md has the command and what came out.
 */
public final class ForwardBench {
    private static final int ROUNDS = 9;
    private static final int SAVED_ROUNDS = 3;
    private static final int BATCHES = 200;
    private static final Task TASK = new Task(Stage.FORWARD, "20260304-aa", 1, 1);

    private static final String LINE =
            "{\"MRN\":\"0000012345\",\"NAME\":\"" + "n".repeat(150) + "\",\"CITY\":\"Springfield\"}\n";

    private ForwardBench() {}

    /**
     * Measures all cases.
     *
     * @param arguments nothing for our own part, or how many milliseconds each request to S3 takes
     */
    public static void main(String[] arguments) throws Exception {
        boolean ours = arguments.length == 0;
        for (int millis : ours ? new int[] {0, 5, 20} : new int[] {5, 20, 50}) {
            try (Server server = new Server(Duration.ofMillis(millis))) {
                for (int batch : ours ? new int[] {1, 50, 500} : new int[] {500}) {
                    if (ours) {
                        compare(server, millis, batch);
                    } else {
                        compareSaved(server, millis, batch, Duration.ofMillis(Integer.parseInt(arguments[0])));
                    }
                }
            }
        }
    }

    /** With all that a function does for a task, over a store that takes its time. */
    private static void compareSaved(Server server, int millis, int batch, Duration store) throws Exception {
        double[] plain = new double[SAVED_ROUNDS];
        double[] first = new double[SAVED_ROUNDS];
        double[] meanwhile = new double[SAVED_ROUNDS];
        byte[] table = LINE.repeat(BATCHES * batch).getBytes(StandardCharsets.UTF_8);
        byte[] body = ("x".repeat(130) + LINE.repeat(batch)).getBytes(StandardCharsets.UTF_8);
        for (int round = -1; round < SAVED_ROUNDS; round++) {
            double loop = plainLoop(server.uri(), body);
            double before = saved(server.uri(), table, batch, store, Saves.FIRST);
            double now = saved(server.uri(), table, batch, store, Saves.MEANWHILE);
            if (round >= 0) {
                plain[round] = loop;
                first[round] = before;
                meanwhile[round] = now;
            }
        }
        System.out.println(String.format(
                Locale.ROOT,
                "store takes %d ms, engine %2d ms, %3d records a request: plain loop %5.0f requests/s, saved first %.2f, "
                        + "saved meanwhile %.2f",
                store.toMillis(),
                millis,
                batch,
                median(plain),
                median(first) / median(plain),
                median(meanwhile) / median(plain)));
    }

    private static double saved(URI uri, byte[] table, int batch, Duration each, Saves saves) {
        InstantSource clock = InstantSource.system();
        InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
        AtomicInteger ids = new AtomicInteger();
        ObjectStore slow = Intercepted.store(bucket, new Intercepted.Around() {
            @Override
            public void before(String operation, Object[] arguments) {
                LockSupport.parkNanos(each.toNanos());
            }

            @Override
            public void after(String operation, Object[] arguments, Object result) {}
        });
        Records fast = new Records(bucket, new ConditionalWrites(bucket, () -> "w" + ids.incrementAndGet(), _ -> {}));
        Records records = new Records(slow, new ConditionalWrites(slow, () -> "w" + ids.incrementAndGet(), _ -> {}));
        Job job = stitched(bucket, fast, table, batch);
        new JobStore(fast).open(job);
        new TaskStore(bucket, fast).open(Stage.FORWARD, TASK.job(), 1);
        Configuration configuration =
                new Configuration(List.of(), Map.of("lab", Deliverable.engine(new HttpTarget(uri, null))), null);
        try (Engines engines = new Engines(new Secrets(_ -> null, _ -> null, clock), clock)) {
            TaskRunner runner = new TaskRunner(
                    records,
                    new JobStore(records),
                    new TaskStore(slow, records),
                    new DoneMarks(slow, records),
                    new NoEvents(),
                    clock,
                    Duration.ofMinutes(5),
                    Renewals.REAL_TIME,
                    saves);
            long begin = System.nanoTime();
            Ending ending = runner.run(
                    new TaskKey(Stage.FORWARD, TASK.job(), 1),
                    new ForwardWork(parts(slow, records, engines, configuration)),
                    "a",
                    () -> Duration.ofMinutes(10));
            if (ending != Ending.DONE) {
                throw new IllegalStateException("ended as " + ending);
            }
            return rate(begin);
        }
    }

    private static final class NoEvents implements StageEvents {
        @Override
        public void done(Task task) {}

        @Override
        public void refused(Job job, Failure failure) {
            throw new IllegalStateException(failure.code());
        }

        @Override
        public void ended(Job job) {}

        @Override
        public void waiting(Job job, String reason) {
            throw new IllegalStateException(reason);
        }

        @Override
        public void resumed(Job job) {}
    }

    private static void compare(Server server, int millis, int batch) throws Exception {
        double[] plain = new double[ROUNDS];
        double[] ours = new double[ROUNDS];
        byte[] table = LINE.repeat(BATCHES * batch).getBytes(StandardCharsets.UTF_8);
        byte[] body = ("x".repeat(130) + LINE.repeat(batch)).getBytes(StandardCharsets.UTF_8);
        for (int round = -2; round < ROUNDS; round++) {
            double loop = plainLoop(server.uri(), body);
            double forwarded = forwarded(server.uri(), table, batch);
            if (round >= 0) {
                plain[round] = loop;
                ours[round] = forwarded;
            }
        }
        System.out.println(String.format(
                Locale.ROOT,
                "engine takes %2d ms, %3d records a request: plain loop %7.0f requests/s, forwarded %7.0f, %5.2f",
                millis,
                batch,
                median(plain),
                median(ours),
                median(ours) / median(plain)));
    }

    private static double plainLoop(URI uri, byte[] body) throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            long begin = System.nanoTime();
            for (int i = 0; i < BATCHES; i++) {
                HttpRequest request = HttpRequest.newBuilder(uri)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build();
                if (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() != 200) {
                    throw new IllegalStateException("refused");
                }
            }
            return rate(begin);
        }
    }

    private static double forwarded(URI uri, byte[] table, int batch) {
        InstantSource clock = InstantSource.system();
        InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
        AtomicInteger ids = new AtomicInteger();
        Records records =
                new Records(bucket, new ConditionalWrites(bucket, () -> "w" + ids.incrementAndGet(), _ -> {}));
        Job job = stitched(bucket, records, table, batch);
        Engine lab = Deliverable.engine(new HttpTarget(uri, null));
        Configuration configuration = new Configuration(List.of(), Map.of("lab", lab), null);
        try (Engines engines = new Engines(new Secrets(_ -> null, _ -> null, clock), clock)) {
            StageWork<ForwardCursor> work = new ForwardWork(parts(bucket, records, engines, configuration)).forRun();
            long begin = System.nanoTime();
            ForwardCursor cursor = work.begin(job, TASK);
            for (int i = 0; i < BATCHES; i++) {
                StepOutcome<ForwardCursor> outcome = work.step(job, TASK, cursor, () -> Duration.ofMinutes(10));
                if (!(outcome instanceof Advanced<ForwardCursor>(ForwardCursor next, boolean ignored))) {
                    throw new IllegalStateException("not taken: " + outcome.getClass());
                }
                cursor = next;
            }
            return rate(begin);
        }
    }

    private static Job stitched(InMemoryObjectStore bucket, Records records, byte[] table, int batch) {
        bucket.put(PutRequest.of(BucketLayout.stitched(TASK.job(), 0), Content.of(table), "application/x-ndjson"));
        new PlanStore(records)
                .create(
                        TASK.job(),
                        new Plan(
                                List.of(),
                                0,
                                List.of(),
                                List.of(new Plan.TablePlan(0, "t", List.of(0), Format.DEFAULT, List.of())),
                                List.of()));
        Feed usual = Deliverable.feed(null);
        return Deliverable.job(new Feed(
                usual.id(),
                usual.match(),
                usual.limits(),
                usual.format(),
                usual.tables(),
                usual.engine(),
                batch,
                usual.receipts()));
    }

    private static ForwardWork.Parts parts(
            ObjectStore bucket, Records records, Engines engines, Configuration configuration) {
        InstantSource clock = InstantSource.system();
        JobStore jobs = new JobStore(records);
        Wakeups wakeups = new Wakeups(records, new TaskStore(bucket, records), clock);
        NaturalNaming naming = new NaturalNaming();
        Outbox outbox = new Outbox(records);
        AtomicInteger runs = new AtomicInteger();
        return new ForwardWork.Parts(
                bucket,
                new PlanStore(records),
                new Deliveries(records),
                new DeliveryLog(bucket, records),
                engines,
                new EngineGate(
                        bucket,
                        records,
                        outbox,
                        wakeups,
                        clock,
                        () -> "run-" + runs.incrementAndGet(),
                        new Random(2),
                        _ -> {}),
                new Turns(bucket, records, jobs, wakeups, _ -> false, clock),
                wakeups,
                RejectsWork.ofEngine(bucket, naming),
                new Settlement(bucket, jobs, new Receipts(bucket, naming), outbox),
                () -> configuration,
                RetryPolicy.DEFAULT,
                clock,
                new Random(1),
                _ -> {});
    }

    private static double rate(long begin) {
        return BATCHES * 1e9 / (System.nanoTime() - begin);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** Takes everything, after a while. */
    private static final class Server implements AutoCloseable {
        private final HttpServer server;
        private final java.util.concurrent.ExecutorService threads = Executors.newCachedThreadPool();

        Server(Duration delay) throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(threads);
            server.createContext("/", exchange -> {
                exchange.getRequestBody().readAllBytes();
                LockSupport.parkNanos(delay.toNanos());
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            server.start();
        }

        URI uri() {
            return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/in");
        }

        @Override
        public void close() {
            server.stop(0);
            threads.shutdownNow();
        }
    }
}
