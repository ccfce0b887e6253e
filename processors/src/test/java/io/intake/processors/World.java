package io.intake.processors;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.S3Event;
import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.Naming.Area;
import io.intake.bucket.Naming.Place;
import io.intake.bucket.PartnerPath;
import io.intake.iam.DeployedRoles;
import io.intake.processors.HttpScript.Answer;
import io.intake.processors.Processors.Outside;
import io.intake.processors.job.Job;
import io.intake.processors.lambda.ForwardHandler;
import io.intake.processors.lambda.IntakeHandler;
import io.intake.processors.lambda.PageHandler;
import io.intake.processors.lambda.StitchHandler;
import io.intake.processors.lambda.SweepHandler;
import io.intake.processors.lambda.UnzipHandler;
import io.intake.processors.task.Saves;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The functions over an in-memory bucket whose events are delivered one after another, with an engine and a pager of their
 * own: so that a test can kill a run at any store call and see what becomes of it.
 */
final class World implements AutoCloseable {
    static final String PARTNER = "st-marys";

    final TestClock clock = new TestClock();
    final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    /** The bucket of engines that are one. */
    final InMemoryObjectStore lake = new InMemoryObjectStore(clock).beside("bucket", bucket);

    final HttpScript engine = new HttpScript(Answer.of(200));
    final HttpScript pager =
            new HttpScript(Answer.of(202, "{\"status\":\"success\",\"message\":\"ok\",\"dedup_key\":\"k\"}"));
    final Deque<Event> events = new ArrayDeque<>();

    private final AtomicLong ids = new AtomicLong();
    private Map<String, String> environment;
    private Consumer<String> aroundCall = call -> {};
    private Processors processors;
    private String name = "bucket";
    private ProcessorSettings settings = ProcessorSettings.DEFAULT;

    /** Whose role counts; null for a test's own calls. */
    private @Nullable String function;

    /** An object was created; tried again, an event keeps its request id. */
    record Event(String key, String requestId) {}

    World() {
        this(Map.of());
    }

    /** @param environment the functions' variables */
    World(Map<String, String> environment) {
        this(environment, "");
    }

    /** @param feeds more of them, as YAML */
    World(Map<String, String> environment, String feeds) {
        this.environment = environment;
        String yaml = WorldFeeds.yaml(feeds, engine.uri("/in"), pager.uri("/v2/enqueue"));
        bucket.put(PutRequest.of(
                BucketLayout.PARTNERS, Content.of(yaml.getBytes(StandardCharsets.UTF_8)), "application/yaml"));
        processors = freshSandbox();
    }

    /** Without threads, so that a kill at a call is at the same one each time. */
    Saves saves = Saves.FIRST;

    /** A new execution environment, as after a crash. */
    Processors freshSandbox() {
        return new Processors(outside(), Workings.REAL.saving(saves));
    }

    /** What the functions get from outside. */
    Outside outside() {
        return new Outside(
                watched(),
                name,
                settings,
                name -> environment.get(name),
                name -> null,
                clock,
                () -> "id-" + ids.incrementAndGet(),
                new Random(7),
                pause -> clock.advance(pause),
                target -> lake);
    }

    /** The bucket as one sees it whose writes raise events. */
    ObjectStore watched() {
        return Intercepted.store(bucket, new Intercepted.Around() {
            @Override
            public void before(String operation, Object[] arguments) {
                if (function != null) {
                    DeployedRoles.ofThisProject().check(function, operation, arguments);
                }
                aroundCall.accept("before " + operation);
            }

            @Override
            public void after(String operation, Object[] arguments, Object result) {
                switch (operation) {
                    case "put" -> created(((PutRequest) arguments[0]).key());
                    case "completeUpload" ->
                        created(((io.intake.store.CompleteRequest) arguments[0])
                                .upload()
                                .key());
                    case "copy" -> created((String) arguments[1]);
                    default -> {}
                }
                aroundCall.accept("after " + operation);
            }
        });
    }

    private void created(String key) {
        boolean raises = key.startsWith(BucketLayout.INBOUND)
                || key.startsWith(BucketLayout.TASKS)
                || key.startsWith(BucketLayout.FAILURES);
        if (raises) {
            events.add(new Event(key, "request-" + ids.incrementAndGet()));
        }
    }

    /** What is called before and after each store call of the functions; it may throw. */
    void aroundEachCall(Consumer<String> action) {
        aroundCall = action;
    }

    /** The names by the functions' variables. */
    StoredNames names() {
        UnaryOperator<@Nullable String> variables = name -> environment.get(name);
        return new StoredNames(variables, new Secrets(variables, name -> null, clock));
    }

    /** The functions get other variables and start anew. */
    void restart(Map<String, String> variables) {
        environment = variables;
        restart();
    }

    /** Puts a file as the gateway does; the event comes with {@link #run}. */
    void upload(String path, byte[] content) {
        upload(path, content, Map.of());
    }

