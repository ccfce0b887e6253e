package io.intake.processors.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.config.SftpTarget;
import io.intake.config.SftpTarget.Identity;
import io.intake.processors.Intercepted;
import io.intake.processors.Json;
import io.intake.processors.TestClock;
import io.intake.processors.operator.Doctor.Finding;
import io.intake.processors.operator.Doctor.Verdict;
import io.intake.processors.operator.Reachability.Place;
import io.intake.processors.sweep.Heartbeat;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.PermanentStoreException;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import io.intake.store.s3.BucketSettings.Encryption;
import io.intake.store.s3.BucketSettings.Expiry;
import io.intake.store.s3.BucketSettings.Notification;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A doctor who finds everything well, whatever it looks at, is worse than none: each check must be seen to fail too. */
class DoctorTest {
    private static final Instant NOON = Instant.parse("2026-03-04T12:00:00Z");
    private static final String VALID = """
            partners:
              - id: st-marys
                login: { public-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICXdN2sO8Chsk5e7x8IQSxatWUQ2T+8w1119imVhF69u a"] }
                feeds: [ { id: f, match: '.*', deliver: { engine: lab } } ]
            engines: { lab: { type: http, url: "http://127.0.0.1:PORT/", headers: { X-Key: "secret:lab/key" } } }
            pager: { routing-key: "0123456789abcdef0123456789abcdef" }
            """;

    private final TestClock clock = new TestClock();
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    private final Map<String, String> environment = new HashMap<>(
            Map.of("INTAKE_BUCKET", "bucket", "INTAKE_S3_ENDPOINT", "http://127.0.0.1:1", "AWS_REGION", "us-east-1"));
    private ObjectStore store = bucket;

    private Session session() {
        return new Session(
                new Surroundings(
                        environment::get,
                        settings -> store,
                        clock,
                        () -> "id",
                        bytes -> {},
                        pause -> {},
                        () -> "ops",
                        new ByteArrayInputStream(new byte[0]),
                        new PrintWriter(new StringWriter()),
                        new PrintWriter(new StringWriter())),
                environment);
    }

    private Finding contents(String about) {
        List<Finding> findings = new Doctor(session()).contents();
        return findings.stream()
                .filter(finding -> finding.about().equals(about))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing about " + about + " in " + findings));
    }

    private void configured(String yaml) {
        bucket.put(PutRequest.of(
                BucketLayout.PARTNERS, Content.of(yaml.getBytes(StandardCharsets.UTF_8)), "application/yaml"));
    }

    private static void assertFinding(Finding finding, Verdict verdict, String says) {
        assertThat(finding.verdict()).as(finding.toString()).isEqualTo(verdict);
        assertThat(finding.says()).contains(says);
    }

    @Test
    void theClock() {
        assertFinding(BucketChecks.clock(Optional.of(NOON), NOON.plusSeconds(60)), Verdict.OK, "60 s");
        assertFinding(BucketChecks.clock(Optional.of(NOON), NOON.minusSeconds(61)), Verdict.PROBLEM, "61 s apart");
        assertFinding(BucketChecks.clock(Optional.empty(), NOON), Verdict.SKIPPED, "does not say");
    }

    @Test
    void versioningEncryptionAndPublicAccess() {
        assertFinding(BucketChecks.versioning(true), Verdict.OK, "enabled");
        assertFinding(BucketChecks.versioning(false), Verdict.PROBLEM, "enable it");
        assertFinding(BucketChecks.encryption(Optional.of(new Encryption("aws:kms", true))), Verdict.OK, "bucket key");
        assertFinding(BucketChecks.encryption(Optional.of(new Encryption("aws:kms", false))), Verdict.OK, "dearer");
        assertFinding(
                BucketChecks.encryption(Optional.of(new Encryption("AES256", false))), Verdict.WARNING, "not by a key");
        assertFinding(BucketChecks.encryption(Optional.empty()), Verdict.PROBLEM, "none");
        assertFinding(BucketChecks.publicAccess(true), Verdict.OK, "blocked");
        assertFinding(BucketChecks.publicAccess(false), Verdict.PROBLEM, "not blocked");
    }

    @Test
    void events() {
        List<Notification> all = new ArrayList<>();
        all.add(new Notification(BucketLayout.INBOUND, true));
        for (Stage stage : Stage.values()) {
            all.add(new Notification(BucketLayout.TASKS + stage.id() + "/", true));
        }
        all.add(new Notification(BucketLayout.FAILURES + "intake/", true));
        assertFinding(BucketChecks.events(all), Verdict.OK, "rules");
        for (Notification each : all) {
            List<Notification> less = new ArrayList<>(all);
            less.remove(each);
            assertFinding(BucketChecks.events(less), Verdict.PROBLEM, "deploy again");
            less.add(new Notification(each.prefix(), false));
            assertFinding(BucketChecks.events(less), Verdict.PROBLEM, "nothing is started by");
        }
    }

