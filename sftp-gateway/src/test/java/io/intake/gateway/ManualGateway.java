package io.intake.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.sshd.common.config.keys.PublicKeyEntry;

/** A gateway over a store in memory, to be tried with clients by hand. Its argument is the file for the partner's key. */
final class ManualGateway {
    private ManualGateway() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        GatewayFixture fixture =
                new GatewayFixture(GatewayFixture.config().withAlgorithms(GatewayConfig.Algorithms.OLDER));
        Path key = Path.of(arguments[0]);
        Files.writeString(key, HostKeys.toOpenSsh(fixture.key, "manual"));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(Path.of(key + ".pub"), PublicKeyEntry.toString(fixture.key.getPublic()) + "\n");
        System.out.println(
                "sftp -P " + fixture.gateway.port() + " -i " + key + " " + GatewayFixture.PARTNER + "@127.0.0.1");
        Thread.currentThread().join();
    }
}
