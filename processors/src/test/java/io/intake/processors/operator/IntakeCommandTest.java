package io.intake.processors.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Intercepted;
import io.intake.processors.Json;
import io.intake.processors.forward.Acknowledged;
import io.intake.processors.job.JobState;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.PermanentStoreException;
import io.intake.store.PutRequest;
import io.intake.store.UploadRequest;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** At 3 a.m. a command that shows a patient's name unasked, says OK when nothing was done, or does it twice, does harm. */
class IntakeCommandTest {
    private final TypedCommand command = new TypedCommand();

    @Test
    void todaysFilesAreListedWithoutTheirNames() throws Exception {
        command.job(TypedCommand.JOB, command::failed);
        command.clock.advance(Duration.ofMinutes(5));
        assertThat(command.run("status")).isEqualTo(ExitCode.OK);
        assertThat(command.said)
                .contains(TypedCommand.JOB, "FAILED", "X_BROKE", "1,234", "5m 0s")
                .doesNotContain("Doe");
        assertThat(command.run("status", "--json", "--state", "failed,quarantined"))
                .isEqualTo(ExitCode.OK);
        assertThat(command.json().path("schema").asInt()).isEqualTo(1);
        assertThat(command.json().path("jobs").path(0).path("code").asText()).isEqualTo("X_BROKE");
        assertThat(command.said).doesNotContain("Doe");
        assertThat(command.run("status", "--day", "yesterday")).isEqualTo(ExitCode.OK);
        assertThat(command.said).contains("no files");
    }

