package io.intake.processors.operator;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Naming;
import io.intake.bucket.NamingSetting;
import io.intake.config.Configuration;
import io.intake.config.ConfigurationException;
import io.intake.config.StoredConfiguration;
import io.intake.processors.ProcessorSettings;
import io.intake.processors.Records;
import io.intake.processors.Secrets;
import io.intake.processors.StoredNames;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobStore;
import io.intake.processors.query.JobQuery;
import io.intake.secrets.AwsSecrets;
import io.intake.secrets.SecretName;
import io.intake.store.ConditionalWrites;
import io.intake.store.ObjectStore;
import io.intake.store.s3.S3Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A bucket that the command works on, with the caller's own rights. Used by one thread. */
final class Session implements AutoCloseable {
    private static final Pattern JOB = Pattern.compile("[0-9]{8}-[0-9a-z-]{1,64}");

    private final Surroundings surroundings;
    private final S3Settings settings;
    private final Map<String, String> variables;
    private final ObjectStore store;
    private final Records records;
    private final JobStore jobs;

    /** @param variables those of the environment that tell about AWS and the bucket, as the command line changed them */
    Session(Surroundings surroundings, Map<String, String> variables) {
        this.surroundings = surroundings;
        this.variables = Map.copyOf(variables);
        try {
            this.settings = S3Settings.fromEnvironment(variables);
        } catch (IllegalArgumentException wrong) {
            throw new ProblemException(
                    ExitCode.USAGE, wrong.getMessage() + "\n(or say --bucket, --region, --endpoint)");
        }
        this.store = surroundings.stores().apply(settings);
        this.records = new Records(
                store,
                new ConditionalWrites(
                        store, surroundings.ids(), pause -> surroundings.pause().accept(pause)));
        this.jobs = new JobStore(records);
    }

    Surroundings surroundings() {
        return surroundings;
    }

    S3Settings settings() {
        return settings;
    }

    /** The name by which jobs of the bucket have their ids. */
    String origin() {
        return ProcessorSettings.origin(surroundings::variable, settings.bucket());
    }

    Map<String, String> variables() {
        return variables;
    }

    ObjectStore store() {
        return store;
    }

    Records records() {
        return records;
    }

    /** Records as they are kept: names of tables may be sealed. Who writes by it leaves them as they are. */
    JobStore jobs() {
        return jobs;
    }

    JobQuery query() {
        return new JobQuery(store, jobs);
    }

    /** A job's record. */
    Job job(String id) {
        if (!JOB.matcher(id).matches()) {
            throw new ProblemException(
                    ExitCode.USAGE, "a job's id is a day and a hash, as in 20260304-ca3c79818c03b924cef4");
        }
        return jobs.find(id).orElseThrow(() -> new ProblemException(ExitCode.NOT_FOUND, "there is no job " + id));
    }

    /** The configuration in the bucket. */
    Configuration configuration() {
        try {
            return new StoredConfiguration(store, BucketLayout.PARTNERS, surroundings.clock(), Duration.ofMinutes(1))
                    .get();
        } catch (ConfigurationException wrong) {
            throw new ProblemException(ExitCode.PROBLEM, String.join("\n", wrong.problems()));
        }
    }

    /** How names are kept; whether the caller may read them is seen when one is asked for. */
    StoredNames names() {
        return new StoredNames(
                name -> name.equals(NamingSetting.VARIABLE) && surroundings.variable(name) == null
                        ? naturalOutsideAws()
                        : surroundings.variable(name),
                secrets());
    }

    /** Names are encrypted in AWS, and by default natural in the local run, which has an endpoint of its own. */
    private String naturalOutsideAws() {
        return settings.endpoint() == null ? "encrypted" : "natural";
    }

    /** Secrets as the functions find them. */
    Secrets secrets() {
        return new Secrets(surroundings::variable, this::secret, surroundings.clock());
    }

    private @Nullable String secret(String name) {
        String stage = surroundings.variable("INTAKE_STAGE");
        if (stage == null || settings.endpoint() != null) {
            return null;
        }
        try {
            return AwsSecrets.fromEnvironment(variables, surroundings.clock())
                    .find(new SecretName(SecretName.Service.SECRETS_MANAGER, "intake/" + stage + "/" + name))
                    .orElse(null);
        } catch (IOException e) {
            throw new ProblemException(
                    ExitCode.NO_ACCESS, "the secret '" + name + "' cannot be read: " + e.getMessage());
        }
    }

    /**
     * The naming, for who may read names.
     *
     * @throws ProblemException if the name keys cannot be had
     */
    Naming naming() {
        try {
            Naming naming = names().naming();
            // asks for the keys now, so that whoever may not have them is told so
            var _ = naming.generations();
            return naming;
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new ProblemException(
                    ExitCode.NO_ACCESS,
                    "names cannot be read without the name keys (INTAKE_NAMING, INTAKE_STAGE or INTAKE_NAME_KEYS): "
                            + e.getMessage());
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
