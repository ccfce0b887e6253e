package io.intake.processors.operator;

import io.intake.store.ObjectStore;
import io.intake.store.s3.S3ObjectStore;
import io.intake.store.s3.S3Settings;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the command has from outside.
 *
 * @param environment gives a variable's value, or null
 * @param stores opens a bucket
 * @param clock the time
 * @param ids gives an id that was never given before
 * @param random fills an array with random bytes
 * @param pause waits
 * @param user the operating system's name of who runs it
 * @param in standard input
 * @param out for what was asked for
 * @param err for everything else
 */
record Surroundings(
        UnaryOperator<@Nullable String> environment,
        Function<S3Settings, ObjectStore> stores,
        InstantSource clock,
        Supplier<String> ids,
        Consumer<byte[]> random,
        Consumer<Duration> pause,
        Supplier<String> user,
        InputStream in,
        PrintWriter out,
        PrintWriter err) {

    /** Those of a process. */
    static Surroundings ofProcess() {
        return new Surroundings(
                System::getenv,
                S3ObjectStore::light,
                InstantSource.system(),
                () -> UUID.randomUUID().toString(),
                new SecureRandom()::nextBytes,
                pause -> LockSupport.parkNanos(pause.toNanos()),
                () -> System.getProperty("user.name", "unknown"),
                System.in,
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    }

    /** A variable's value; null where it is not set or blank. */
    @Nullable
    String variable(String name) {
        String value = environment.apply(name);
        return value == null || value.isBlank() ? null : value.strip();
    }
}
