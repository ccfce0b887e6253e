package io.intake.gateway;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Naming;
import io.intake.config.ConfigurationException;
import io.intake.gateway.management.ManagementAddress;
import io.intake.gateway.metrics.CloudWatchSetting;
import io.intake.store.ListRequest;
import io.intake.store.ObjectStore;
import io.intake.store.StoreException;
import io.intake.store.s3.S3ObjectStore;
import io.intake.store.s3.S3Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Starts the gateway from its settings ({@link GatewaySettings}) and serves until it is told to stop by SIGTERM or SIGINT; it
 * then lets uploads end, and exits with 0.
 *
 * <p>With {@code --check} it only validates settings, and host keys and partners.yml where they are files; names every
 * mistake, and exits: 0 if there is none, else 1. {@code --check --online} also asks the bucket, and reads partners.yml and
 * host keys wherever they are. With
 * {@code --hash-password} it reads a password from standard input and prints what partners.yml wants of it.
 */
public final class GatewayMain {
    static final int REFUSED = 1;

    private static final String LOGGING = "logback.configurationFile";
    private static final String CHECK = "--check";
    private static final String ONLINE = "--online";

    /** Everything that a gateway is started with. */
    private record Loaded(
            GatewayConfig config,
            S3Settings bucket,
            Naming naming,
            ManagementAddress management,
            Optional<CloudWatchSetting> cloudWatch) {}

    private GatewayMain() {}

    /** Exits with 0 after a stop in good order. */
    public static void main(String[] arguments) throws IOException {
        if (System.getProperty(LOGGING) == null) {
            // before the first logger is made; a name of its own, so that it is not taken for anybody else's
            System.setProperty(LOGGING, "io/intake/gateway/logback.xml");
        }
        Thread.setDefaultUncaughtExceptionHandler(GatewayMain::uncaught);
        int status = List.of(arguments).equals(List.of("--hash-password"))
                ? HashPasswordCommand.run(System.in, System.out, System.err, new SecureRandom()::nextBytes)
                : run(List.of(arguments), System.getenv(), System.err);
        if (status != 0) {
            System.exit(status);
        }
    }

    /** The JVM's own would print the message, which may hold a name. */
    private static void uncaught(Thread thread, Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        LoggerFactory.getLogger(GatewayMain.class)
                .error(
                        "uncaught exception: thread={} cause={} at={}",
                        thread.getName(),
                        failure.getClass().getName(),
                        trace.length == 0 ? "unknown" : trace[0]);
    }

    /** Starts, or checks; returns the exit status if there is nothing to wait for. */
    static int run(List<String> arguments, Map<String, String> environment, PrintStream err) {
        boolean check = arguments.equals(List.of(CHECK));
        boolean online = arguments.size() == 2 && arguments.contains(CHECK) && arguments.contains(ONLINE);
        List<String> problems = new ArrayList<>();
        if (!arguments.isEmpty() && !check && !online) {
            problems.add("the only arguments are --check, --check --online and --hash-password");
        }
        Loaded loaded = load(GatewaySettings.read(environment), online, !check, problems);
        if (loaded == null || !problems.isEmpty()) {
            return refuse(problems, err);
        }
        return check || online ? check(loaded, online, err) : start(loaded, err);
    }

    /**
     * Reads settings.
     *
     * @param online whether to read host keys wherever they are
     * @param nameKeys whether to read the keys of names wherever they are
     */
    private static @Nullable Loaded load(
            GatewaySettings settings, boolean online, boolean nameKeys, List<String> problems) {
        Map<String, String> variables = settings.asVariables();
        List<String> found = new ArrayList<>();
        GatewayConfig config = null;
        S3Settings bucket = null;
        ManagementAddress management = ManagementAddress.read(variables, found);
        Optional<CloudWatchSetting> cloudWatch = CloudWatchSetting.read(variables, found);
        try {
            config = GatewayConfig.fromEnvironment(
                    variables, Runtime.getRuntime().maxMemory());
            if (online || !isElsewhere(config.hostKeys())) {
                HostKeys.load(config.hostKeys());
            }
        } catch (GatewayConfigException e) {
            found.addAll(e.problems());
        }
        try {
            bucket = S3Settings.fromEnvironment(variables);
        } catch (IllegalArgumentException e) {
            found.addAll(String.valueOf(e.getMessage()).lines().toList());
        }
        Naming naming = GatewayNames.read(variables, config, nameKeys, found).naming();
        problems.addAll(settings.problems(found));
        return config == null || bucket == null ? null : new Loaded(config, bucket, naming, management, cloudWatch);
    }

    private static boolean isElsewhere(HostKeySource source) {
        return source instanceof HostKeySource.Secret;
    }

    /** Every mistake in settings. */
    static List<String> problemsOf(GatewaySettings settings) {
        List<String> problems = new ArrayList<>();
        Loaded ignored = load(settings, false, false, problems);
        return problems;
    }

    private static int check(Loaded loaded, boolean online, PrintStream err) {
        PartnersSource partners = loaded.config().partners();
        boolean look = online || partners instanceof PartnersSource.File;
        try (ObjectStore store = S3ObjectStore.pooled(loaded.bucket())) {
            if (online) {
                int ignored = store.list(new ListRequest(BucketLayout.INBOUND, null, null, null, 1))
                        .objects()
                        .size();
            }
            if (look) {
                LiveConfiguration ignored = LiveConfiguration.load(partners, store);
            }
        } catch (ConfigurationException e) {
            return refuse(e.problems(), err);
        } catch (StoreException e) {
            return refuse(
                    List.of("INTAKE_BUCKET: the bucket cannot be listed ("
                            + e.getClass().getSimpleName() + ")"),
                    err);
        }
        err.println("the configuration has no mistakes");
        if (!online) {
            err.println("not looked at: the bucket"
                    + (look ? "" : ", " + BucketLayout.PARTNERS + " in it")
                    + (isElsewhere(loaded.config().hostKeys()) ? ", the secret with the host keys" : "")
                    + " (--check --online does)");
        }
        return 0;
    }

    private static int start(Loaded loaded, PrintStream err) {
        GatewayProcess process = null;
        ObjectStore store = S3ObjectStore.pooled(loaded.bucket());
        try {
            process = new GatewayProcess(store, loaded.management(), System::exit);
            if (!Signals.handle(process::signalled)) {
                Runtime.getRuntime().addShutdownHook(new Thread(process::stop));
            }
            process.start(loaded.config(), loaded.naming(), loaded.cloudWatch());
        } catch (ConfigurationException | GatewayConfigException e) {
            close(process, store);
            return refuse(problems(e), err);
        } catch (IOException e) {
            String port = process == null ? ManagementAddress.PORT : "INTAKE_SFTP_PORT";
            close(process, store);
            return refuse(
                    List.of(port + ": cannot listen there (" + e.getClass().getSimpleName() + ")"), err);
        }
        return 0;
    }

    private static List<String> problems(RuntimeException mistakes) {
        return switch (mistakes) {
            case ConfigurationException e -> e.problems();
            case GatewayConfigException e -> e.problems();
            default -> List.of("internal error (" + mistakes.getClass().getSimpleName() + ")");
        };
    }

    private static void close(@Nullable GatewayProcess process, ObjectStore store) {
        if (process == null) {
            store.close();
        } else {
            process.close();
        }
    }

    private static int refuse(List<String> problems, PrintStream err) {
        err.println("the configuration has mistakes:");
        problems.forEach(problem -> err.println("  " + problem));
        return REFUSED;
    }
}
