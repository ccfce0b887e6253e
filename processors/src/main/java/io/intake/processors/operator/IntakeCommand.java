package io.intake.processors.operator;

import io.intake.store.AbsentException;
import io.intake.store.StoreException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The operator's command. Works from the state in the bucket alone, with the caller's own rights. */
@Command(
        name = "intake",
        mixinStandardHelpOptions = true,
        version = "intake 0.1.0",
        description = "Finds files, says what became of them, and has them worked on again.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            StatusCommand.class,
            JobCommand.class,
            ReplayCommand.class,
            DecisionCommand.Release.class,
            DecisionCommand.Reject.class,
            QuarantineCommand.class,
            UploadsCommand.class,
            PartnersCommand.class,
            HashPasswordCommand.class,
            TailCommand.class,
            DoctorCommand.class,
            NamesCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, or all is well",
            "1:not done, or something is not as it should be",
            "2:the command line is wrong",
            "3:there is no such job, file or partner",
            "4:the caller's rights do not suffice",
            "5:the bucket is out of reach, or the command failed"
        },
        footer = {
            "",
            "The bucket is that of INTAKE_BUCKET, AWS_REGION and INTAKE_S3_ENDPOINT, credentials are those of the AWS CLI.",
            "Names of files are shown by 'job --reveal' only, which is recorded."
        })
public final class IntakeCommand implements Runnable {
    /** What of the environment tells which bucket, and who asks. */
    private static final List<String> VARIABLES = List.of(
            "INTAKE_BUCKET",
            "AWS_REGION",
            "INTAKE_S3_ENDPOINT",
            "INTAKE_S3_ACCESS_KEY",
            "INTAKE_S3_SECRET_KEY",
            "INTAKE_S3_CHECKSUMS",
            "INTAKE_KMS_KEY",
            "AWS_ENDPOINT_URL_SECRETS_MANAGER",
            "AWS_ENDPOINT_URL_SSM",
            "AWS_ENDPOINT_URL_STS");

    private final Surroundings surroundings;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--bucket",
            scope = ScopeType.INHERIT,
            paramLabel = "NAME",
            description = "instead of INTAKE_BUCKET")
    private @Nullable String bucket;

    @Option(names = "--region", scope = ScopeType.INHERIT, paramLabel = "NAME", description = "instead of AWS_REGION")
    private @Nullable String region;

    @Option(
            names = "--endpoint",
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            description = "instead of INTAKE_S3_ENDPOINT")
    private @Nullable String endpoint;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "one JSON document (tail: one a line)")
    private boolean json;

    IntakeCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** For the launcher. */
    public static void main(String[] arguments) {
        Surroundings process = Surroundings.ofProcess();
        // Log lines would be mixed with the answers
        System.setOut(System.err);
        System.exit(run(process, arguments));
    }

    static int run(Surroundings surroundings, String... arguments) {
        CommandLine line = new CommandLine(new IntakeCommand(surroundings));
        line.setOut(surroundings.out());
        line.setErr(surroundings.err());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((failure, command, parsed) -> explain(surroundings, failure));
        return line.execute(arguments);
    }

    private static int explain(Surroundings surroundings, Exception failure) {
        surroundings.err().println("intake: " + sentence(failure));
        surroundings.err().flush();
        return switch (failure) {
            case ProblemException problem -> problem.code();
            case AbsentException ignored -> ExitCode.NOT_FOUND;
            case StoreException store -> isDenied(store) ? ExitCode.NO_ACCESS : ExitCode.FAILED;
            default -> ExitCode.FAILED;
        };
    }

    /** Our own exceptions say what may be said; others' messages may hold names. */
    private static String sentence(Exception failure) {
        boolean ours = failure instanceof ProblemException
                || failure instanceof StoreException
                || failure instanceof IllegalStateException
                || failure instanceof IllegalArgumentException;
        return ours ? String.valueOf(failure.getMessage()) : failure.getClass().getSimpleName();
    }

    static boolean isDenied(StoreException failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("403 ") || message.contains("AccessDenied");
    }

    @Override
    public void run() {
        throw new ParameterException(
                java.util.Objects.requireNonNull(spec).commandLine(), "a command is missing: see 'intake --help'");
    }

    Surroundings surroundings() {
        return surroundings;
    }

    boolean json() {
        return json;
    }

    Session open() {
        Map<String, String> variables = new HashMap<>();
        for (String name : VARIABLES) {
            put(variables, name, surroundings.variable(name));
        }
        if (!variables.containsKey("AWS_REGION")) {
            put(variables, "AWS_REGION", surroundings.variable("AWS_DEFAULT_REGION"));
        }
        put(variables, "INTAKE_BUCKET", bucket);
        put(variables, "AWS_REGION", region);
        put(variables, "INTAKE_S3_ENDPOINT", endpoint);
        return new Session(surroundings, variables);
    }

    private static void put(Map<String, String> variables, String name, @Nullable String value) {
        if (value != null) {
            variables.put(name, value);
        }
    }
}