    @Test
    void filesAreFoundByNameAndContentAndNotFoundIsSaid(@TempDir Path folder) throws Exception {
        // whether a file is under a name is asked by the right to read the file, which the operators' policy leaves out
        command.store = command.bucket;
        command.job(TypedCommand.JOB, command::failed);
        assertThat(command.run("status", "--partner", "p", "--name", "/inbound/" + TypedCommand.NAME))
                .isEqualTo(ExitCode.OK);
        assertThat(command.said).contains(TypedCommand.JOB).doesNotContain("Doe");
        assertThat(command.run("status", "--name-begins", "Doe")).isEqualTo(ExitCode.OK);
        assertThat(command.run("status", "--name-begins", "Roe")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(command.run("status", "--content", "0BADCAFE")).isEqualTo(ExitCode.OK);
        Path other = Files.writeString(folder.resolve("x"), "123456789");
        assertThat(command.run("status", "--same-as", other.toString())).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(command.run("status", "--name", "x")).isEqualTo(ExitCode.USAGE);
        command.environment.put("INTAKE_NAMING", "encrypted");
        assertThat(command.run("status", "--name-begins", "Doe")).isEqualTo(ExitCode.NO_ACCESS);
        assertThat(command.complained).contains("name keys");
    }

    @Test
    void aFilesStoryIsToldAndItsNameOnlyToWhoIsRecorded() throws Exception {
        command.job(TypedCommand.JOB, command::failed);
        byte[] delivery = Json.bytes(Map.of(
                "acknowledged",
                List.of(new Acknowledged(1, 1, 0, 500, 41, "f00d", "log-77", command.clock.instant(), 2))));
        command.bucket.put(
                PutRequest.of(BucketLayout.deliveries(TypedCommand.JOB, 1), Content.of(delivery), Json.TYPE));
        assertThat(command.run("job", TypedCommand.JOB)).isEqualTo(ExitCode.OK);
        assertThat(command.said)
                .contains("X_BROKE", "It broke.", "RECEIVED", "FAILED")
                .containsPattern("DELIVERY +AT +BATCH +TABLE +RECORDS +TRIES +REFERENCE")
                .containsPattern("1 .* 1 +1 +501 to 541 +2 +log-77")
                .doesNotContain("Doe", "{", "f00d");
        assertThat(command.audited()).isEmpty();
        assertThat(command.run("job", TypedCommand.JOB, "--reveal", "--why", "hospital asks", "--json"))
                .isEqualTo(ExitCode.OK);
        assertThat(command.json().path("file").asText()).isEqualTo("/inbound/" + TypedCommand.NAME);
        assertThat(command.json().path("history").size()).isEqualTo(2);
        assertThat(command.json().path("acknowledged").path(0).path("key").asText())
                .isEqualTo("f00d");
        assertThat(command.audited()).singleElement().satisfies(entry -> {
            assertThat(entry.path("action").asText()).isEqualTo("reveal");
            assertThat(entry.path("subject").asText()).isEqualTo(TypedCommand.JOB);
            assertThat(entry.path("why").asText()).isEqualTo("hospital asks");
            assertThat(entry.path("user").asText()).isEqualTo("ops-7");
            assertThat(entry.toString()).doesNotContain("Doe");
        });
        assertThat(command.run("job", "20260304-bb")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(command.run("job", "../../x")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aNameThatCannotBeRecordedAsSeenIsNotShown() {
        command.job(TypedCommand.JOB, command::failed);
        command.store = (ObjectStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("put")) {
                        throw new PermanentStoreException("put", "audit/x", "403 AccessDenied, request 1", null);
                    }
                    return method.invoke(command.bucket, arguments);
                });
        assertThat(command.run("job", TypedCommand.JOB, "--reveal")).isEqualTo(ExitCode.NO_ACCESS);
        assertThat(command.said + command.complained).doesNotContain("Doe");
    }

    @Test
    void whatWasRefusedAndNotReplayedIsListedAndIsAProblem() {
        assertThat(command.run("quarantine")).isEqualTo(ExitCode.OK);
        command.job(TypedCommand.JOB, command::failed);
        command.bucket.put(
                PutRequest.of(BucketLayout.quarantine(TypedCommand.JOB), Content.of(new byte[0]), Json.TYPE));
        assertThat(command.run("quarantine")).isEqualTo(ExitCode.PROBLEM);
        assertThat(command.said).contains(TypedCommand.JOB, "X_BROKE").doesNotContain("Doe");
        assertThat(command.run("replay", TypedCommand.JOB, "--as-before")).isEqualTo(ExitCode.OK);
        assertThat(command.run("quarantine")).isEqualTo(ExitCode.OK);
        assertThat(command.run("quarantine", "--all")).isEqualTo(ExitCode.PROBLEM);
    }

    @Test
    void unfinishedUploadsAreListedWithTheirAgeAndWithoutNames() {
        command.bucket.put(PutRequest.of("uploads/p/inbound/Doe.filepart", Content.of(new byte[7]), "text/plain"));
        command.bucket.put(
                PutRequest.of("parked/p/f/u.json", Content.of(Json.bytes(Map.of("parked", true))), Json.TYPE));
        for (String key : List.of("inbound/p/Doe.zip", "uploads/p/inbound/Doe.zip.tmp")) {
            var upload = command.bucket.startUpload(new UploadRequest(key, "application/zip", Map.of()));
            var _ = command.bucket.uploadPart(upload, 1, Content.of(new byte[3]));
        }
        command.clock.advance(Duration.ofHours(30));
        assertThat(command.run("uploads")).isEqualTo(ExitCode.OK);
        assertThat(command.said)
                .contains("rename", "resume", "session", "1d 6h")
                .doesNotContain("Doe");
    }

    @Test
    void changesAreFollowedEachOnce() {
        command.job("20260304-00", command::failed);
        command.job(TypedCommand.JOB, UnaryOperator.identity());
        command.pauses.add(() ->
                command.jobs.update(TypedCommand.JOB, now -> now.become(JobState.UNZIPPING, command.clock.instant())));
        command.pauses.add(() -> {});
        assertThat(command.run("tail", "--looks", "3")).isEqualTo(ExitCode.OK);
        assertThat(command.said.lines()).hasSize(2);
        assertThat(command.said).contains("RECEIVED", "UNZIPPING").doesNotContain("Doe", "20260304-00");
    }

    @Test
    void whatStandsStillCostsOneListingALook() {
        command.job("20260304-00", command::failed);
        command.job(TypedCommand.JOB, command::held);
        command.clock.advance(Duration.ofHours(20));
        List<String> calls = new ArrayList<>();
        command.store = Intercepted.store(command.bucket, new Intercepted.Around() {
            @Override
            public void before(String operation, Object[] arguments) {
                calls.add(operation);
            }
        });
        assertThat(command.run("tail", "--looks", "10")).isEqualTo(ExitCode.OK);
        assertThat(calls).filteredOn("list"::equals).hasSize(10);
        assertThat(calls).filteredOn("read"::equals).as("both at first").hasSize(2);
        // It is released: seen within half a minute
        command.pauses.add(() -> command.jobs.update(
                TypedCommand.JOB, now -> now.release(JobState.FORWARDING, command.clock.instant())));
        calls.clear();
        assertThat(command.run("tail", "--looks", "12")).isEqualTo(ExitCode.OK);
        assertThat(command.said).contains("HELD", "FORWARDING");
    }

    @Test
    void withoutABucketItIsSaidWhatIsMissing() {
        command.environment.remove("INTAKE_BUCKET");
        assertThat(command.run("status")).isEqualTo(ExitCode.USAGE);
        assertThat(command.complained).contains("INTAKE_BUCKET", "--bucket");
        assertThat(command.run("status", "--bucket", "other")).isEqualTo(ExitCode.OK);
        assertThat(command.run()).isEqualTo(ExitCode.USAGE);
        assertThat(command.run("--help")).isEqualTo(ExitCode.OK);
        assertThat(command.said).contains("Exit codes", "replay", "3   there is no such");
    }
}
