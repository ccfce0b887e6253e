package io.intake.processors.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.config.PasswordHash;
import io.intake.secrets.Passwords;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An order that is carried out twice, or not at all though it is said to be, does harm that the next person cannot see. */
class OrdersTest {
    private final TypedCommand command = new TypedCommand();

    @Test
    void aDecisionIsWrittenOnceRecordedAndOpensTheTaskThatGoesOn() {
        command.job(TypedCommand.JOB, command::held);
        assertThat(command.run("release", TypedCommand.JOB)).isEqualTo(ExitCode.OK);
        assertThat(command.said.strip()).isEqualTo("released by ops-7 at 2026-03-04T05:06:07Z");
        assertThat(command.bucket.snapshot())
                .containsKeys(
                        BucketLayout.decision(TypedCommand.JOB, 4),
                        BucketLayout.task(Stage.STITCH, TypedCommand.JOB, 0));
        command.user = "ops-8";
        assertThat(command.run("release", TypedCommand.JOB)).isEqualTo(ExitCode.OK);
        assertThat(command.said).contains("by ops-7");
        assertThat(command.run("reject", TypedCommand.JOB)).isEqualTo(ExitCode.PROBLEM);
        assertThat(command.said).contains("already released by ops-7");
        assertThat(command.audited()).isNotEmpty();
    }

    @Test
    void whatIsNotHeldIsNotDecided() {
        command.job(TypedCommand.JOB, command::failed);
        assertThat(command.run("release", TypedCommand.JOB)).isEqualTo(ExitCode.PROBLEM);
        assertThat(command.complained).contains("not held: it is FAILED");
        assertThat(command.run("reject", "20260304-bb")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(command.run("decide", TypedCommand.JOB)).isEqualTo(ExitCode.USAGE);
        assertThat(command.audited()).isEmpty();
    }

    @Test
    void aReplayIsTriedDryThenOrderedOnceAndRecorded() throws Exception {
        command.job(TypedCommand.JOB, command::failed);
        assertThat(command.run("replay", TypedCommand.JOB, "--as-before", "--dry-run"))
                .isEqualTo(ExitCode.OK);
        assertThat(command.said).contains("would be replayed as job 20260304-").doesNotContain("Doe");
        assertThat(command.bucket.snapshot()).hasSize(1);
        assertThat(command.run("replay", TypedCommand.JOB, "--as-before", "--why", "ticket 7", "--json"))
                .isEqualTo(ExitCode.OK);
        String replay = command.json().path("replay").path("id").asText();
        assertThat(command.bucket.snapshot())
                .containsKeys(BucketLayout.jobRecord(replay), BucketLayout.task(Stage.UNZIP, replay, 0));
        assertThat(command.audited())
                .singleElement()
                .satisfies(entry -> assertThat(entry.path("action").asText()).isEqualTo("replay"));
        command.user = "ops-8";
        assertThat(command.run("replay", TypedCommand.JOB, "--as-before", "--from", "forward", "--failed-only"))
                .isEqualTo(ExitCode.PROBLEM);
        assertThat(command.said).contains("ops-7", replay);
        assertThat(command.run("replay", TypedCommand.JOB, "--failed-only")).isEqualTo(ExitCode.USAGE);
        assertThat(command.run("job", TypedCommand.JOB)).isEqualTo(ExitCode.OK);
        assertThat(command.said).contains("replayed as  " + replay + ", ordered by ops-7");
        assertThat(command.run("status")).isEqualTo(ExitCode.OK);
        assertThat(command.said).contains("FAILED (replayed)");
    }

    @Test
    void aReplayByTheFeedAsItIsNowNeedsThatFeed() {
        command.job(TypedCommand.JOB, command::failed);
        command.bucket.put(PutRequest.of(
                BucketLayout.PARTNERS, Content.of(yaml("g").getBytes(StandardCharsets.UTF_8)), "application/yaml"));
        assertThat(command.run("replay", TypedCommand.JOB)).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(command.complained).contains("no feed f", "--as-before");
        assertThat(command.run("replay", TypedCommand.JOB, "--feed", "g", "--dry-run"))
                .isEqualTo(ExitCode.OK);
        assertThat(command.said).contains("by feed g as it is now");
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
        assertThat(command.run("partners", "validate", file.toString())).isEqualTo(ExitCode.OK);
        assertThat(command.said).contains("1 partners, 1 feeds, 1 engines");
        Path key = Files.writeString(
                folder.resolve("id.pub"),
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKHEChAlPTpjTBmZ0FkVZJ5mFtk7bnWIhYVGOYWpVcVT new\n");
        assertThat(command.run("partners", "add-key", "p", key.toString(), "--file", file.toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(Files.readString(file))
                .contains("# St Mary's", "# old\n        - \"ssh-ed25519 AAAA", "VcVT new\"\n    feeds");
        assertThat(command.run("partners", "validate", file.toString())).isEqualTo(ExitCode.OK);
        String before = Files.readString(file);
        assertThat(command.run("partners", "add-key", "p", key.toString(), "--file", file.toString()))
                .isEqualTo(ExitCode.PROBLEM);
        assertThat(command.run("partners", "add-key", "q", key.toString(), "--file", file.toString()))
                .isEqualTo(ExitCode.NOT_FOUND);
        assertThat(Files.readString(file)).isEqualTo(before);
        Files.writeString(file, "partners: []\nengines: {}\nnonsense: 1\n");
        assertThat(command.run("partners", "validate", file.toString(), "--json"))
                .isEqualTo(ExitCode.PROBLEM);
        assertThat(command.json().path("problems").size()).isGreaterThan(1);
    }

    @Test
    void aPasswordIsHashedSoThatTheGatewayKnowsIt() {
        command.typed = "correct horse battery\n";
        assertThat(command.run("hash-password")).isEqualTo(ExitCode.OK);
        PasswordHash hash = PasswordHash.parse(command.said.strip()).orElseThrow();
        assertThat(Passwords.verify("correct horse battery", hash)).isTrue();
        command.typed = "short\n";
        assertThat(command.run("hash-password")).isEqualTo(ExitCode.USAGE);
        assertThat(command.said + command.complained).doesNotContain("short\n");
    }
}
