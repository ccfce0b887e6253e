package io.intake.processors.rekey;

import io.intake.bucket.Naming;
import io.intake.bucket.NamingSetting;
import io.intake.processors.Records;
import io.intake.processors.Secrets;
import io.intake.processors.StoredNames;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobStore;
import io.intake.secrets.AwsSecrets;
import io.intake.secrets.SecretName;
import io.intake.store.ConditionalWrites;
import io.intake.store.ObjectStore;
import io.intake.store.s3.S3ObjectStore;
import io.intake.store.s3.S3Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The operator's commands on names: {@code rekey PARTNER} gives a partner's files their current names, {@code file JOB} tells
 * which file a job is about. Only those who may read the name keys can use them; what the second one prints is not for logs.
 */
public final class NamesMain {
    private static final int LEFT = 3;
    private static final int WRONG = 2;
    private static final Pattern PARTNER = Pattern.compile("[a-z0-9][a-z0-9-]*");
    private static final Pattern JOB = Pattern.compile("[0-9a-z-]+");

    private NamesMain() {}

    /** Exits with 0 when done, 3 when files with former names are left, 2 for a wrong call. */
    public static void main(String[] arguments) {
        int status;
        try {
            status = run(List.of(arguments), System::getenv, System.out, System.err);
        } catch (IllegalArgumentException | IllegalStateException wrong) {
            System.err.println(wrong.getMessage());
            status = WRONG;
        }
        if (status != 0) {
            System.exit(status);
        }
    }

    private static int run(
            List<String> arguments, UnaryOperator<@Nullable String> environment, PrintStream out, PrintStream err) {
        S3Settings settings = S3Settings.fromEnvironment(System.getenv());
        try (ObjectStore store = S3ObjectStore.light(settings)) {
            return run(arguments, environment, store, settings.bucket(), InstantSource.system(), out, err);
        }
    }

    static int run(
            List<String> arguments,
            UnaryOperator<@Nullable String> environment,
            ObjectStore store,
            String bucket,
            InstantSource clock,
            PrintStream out,
            PrintStream err) {
        boolean rekeys = arguments.size() == 2
                && arguments.getFirst().equals("rekey")
                && PARTNER.matcher(arguments.getLast()).matches();
        boolean tells = arguments.size() == 2
                && arguments.getFirst().equals("file")
                && JOB.matcher(arguments.getLast()).matches();
        if (!rekeys && !tells) {
            err.println("the commands are: rekey PARTNER, file JOB");
            return WRONG;
        }
        StoredNames names = new StoredNames(
                name -> encryptedUnlessSet(environment, name),
                new Secrets(environment, name -> secret(environment, name, clock), clock));
        Records records = new Records(
                store,
                new ConditionalWrites(
                        store, () -> UUID.randomUUID().toString(), pause -> LockSupport.parkNanos(pause.toNanos())));
        JobStore jobs = new JobStore(records, names.records());
        if (tells) {
            return tell(names.naming(), jobs.find(arguments.getLast()), out, err);
        }
        Rekeying.Report report =
                new Rekeying(store, bucket, names.naming(), records, jobs, clock).run(arguments.getLast());
        out.print(report.text());
        return report.complete() ? 0 : LEFT;
    }

    private static @Nullable String encryptedUnlessSet(UnaryOperator<@Nullable String> environment, String name) {
        String value = environment.apply(name);
        return name.equals(NamingSetting.VARIABLE) && (value == null || value.isBlank()) ? "encrypted" : value;
    }

    /** As the functions find it, but without their extension. */
    private static @Nullable String secret(
            UnaryOperator<@Nullable String> environment, String name, InstantSource clock) {
        String region = environment.apply("AWS_REGION");
        String stage = environment.apply("INTAKE_STAGE");
        if (region == null || stage == null) {
            return null;
        }
        try {
            return AwsSecrets.fromEnvironment(System.getenv(), clock)
                    .read(new SecretName(SecretName.Service.SECRETS_MANAGER, "intake/" + stage + "/" + name));
        } catch (IOException e) {
            throw new IllegalStateException("the secret '" + name + "' cannot be read: " + e.getMessage(), e);
        }
    }

    private static int tell(Naming naming, Optional<Job> job, PrintStream out, PrintStream err) {
        Optional<String> file = job.flatMap(found -> naming.place(found.input().key()))
                .map(place -> place.partner() + ": /" + place.area().folder() + place.path());
        if (file.isEmpty()) {
            err.println(job.isEmpty() ? "there is no such job" : "the file's name cannot be read with these name keys");
            return WRONG;
        }
        out.println(file.get());
        return 0;
    }
}
