package io.intake.processors.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.config.ArchiveLimits;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.config.PasswordHash;
import io.intake.iam.DeployedRoles;
import io.intake.processors.Intercepted;
import io.intake.processors.Json;
import io.intake.processors.Records;
import io.intake.processors.TestClock;
import io.intake.processors.forward.Acknowledged;
import io.intake.processors.hold.HoldReasons;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.secrets.Passwords;
import io.intake.store.ConditionalWrites;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.PermanentStoreException;
import io.intake.store.PutRequest;
import io.intake.store.UploadRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** At 3 a.m. a command that shows a patient's name unasked, says OK when nothing was done, or does it twice, does harm. */
class IntakeCommandTest {
    private static final String JOB = "20260304-aa";
    private static final String NAME = "Doe_Jane.csv";

    private final TestClock clock = new TestClock();
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    private final Records records = new Records(
            bucket, new ConditionalWrites(bucket, () -> UUID.randomUUID().toString(), pause -> {}));
    private final JobStore jobs = new JobStore(records);
    private final Map<String, String> environment = new HashMap<>(
            Map.of("INTAKE_BUCKET", "bucket", "INTAKE_S3_ENDPOINT", "http://127.0.0.1:1", "AWS_REGION", "us-east-1"));
    private final List<Runnable> pauses = new ArrayList<>();
    private String user = "ops-7";
    private String typed = "";
    private ObjectStore store = DeployedRoles.ofThisProject().guarding(bucket, DeployedRoles.OPERATOR);
    private String said = "";
    private String complained = "";

    private int run(String... arguments) {
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

    private JsonNode json() throws Exception {
        return Json.mapper().readTree(said);
    }

    private void job(String id, UnaryOperator<Job> change) {
        Feed feed = new Feed("f", ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "lab", 10, Set.of());
        Input input = new Input("inbound/p/" + NAME, null, "e", 1_234, "0badcafe", clock.instant());
        jobs.open(change.apply(Job.open(id, "p", input, feed, clock.instant())));
    }

    private Job failed(Job job) {
        return job.fail(Failure.broken("X_BROKE", "It broke.", "Wait."), clock.instant())
                .asSettled();
    }

    private Job held(Job job) {
        return job.become(JobState.UNZIPPING, clock.instant())
                .become(JobState.STITCHING, clock.instant())
                .hold(HoldReasons.sameBytes(), clock.instant())
                .asSettled();
    }

    private List<JsonNode> audited() {
        return bucket.snapshot().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(BucketLayout.AUDIT))
                .map(entry -> Json.read(entry.getValue(), JsonNode.class))
                .toList();
    }

    @Test
    void todaysFilesAreListedWithoutTheirNames() throws Exception {
        job(JOB, this::failed);
        clock.advance(Duration.ofMinutes(5));
        assertThat(run("status")).isEqualTo(ExitCode.OK);
        assertThat(said).contains(JOB, "FAILED", "X_BROKE", "1,234", "5m 0s").doesNotContain("Doe");
        assertThat(run("status", "--json", "--state", "failed,quarantined")).isEqualTo(ExitCode.OK);
        assertThat(json().path("schema").asInt()).isEqualTo(1);
        assertThat(json().path("jobs").path(0).path("code").asText()).isEqualTo("X_BROKE");
        assertThat(said).doesNotContain("Doe");
        assertThat(run("status", "--day", "yesterday")).isEqualTo(ExitCode.OK);
        assertThat(said).contains("no files");
    }

