package io.intake.gateway;

import io.intake.bucket.Naming;
import io.intake.config.ConfigurationException;
import io.intake.store.ObjectStore;
import io.intake.store.s3.S3ObjectStore;
import io.intake.store.s3.S3Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Starts the gateway from environment variables ({@link GatewayEnvironment} and {@link S3Settings#fromEnvironment}) and
 * serves until it is told to stop by SIGTERM or SIGINT; it then lets uploads end. With {@code --check} it only validates the
 * configuration, partners included, names every mistake, and exits: 0 if there is none, else 2. With {@code --hash-password}
 * it reads a password from standard input and prints what partners.yml wants of it.
 */
public final class GatewayMain {
    private static final int WRONG_CONFIGURATION = 2;
    private static final Duration RELOAD_INTERVAL = Duration.ofSeconds(15);

    private GatewayMain() {}

    /** Exits with 0 after a stop in good order. */
    public static void main(String[] arguments) throws IOException {
        int status = List.of(arguments).equals(List.of("--hash-password"))
                ? HashPasswordCommand.run(System.in, System.out, System.err, new SecureRandom()::nextBytes)
                : run(List.of(arguments), System.getenv(), System.err);
        if (status != 0) {
            System.exit(status);
        }
    }

    /** Starts, or checks; returns the exit status if there is nothing to wait for. */
    static int run(List<String> arguments, Map<String, String> environment, PrintStream err) throws IOException {
        List<String> problems = new ArrayList<>();
        GatewayConfig config = null;
        S3Settings settings = null;
        if (!arguments.isEmpty() && !arguments.equals(List.of("--check"))) {
            problems.add("the only arguments are --check and --hash-password");
        }
        try {
            config = GatewayConfig.fromEnvironment(environment);
            HostKeys.load(config.hostKeys());
        } catch (GatewayConfigException e) {
            problems.addAll(e.problems());
        }
        try {
            settings = S3Settings.fromEnvironment(environment);
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        Naming naming = GatewayNames.read(environment, config, problems).naming();
        if (config == null || settings == null || !problems.isEmpty()) {
            return refuse(problems, err);
        }
        return start(config, settings, naming, !arguments.isEmpty(), err);
    }

    private static int start(
            GatewayConfig config, S3Settings settings, Naming naming, boolean checkOnly, PrintStream err)
            throws IOException {
        ObjectStore store = S3ObjectStore.pooled(settings);
        LiveConfiguration partners;
        try {
            partners = LiveConfiguration.load(config.partners(), store);
        } catch (ConfigurationException e) {
            store.close();
            return refuse(e.problems(), err);
        }
        if (checkOnly) {
            store.close();
            err.println("the configuration has no mistakes");
            return 0;
        }
        IntakeGateway gateway = new IntakeGateway(
                config,
                store,
                naming,
                partners,
                InstantSource.system(),
                () -> UUID.randomUUID().toString());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            gateway.close();
            store.close();
        }));
        gateway.start();
        Thread.ofPlatform().name("partners-reload").start(() -> reload(partners, gateway));
        return 0;
    }

    /** Keeps the process alive too: MINA's threads are daemons. */
    private static void reload(LiveConfiguration partners, IntakeGateway gateway) {
        while (sleep(RELOAD_INTERVAL) == null) {
            partners.refresh();
            gateway.applyToSessions();
        }
    }

    private static @Nullable InterruptedException sleep(Duration duration) {
        try {
            Thread.sleep(duration);
            return null;
        } catch (InterruptedException e) {
            return e;
        }
    }

    private static int refuse(List<String> problems, PrintStream err) {
        err.println("the gateway does not start:");
        problems.forEach(problem -> err.println("  " + problem));
        return WRONG_CONFIGURATION;
    }
}
