package io.intake.processors.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.NamingSetting;
import io.intake.config.StoredConfiguration;
import io.intake.processors.ProcessorSettings;
import io.intake.processors.Processors;
import io.intake.processors.Processors.Outside;
import io.intake.processors.SecretsManagerVault;
import io.intake.processors.status.QueriedStatus;
import io.intake.processors.status.StatusPages;
import io.intake.processors.task.TimeBudget;
import io.intake.secrets.AwsSecrets;
import io.intake.store.ObjectStore;
import io.intake.store.s3.S3ObjectStore;
import io.intake.store.s3.S3Settings;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What one execution environment keeps between invocations, and what it takes from Lambda. */
final class Sandbox {
    /** Kept back from the function's time for the last checkpoint and the continuation. */
    private static final Duration RESERVE = Duration.ofSeconds(10);

    private static final Duration CONFIGURATION_CHECK = Duration.ofSeconds(10);

    private Sandbox() {}

    /** Put together on first use, once per environment. */
    private static final class Shared {
        static final Processors PROCESSORS = fromEnvironment();
    }

    static Processors processors() {
        return Shared.PROCESSORS;
    }

    private static Processors fromEnvironment() {
        S3Settings settings = S3Settings.fromEnvironment(System.getenv());
        Outside outside = new Outside(
                S3ObjectStore.light(settings),
                settings.bucket(),
                ProcessorSettings.fromEnvironment(System::getenv),
                Sandbox::environment,
                vault(),
                InstantSource.system(),
                () -> UUID.randomUUID().toString(),
                // Asks the system each time: a seed in a snapshot would be that of every environment made of it
                new SecureRandom(),
                Sandbox::pause,
                target -> S3ObjectStore.light(settings.elsewhere(target.bucket(), target.region())));
        return new Processors(outside, MetricSetting.metrics(System::getenv, outside.clock()));
    }

    /** Put together by the function that shows the status page, which needs neither secrets nor names. */
    static StatusPages status() {
        S3Settings settings = S3Settings.fromEnvironment(System.getenv());
        ObjectStore store = S3ObjectStore.light(settings);
        InstantSource clock = InstantSource.system();
        StoredConfiguration configuration =
                new StoredConfiguration(store, BucketLayout.PARTNERS, clock, CONFIGURATION_CHECK);
        return new StatusPages(QueriedStatus.over(store, configuration), variable("INTAKE_STAGE", "dev"), clock);
    }

    /** Names are encrypted unless it is asked for that they are not: they can be patients'. */
    private static @Nullable String environment(String name) {
        String value = System.getenv(name);
        return name.equals(NamingSetting.VARIABLE) && (value == null || value.isBlank()) ? "encrypted" : value;
    }

    private static SecretsManagerVault vault() {
        return new SecretsManagerVault(
                () -> AwsSecrets.fromEnvironment(System.getenv(), InstantSource.system()),
                "intake/" + variable("INTAKE_STAGE", "dev") + "/");
    }

    private static String variable(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null || value.isBlank() ? otherwise : value;
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The function's remaining time less the reserve, or less a fifth where the function has little time. */
    static TimeBudget budget(Context context) {
        long whole = context.getRemainingTimeInMillis();
        long reserve = Math.min(RESERVE.toMillis(), whole / 5);
        return () -> Duration.ofMillis(Math.max(0, context.getRemainingTimeInMillis() - reserve));
    }
}