    /** Puts a file as the gateway does, with more metadata. */
    void upload(String path, byte[] content, Map<String, String> more) {
        Map<String, String> metadata = new TreeMap<>(more);
        metadata.put("upload-id", "u-" + ids.incrementAndGet());
        String key = names().naming().key(new Place(PARTNER, Area.INBOUND, PartnerPath.parse(path)));
        bucket.put(new PutRequest(
                key, Content.of(content), "application/octet-stream", metadata, io.intake.store.Precondition.ALWAYS));
        created(key);
    }

    /** What an operator's command works with. */
    io.intake.processors.hold.Holds holds() {
        return processors.holds();
    }

    /** What an operator's command works with. */
    io.intake.processors.replay.Replays replays() {
        return processors.replays();
    }

    /** Delivers events until there are none. */
    void run() {
        while (!events.isEmpty()) {
            deliver(events.remove());
        }
    }

    /** Delivers one event. */
    void deliver(Event event) {
        as(function(event.key()), () -> handle(event));
    }

    private static @Nullable String function(String key) {
        if (key.startsWith(BucketLayout.INBOUND)) {
            return "intake";
        }
        if (key.startsWith(BucketLayout.TASKS)) {
            return key.split("/", 3)[1];
        }
        return key.startsWith(BucketLayout.FAILURES) ? "page" : null;
    }

    /** Runs something with a function's role. */
    private void as(@Nullable String name, Runnable action) {
        String before = function;
        function = name;
        try {
            action.run();
        } finally {
            function = before;
        }
    }

    private void handle(Event event) {
        Context context = new TestContext(event.requestId());
        S3Event notification = TestContext.notification(event.key());
        String key = event.key();
        if (key.startsWith(BucketLayout.INBOUND)) {
            new IntakeHandler(processors).handleRequest(notification, context);
        } else if (key.startsWith("tasks/unzip/")) {
            new UnzipHandler(processors).handleRequest(notification, context);
        } else if (key.startsWith("tasks/stitch/")) {
            new StitchHandler(processors).handleRequest(notification, context);
        } else if (key.startsWith("tasks/forward/")) {
            new ForwardHandler(processors).handleRequest(notification, context);
        } else if (key.startsWith("tasks/page/") || key.startsWith(BucketLayout.FAILURES)) {
            new PageHandler(processors).handleRequest(notification, context);
        }
    }

    /** What a scheduled sweep finds after everything has stood still long enough. */
    void sweepLater() {
        clock.advance(ProcessorSettings.DEFAULT.lease().plus(ProcessorSettings.DEFAULT.sweepGrace()));
        as("sweep", () -> new SweepHandler(processors).handleRequest(Map.of(), new TestContext("sweep")));
    }

    /** The process died: what it kept in memory is gone. */
    void restart() {
        aroundCall = call -> {};
        processors.close();
        processors = freshSandbox();
    }

    /**
     * The bucket is lost, and all that was under way with it. Functions of another bucket go on with what was restored into that, told
     * what the lost one was called.
     */
    void restore(Collection<PutRequest> objects) {
        bucket.snapshot().keySet().forEach(bucket::delete);
        bucket.listUploads("", null).uploads().forEach(upload -> bucket.abortUpload(upload.ref()));
        events.clear();
        settings = ProcessorSettings.fromEnvironment(
                variable -> variable.equals(ProcessorSettings.ORIGIN_BUCKET) ? "bucket" : null);
        name = "restored";
        restart();
        objects.forEach(object -> {
            bucket.put(object);
            created(object.key());
        });
    }

    List<Job> jobs() {
        List<Job> jobs = new ArrayList<>();
        bucket.snapshot().forEach((key, bytes) -> {
            if (key.endsWith("/job.json")) {
                jobs.add(Json.read(bytes, Job.class));
            }
        });
        return jobs;
    }

    List<String> keys(String prefix) {
        return bucket.snapshot().keySet().stream()
                .filter(key -> key.startsWith(prefix))
                .sorted()
                .toList();
    }

    /** An object as text. */
    String text(String key) {
        byte[] bytes = bucket.snapshot().get(key);
        if (bytes == null) {
            throw new AssertionError("no such object among " + bucket.snapshot().size());
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The partner's receipt of a kind about an upload. */
    JsonNode receipt(String path, String kind) throws Exception {
        return Json.mapper().readTree(text("outbound/st-marys/receipts/" + path + "." + kind + ".json"));
    }

    /** The records the engine has, each batch counted once by its key, by table. */
    Map<String, List<String>> delivered() throws Exception {
        Map<String, List<String>> tables = new TreeMap<>();
        Map<String, String> seen = new TreeMap<>();
        for (HttpScript.Received request : engine.received()) {
            String key = request.headers().getOrDefault("idempotency-key", "none");
            String before = seen.put(key, request.body());
            if (before != null) {
                if (!before.equals(request.body())) {
                    throw new AssertionError("two bodies under one key");
                }
                continue;
            }
            JsonNode body = Json.mapper().readTree(request.body());
            body.path("records")
                    .forEach(one -> tables.computeIfAbsent(body.path("table").asText(), name -> new ArrayList<>())
                            .add(one.toString()));
        }
        return tables;
    }

    @Override
    public void close() {
        processors.close();
        engine.close();
        pager.close();
    }
}