    @Test
    void lifecycle() {
        List<Expiry> all = new ArrayList<>();
        all.add(new Expiry("", null, 7));
        for (String prefix : List.of(BucketLayout.PARKED, BucketLayout.TASKS, BucketLayout.JOBS, BucketLayout.TAKEN)) {
            all.add(new Expiry(prefix, 90, null));
        }
        assertFinding(BucketChecks.lifecycle(all), Verdict.OK, "5 rules");
        for (Expiry each : all) {
            List<Expiry> less = new ArrayList<>(all);
            less.remove(each);
            assertFinding(BucketChecks.lifecycle(less), Verdict.WARNING, "never expires");
        }
        for (String prefix : List.of("", BucketLayout.INBOUND)) {
            List<Expiry> more = new ArrayList<>(all);
            more.add(new Expiry(prefix, 365, null));
            assertFinding(BucketChecks.lifecycle(more), Verdict.WARNING, "uploads expire");
        }
    }

    @Test
    void rights() {
        for (String prefix : List.of(BucketLayout.JOBS, BucketLayout.TASKS)) {
            store = bucket;
            assertFinding(contents("right to list " + prefix), Verdict.OK, "granted");
            assertFinding(contents("right to write " + prefix), Verdict.OK, "granted");
            for (String operation : List.of("list", "put")) {
                store = Intercepted.store(bucket, new Intercepted.Around() {
                    @Override
                    public void before(String called, Object[] arguments) {
                        if (called.equals(operation)) {
                            throw new PermanentStoreException(called, "k", "403 AccessDenied", null);
                        }
                    }
                });
                String right = operation.equals("list") ? "list " : "write ";
                assertThat(contents("right to " + right + prefix).verdict()).isNotEqualTo(Verdict.OK);
            }
        }
        assertThat(bucket.snapshot()).as("it changes nothing").isEmpty();
    }

    @Test
    void theConfigurationThePagerAndSecrets() {
        assertFinding(contents("partners.yml"), Verdict.PROBLEM, "not there");
        configured("partners: 7\n");
        assertFinding(contents("partners.yml"), Verdict.PROBLEM, "mistakes, the first: ");
        configured(VALID.replace("PORT", "1"));
        assertFinding(contents("partners.yml"), Verdict.OK, "1 partners");
        assertFinding(contents("pager"), Verdict.OK, "configured");
        assertFinding(contents("secret lab/key"), Verdict.PROBLEM, "INTAKE_SECRET_LAB_KEY");
        environment.put("INTAKE_SECRET_LAB_KEY", "open sesame");
        Finding there = contents("secret lab/key");
        assertFinding(there, Verdict.OK, "there");
        assertThat(there.says()).doesNotContain("sesame");
        configured(VALID.replace("PORT", "1").replaceAll("pager: .*\n", ""));
        assertFinding(contents("pager"), Verdict.PROBLEM, "nobody is paged");
    }

    @Test
    void theSweep() {
        assertFinding(contents("sweep"), Verdict.PROBLEM, "never ended");
        bucket.put(PutRequest.of(
                BucketLayout.HEARTBEAT, Content.of(Json.bytes(new Heartbeat.Last(clock.instant()))), Json.TYPE));
        clock.advance(Duration.ofMinutes(15));
        assertFinding(contents("sweep"), Verdict.OK, "15m 0s ago");
        clock.advance(Duration.ofSeconds(1));
        assertFinding(contents("sweep"), Verdict.PROBLEM, "15m 1s ago");
    }

    @Test
    void whetherEnginesCanBeReached() throws IOException {
        int port;
        try (ServerSocket engine = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = engine.getLocalPort();
            configured(VALID.replace("PORT", Integer.toString(port)));
            assertThat(new Reachability(session()).examine().getFirst())
                    .satisfies(finding -> assertFinding(finding, Verdict.OK, "can be connected to"));
        }
        assertFinding(
                Reachability.connect("e", new Place("127.0.0.1", port, false)), Verdict.PROBLEM, "CONNECTION_REFUSED");
        SftpTarget sftp = new SftpTarget(
                "lab.example.org",
                2222,
                "u",
                new Identity(null, null, "secret:p"),
                List.of(),
                ".",
                "{job}",
                "",
                false,
                false);
        assertThat(Reachability.place(sftp)).contains(new Place("lab.example.org", 2222, false));
        assertFinding(
                Reachability.connect("e", new Place("nowhere.invalid", port, false)), Verdict.PROBLEM, "HOST_UNKNOWN");
    }

    @Test
    void theWholeIsAProblemWhereABucketCannotBeReached() {
        List<Finding> findings = new Doctor(session()).examine();
        assertThat(findings).extracting(Finding::about).contains("clock", "versioning", "events", "sweep");
        assertThat(findings.getFirst().verdict()).isNotEqualTo(Verdict.OK);
    }
}
