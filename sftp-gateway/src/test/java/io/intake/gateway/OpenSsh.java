package io.intake.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** OpenSSH's own programs against a gateway: what they refuse and offer is what partners meet. */
final class OpenSsh {
    /** What a program said, and how it ended. */
    record Outcome(int status, String output) {}

    private final Path folder;
    /** Where to connect to; 0 for the gateway itself. */
    private int port;

    private final Map<String, String> options = new HashMap<>(Map.of(
            "StrictHostKeyChecking", "no",
            "UserKnownHostsFile", "/dev/null",
            "LogLevel", "ERROR",
            "BatchMode", "yes",
            "IdentitiesOnly", "yes"));

    /**
     * The programs of this machine; the test is skipped where there are none.
     *
     * @param folder where they run and keep their files
     */
    OpenSsh(Path folder) {
        String path = System.getenv().getOrDefault("PATH", "");
        boolean installed = Arrays.stream(path.split(":", -1))
                .anyMatch(part ->
                        Files.isExecutable(Path.of(part, "sftp")) && Files.isExecutable(Path.of(part, "ssh-keygen")));
        Assumptions.assumeTrue(installed, "no OpenSSH on the PATH");
        this.folder = folder;
    }

    /** Sets an option of the clients for what follows. */
    OpenSsh with(String option, String value) {
        options.put(option, value);
        return this;
    }

    /** Connects to this port of this machine from now on, instead of to the gateway itself. */
    OpenSsh through(int other) {
        port = other;
        return this;
    }

    /** Writes a private key where only its owner reads it, as the programs demand. */
    Path write(String name, KeyPair key) throws IOException {
        return write(name, HostKeys.toOpenSsh(key, name));
    }

    Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    /** A new pair of keys; gives the public key's line. */
    String newKey(String name, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("ssh-keygen", "-q", "-N", "", "-C", name, "-f", name));
        command.addAll(List.of(arguments));
        run(command, "").requireSuccess();
        return Files.readString(folder.resolve(name + ".pub")).strip();
    }

    /** Has one key certify another's public half; the certificate lies beside it. */
    void certify(String authority, String key, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("ssh-keygen", "-q", "-s", authority, "-I", "test"));
        command.addAll(List.of(arguments));
        command.add(key + ".pub");
        run(command, "").requireSuccess();
    }

    /** Runs sftp's commands. */
    Outcome sftp(GatewayFixture fixture, String key, String... batch) throws Exception {
        return client("sftp", "-P", fixture, key, List.of("-b", "-", target()), String.join("\n", batch) + "\n");
    }

    /** Runs ssh with arguments in front of the host, and a command. */
    Outcome ssh(GatewayFixture fixture, String key, List<String> arguments, String... command) throws Exception {
        List<String> all = new ArrayList<>(arguments);
        all.add(target());
        all.addAll(List.of(command));
        return client("ssh", "-p", fixture, key, all, "");
    }

    /** Starts ssh with SFTP as its input and output, for a test that speaks it itself, and ends the process. */
    Process subsystem(GatewayFixture fixture, String key) throws IOException {
        List<String> command = command("ssh", "-p", fixture, key);
        command.addAll(List.of("-s", target(), "sftp"));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .directory(folder.toFile())
                .start();
    }

    private List<String> command(String program, String portFlag, GatewayFixture fixture, String key) {
        int target = port == 0 ? fixture.gateway.port() : port;
        List<String> command = new ArrayList<>(List.of(program, portFlag, Integer.toString(target), "-F", "/dev/null"));
        if (!key.isEmpty()) {
            command.addAll(List.of("-i", folder.resolve(key).toString()));
        }
        options.forEach((name, value) -> command.addAll(List.of("-o", name + "=" + value)));
        return command;
    }

    static String target() {
        return GatewayFixture.PARTNER + "@127.0.0.1";
    }

    Outcome client(
            String program, String portFlag, GatewayFixture fixture, String key, List<String> arguments, String input)
            throws Exception {
        List<String> command = command(program, portFlag, fixture, key);
        command.addAll(arguments);
        return run(command, input).outcome();
    }

    private record Ended(List<String> command, Outcome outcome) {
        void requireSuccess() {
            if (outcome.status() != 0) {
                throw new AssertionError(command + ": " + outcome);
            }
        }
    }

    private Ended run(List<String> command, String input) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .directory(folder.toFile())
                .start();
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException ended) {
            // it did not wait for its input
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(GatewayFixture.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("did not end: " + command);
        }
        return new Ended(command, new Outcome(process.exitValue(), output));
    }
}