    @Test
    void filesAreFoundByNameAndContentAndNotFoundIsSaid(@TempDir Path folder) throws Exception {
        // whether a file is under a name is asked by the right to read the file, which the operators' policy leaves out
        store = bucket;
        job(JOB, this::failed);
        assertThat(run("status", "--partner", "p", "--name", "/inbound/" + NAME))
                .isEqualTo(ExitCode.OK);
        assertThat(said).contains(JOB).doesNotContain("Doe");
        assertThat(run("status", "--name-begins", "Doe")).isEqualTo(ExitCode.OK);
        assertThat(run("status", "--name-begins", "Roe")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(run("status", "--content", "0BADCAFE")).isEqualTo(ExitCode.OK);
        Path other = Files.writeString(folder.resolve("x"), "123456789");
        assertThat(run("status", "--same-as", other.toString())).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(run("status", "--name", "x")).isEqualTo(ExitCode.USAGE);
        environment.put("INTAKE_NAMING", "encrypted");
        assertThat(run("status", "--name-begins", "Doe")).isEqualTo(ExitCode.NO_ACCESS);
        assertThat(complained).contains("name keys");
    }

    @Test
    void aFilesStoryIsToldAndItsNameOnlyToWhoIsRecorded() throws Exception {
        job(JOB, this::failed);
        byte[] delivery = Json.bytes(Map.of(
                "acknowledged",
                List.of(new Acknowledged(1, 1, 0, 500, 41, "f00d", "log-77", clock.instant(), 2))));
        bucket.put(PutRequest.of(BucketLayout.deliveries(JOB, 1), Content.of(delivery), Json.TYPE));
        assertThat(run("job", JOB)).isEqualTo(ExitCode.OK);
        assertThat(said)
                .contains("X_BROKE", "It broke.", "RECEIVED", "FAILED")
                .containsPattern("DELIVERY +AT +BATCH +TABLE +RECORDS +TRIES +REFERENCE")
                .containsPattern("1 .* 1 +1 +501 to 541 +2 +log-77")
                .doesNotContain("Doe", "{", "f00d");
        assertThat(audited()).isEmpty();
        assertThat(run("job", JOB, "--reveal", "--why", "hospital asks", "--json"))
                .isEqualTo(ExitCode.OK);
        assertThat(json().path("file").asText()).isEqualTo("/inbound/" + NAME);
        assertThat(json().path("history").size()).isEqualTo(2);
        assertThat(json().path("acknowledged").path(0).path("key").asText()).isEqualTo("f00d");
        assertThat(audited()).singleElement().satisfies(entry -> {
            assertThat(entry.path("action").asText()).isEqualTo("reveal");
            assertThat(entry.path("subject").asText()).isEqualTo(JOB);
            assertThat(entry.path("why").asText()).isEqualTo("hospital asks");
            assertThat(entry.path("user").asText()).isEqualTo("ops-7");
            assertThat(entry.toString()).doesNotContain("Doe");
        });
        assertThat(run("job", "20260304-bb")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(run("job", "../../x")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aNameThatCannotBeRecordedAsSeenIsNotShown() {
        job(JOB, this::failed);
        store = (ObjectStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("put")) {
                        throw new PermanentStoreException("put", "audit/x", "403 AccessDenied, request 1", null);
                    }
                    return method.invoke(bucket, arguments);
                });
        assertThat(run("job", JOB, "--reveal")).isEqualTo(ExitCode.NO_ACCESS);
        assertThat(said + complained).doesNotContain("Doe");
    }

    @Test
    void aDecisionIsWrittenOnceRecordedAndOpensTheTaskThatGoesOn() {
        job(JOB, this::held);
        assertThat(run("release", JOB)).isEqualTo(ExitCode.OK);
        assertThat(said.strip()).isEqualTo("released by ops-7 at 2026-03-04T05:06:07Z");
        assertThat(bucket.snapshot())
                .containsKeys(BucketLayout.decision(JOB, 4), BucketLayout.task(Stage.STITCH, JOB, 0));
        user = "ops-8";
        assertThat(run("release", JOB)).isEqualTo(ExitCode.OK);
        assertThat(said).contains("by ops-7");
        assertThat(run("reject", JOB)).isEqualTo(ExitCode.PROBLEM);
        assertThat(said).contains("already released by ops-7");
        assertThat(audited()).isNotEmpty();
    }

    @Test
    void whatIsNotHeldIsNotDecided() {
        job(JOB, this::failed);
        assertThat(run("release", JOB)).isEqualTo(ExitCode.PROBLEM);
        assertThat(complained).contains("not held: it is FAILED");
        assertThat(run("reject", "20260304-bb")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(run("decide", JOB)).isEqualTo(ExitCode.USAGE);
        assertThat(audited()).isEmpty();
    }

    @Test
    void aReplayIsTriedDryThenOrderedOnceAndRecorded() throws Exception {
        job(JOB, this::failed);
        assertThat(run("replay", JOB, "--as-before", "--dry-run")).isEqualTo(ExitCode.OK);
        assertThat(said).contains("would be replayed as job 20260304-").doesNotContain("Doe");
        assertThat(bucket.snapshot()).hasSize(1);
        assertThat(run("replay", JOB, "--as-before", "--why", "ticket 7", "--json"))
                .isEqualTo(ExitCode.OK);
        String replay = json().path("replay").path("id").asText();
        assertThat(bucket.snapshot())
                .containsKeys(BucketLayout.jobRecord(replay), BucketLayout.task(Stage.UNZIP, replay, 0));
        assertThat(audited())
                .singleElement()
                .satisfies(entry -> assertThat(entry.path("action").asText()).isEqualTo("replay"));
        user = "ops-8";
        assertThat(run("replay", JOB, "--as-before", "--from", "forward", "--failed-only"))
                .isEqualTo(ExitCode.PROBLEM);
        assertThat(said).contains("ops-7", replay);
        assertThat(run("replay", JOB, "--failed-only")).isEqualTo(ExitCode.USAGE);
        assertThat(run("job", JOB)).isEqualTo(ExitCode.OK);
        assertThat(said).contains("replayed as  " + replay + ", ordered by ops-7");
        assertThat(run("status")).isEqualTo(ExitCode.OK);
        assertThat(said).contains("FAILED (replayed)");
    }

    @Test
    void aReplayByTheFeedAsItIsNowNeedsThatFeed() {
        job(JOB, this::failed);
        bucket.put(PutRequest.of(
                BucketLayout.PARTNERS, Content.of(yaml("g").getBytes(StandardCharsets.UTF_8)), "application/yaml"));
        assertThat(run("replay", JOB)).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(complained).contains("no feed f", "--as-before");
        assertThat(run("replay", JOB, "--feed", "g", "--dry-run")).isEqualTo(ExitCode.OK);
        assertThat(said).contains("by feed g as it is now");
    }

    private static String yaml(String feed) {
        return """
                partners:
                  # St Mary's
                  - id: p
                    login:
                      public-keys:
                        - "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBd4ZrIuRBmBCAXUvfLKBuxYvT4TmBSRHY8bMHBMWyVJ batch" # old
                    feeds: [ { id: %s, match: '.*', deliver: { engine: lab } } ]
                engines: { lab: { type: http, url: "http://127.0.0.1:1/" } }
                """.formatted(feed);
    }

    @Test
    void aPartnersFileIsValidatedAndGetsAKeyWithoutLosingAnything(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("partners.yml"), yaml("g"));
        assertThat(run("partners", "validate", file.toString())).isEqualTo(ExitCode.OK);
        assertThat(said).contains("1 partners, 1 feeds, 1 engines");
        Path key = Files.writeString(
                folder.resolve("id.pub"),
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKHEChAlPTpjTBmZ0FkVZJ5mFtk7bnWIhYVGOYWpVcVT new\n");
        assertThat(run("partners", "add-key", "p", key.toString(), "--file", file.toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(Files.readString(file))
                .contains("# St Mary's", "# old\n        - \"ssh-ed25519 AAAA", "VcVT new\"\n    feeds");
        assertThat(run("partners", "validate", file.toString())).isEqualTo(ExitCode.OK);
        String before = Files.readString(file);
        assertThat(run("partners", "add-key", "p", key.toString(), "--file", file.toString()))
                .isEqualTo(ExitCode.PROBLEM);
        assertThat(run("partners", "add-key", "q", key.toString(), "--file", file.toString()))
                .isEqualTo(ExitCode.NOT_FOUND);
        assertThat(Files.readString(file)).isEqualTo(before);
        Files.writeString(file, "partners: []\nengines: {}\nnonsense: 1\n");
        assertThat(run("partners", "validate", file.toString(), "--json")).isEqualTo(ExitCode.PROBLEM);
        assertThat(json().path("problems").size()).isGreaterThan(1);
    }

    @Test
    void aPasswordIsHashedSoThatTheGatewayKnowsIt() {
        typed = "correct horse battery\n";
        assertThat(run("hash-password")).isEqualTo(ExitCode.OK);
        PasswordHash hash = PasswordHash.parse(said.strip()).orElseThrow();
        assertThat(Passwords.verify("correct horse battery", hash)).isTrue();
        typed = "short\n";
        assertThat(run("hash-password")).isEqualTo(ExitCode.USAGE);
        assertThat(said + complained).doesNotContain("short\n");
    }

    @Test
    void whatWasRefusedAndNotReplayedIsListedAndIsAProblem() {
        assertThat(run("quarantine")).isEqualTo(ExitCode.OK);
        job(JOB, this::failed);
        bucket.put(PutRequest.of(BucketLayout.quarantine(JOB), Content.of(new byte[0]), Json.TYPE));
        assertThat(run("quarantine")).isEqualTo(ExitCode.PROBLEM);
        assertThat(said).contains(JOB, "X_BROKE").doesNotContain("Doe");
        assertThat(run("replay", JOB, "--as-before")).isEqualTo(ExitCode.OK);
        assertThat(run("quarantine")).isEqualTo(ExitCode.OK);
        assertThat(run("quarantine", "--all")).isEqualTo(ExitCode.PROBLEM);
    }

    @Test
    void unfinishedUploadsAreListedWithTheirAgeAndWithoutNames() {
        bucket.put(PutRequest.of("uploads/p/inbound/Doe.filepart", Content.of(new byte[7]), "text/plain"));
        bucket.put(PutRequest.of("parked/p/f/u.json", Content.of(Json.bytes(Map.of("parked", true))), Json.TYPE));
        for (String key : List.of("inbound/p/Doe.zip", "uploads/p/inbound/Doe.zip.tmp")) {
            var upload = bucket.startUpload(new UploadRequest(key, "application/zip", Map.of()));
            var _ = bucket.uploadPart(upload, 1, Content.of(new byte[3]));
        }
        clock.advance(Duration.ofHours(30));
        assertThat(run("uploads")).isEqualTo(ExitCode.OK);
        assertThat(said).contains("rename", "resume", "session", "1d 6h").doesNotContain("Doe");
    }

    @Test
    void changesAreFollowedEachOnce() {
        job("20260304-00", this::failed);
        job(JOB, UnaryOperator.identity());
        pauses.add(() -> jobs.update(JOB, now -> now.become(JobState.UNZIPPING, clock.instant())));
        pauses.add(() -> {});
        assertThat(run("tail", "--looks", "3")).isEqualTo(ExitCode.OK);
        assertThat(said.lines()).hasSize(2);
        assertThat(said).contains("RECEIVED", "UNZIPPING").doesNotContain("Doe", "20260304-00");
    }

    @Test
    void whatStandsStillCostsOneListingALook() {
        job("20260304-00", this::failed);
        job(JOB, this::held);
        clock.advance(Duration.ofHours(20));
        List<String> calls = new ArrayList<>();
        store = Intercepted.store(bucket, new Intercepted.Around() {
            @Override
            public void before(String operation, Object[] arguments) {
                calls.add(operation);
            }
        });
        assertThat(run("tail", "--looks", "10")).isEqualTo(ExitCode.OK);
        assertThat(calls).filteredOn("list"::equals).hasSize(10);
        assertThat(calls).filteredOn("read"::equals).as("both at first").hasSize(2);
        // It is released: seen within half a minute
        pauses.add(() -> jobs.update(JOB, now -> now.release(JobState.FORWARDING, clock.instant())));
        calls.clear();
        assertThat(run("tail", "--looks", "12")).isEqualTo(ExitCode.OK);
        assertThat(said).contains("HELD", "FORWARDING");
    }

    @Test
    void withoutABucketItIsSaidWhatIsMissing() {
        environment.remove("INTAKE_BUCKET");
        assertThat(run("status")).isEqualTo(ExitCode.USAGE);
        assertThat(complained).contains("INTAKE_BUCKET", "--bucket");
        assertThat(run("status", "--bucket", "other")).isEqualTo(ExitCode.OK);
        assertThat(run()).isEqualTo(ExitCode.USAGE);
        assertThat(run("--help")).isEqualTo(ExitCode.OK);
        assertThat(said).contains("Exit codes", "replay", "3   there is no such");
    }
}
