package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Most hospitals send with OpenSSH's sftp in a script: what it does is what must work. Skipped where it is not installed. */
class OpenSshClientTest {
    private static final int MIB = 1 << 20;

    @TempDir
    private Path folder;

    private GatewayFixture fixture;
    private Path keyFile;

    private record Outcome(int status, String output) {}

    @BeforeEach
    void start() throws IOException {
        String path = System.getenv().getOrDefault("PATH", "");
        boolean installed = Arrays.stream(path.split(":")).anyMatch(part -> Files.isExecutable(Path.of(part, "sftp")));
        Assumptions.assumeTrue(installed, "no sftp on the PATH");
        fixture = new GatewayFixture();
        keyFile = folder.resolve("key");
        Files.writeString(keyFile, HostKeys.toOpenSsh(fixture.key, "test"));
        Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-------"));
    }

    @AfterEach
    void stop() {
        if (fixture != null) {
            fixture.close();
        }
    }

    private Outcome run(String program, String portFlag, List<String> arguments, String input) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                program,
                portFlag,
                Integer.toString(fixture.gateway.port()),
                "-i",
                keyFile.toString(),
                "-F",
                "/dev/null",
                "-o",
                "StrictHostKeyChecking=no",
                "-o",
                "UserKnownHostsFile=/dev/null",
                "-o",
                "LogLevel=ERROR",
                "-o",
                "BatchMode=yes",
                "-o",
                "IdentitiesOnly=yes"));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .directory(folder.toFile())
                .start();
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(GatewayFixture.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        return new Outcome(process.exitValue(), output);
    }

    private Outcome sftp(String... batch) throws Exception {
        return run("sftp", "-P", List.of("-b", "-", "st-marys@127.0.0.1"), String.join("\n", batch) + "\n");
    }

    @Test
    void filesOfManySizesGoThereAndBack() throws Exception {
        List<String> batch = new ArrayList<>();
        int[] sizes = {0, 1, 32_767, 32_768, 32_769, 5 * MIB + 1, 8 * MIB, 17 * MIB + 3};
        for (int size : sizes) {
            Files.write(folder.resolve("f" + size), bytes(size, size));
            batch.add("put f" + size);
            batch.add("get f" + size + " back" + size);
        }
        Outcome outcome = sftp(batch.toArray(String[]::new));
        assertThat(outcome.status()).as(outcome.output()).isZero();
        for (int size : sizes) {
            assertThat(folder.resolve("back" + size)).as("size %d", size).hasBinaryContent(bytes(size, size));
        }
    }

    @Test
    void whatIsCopiedAgainReplacesWhatIsThere() throws Exception {
        for (int size : new int[] {3 * MIB, MIB, 12 * MIB, 1000, 9 * MIB, 9 * MIB + 1}) {
            Files.write(folder.resolve("x"), bytes(size, size));
            Outcome outcome = run("scp", "-P", List.of("x", "st-marys@127.0.0.1:/inbound/x"), "");
            assertThat(outcome.status()).as(outcome.output()).isZero();
            assertThat(Arrays.equals(fixture.twin.snapshot().get("inbound/st-marys/x"), bytes(size, size)))
                    .as("size %d", size)
                    .isTrue();
        }
        fixture.twin.assertNoOpenUploads();
    }

    @Test
    void foldersGoThereAndBackWithTheirTimes() throws Exception {
        Files.createDirectories(folder.resolve("tree/a/b"));
        for (int i = 0; i < 20; i++) {
            Files.write(folder.resolve("tree/a/b/f" + i), bytes(2_000 + i, i));
        }
        Outcome outcome = sftp("put -rp tree", "ls -l tree/a", "get -r tree again", "df", "chmod 600 tree/a/b/f1");
        assertThat(outcome.status()).as(outcome.output()).isZero();
        for (int i = 0; i < 20; i++) {
            assertThat(folder.resolve("again/a/b/f" + i)).hasBinaryContent(bytes(2_000 + i, i));
        }
    }

    @Test
    void aRenameOverAnExistingFileReplacesIt() throws Exception {
        Files.write(folder.resolve("a"), bytes(500, 1));
        Files.write(folder.resolve("b"), bytes(700, 2));
        Outcome outcome = sftp("put a x.tmp", "put b x", "rename x.tmp x", "-rm none", "rename x y", "ls -1");
        assertThat(outcome.status()).as(outcome.output()).isZero();
        assertThat(fixture.twin.snapshot()).containsOnlyKeys("inbound/st-marys/y");
        assertThat(fixture.twin.snapshot().get("inbound/st-marys/y")).isEqualTo(bytes(500, 1));
        assertThat(sftp("rm none").status()).isNotZero();
        assertThat(sftp("cd none").status()).isNotZero();
        assertThat(sftp("put a /outbound/x").status()).isNotZero();
    }

    @Test
    void aClientThatIsKilledInTheMiddlePublishesNothingAndReputGoesOn() throws Exception {
        Files.write(folder.resolve("big"), bytes(30 * MIB, 1));
        Process client = new ProcessBuilder(
                        "sftp",
                        "-P",
                        Integer.toString(fixture.gateway.port()),
                        "-i",
                        keyFile.toString(),
                        "-F",
                        "/dev/null",
                        "-l",
                        "80000",
                        "-o",
                        "StrictHostKeyChecking=no",
                        "-o",
                        "UserKnownHostsFile=/dev/null",
                        "-b",
                        "-",
                        "st-marys@127.0.0.1")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .directory(folder.toFile())
                .start();
        client.getOutputStream().write("put big\n".getBytes(StandardCharsets.US_ASCII));
        client.getOutputStream().flush();
        GatewayFixture.await("an upload under way", () -> fixture.gateway.uploadMemoryInUse() > MIB);
        client.descendants().forEach(ProcessHandle::destroyForcibly);
        client.destroyForcibly().waitFor();
        GatewayFixture.await("the upload's end", () -> fixture.gateway.openUploads() == 0);
        assertThat(fixture.twin.snapshot().keySet()).allMatch(key -> key.startsWith("parked/"));
        assertThat(sftp("ls -l big").output()).contains("big");
        Outcome reput = sftp("reput big");
        assertThat(reput.status()).as(reput.output()).isZero();
        assertThat(fixture.twin.snapshot()).containsOnlyKeys("inbound/st-marys/big");
        assertThat(fixture.twin.snapshot().get("inbound/st-marys/big")).isEqualTo(bytes(30 * MIB, 1));
    }

    @Test
    void commandsAndOldScpAreRefusedWithTheReason() throws Exception {
        Outcome command = run("ssh", "-p", List.of("st-marys@127.0.0.1", "id"), "");
        assertThat(command.status()).isNotZero();
        assertThat(command.output()).contains("SFTP only").doesNotContain("uid=");
        Outcome shell = run("ssh", "-p", List.of("-T", "st-marys@127.0.0.1"), "id\n");
        assertThat(shell.status()).isNotZero();
        assertThat(shell.output()).doesNotContain("uid=");
        Outcome forward = run(
                "ssh",
                "-p",
                List.of("-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:1", "st-marys@127.0.0.1"),
                "");
        assertThat(forward.status()).isNotZero();
    }
}
