package io.intake.processors.operator;

import io.intake.processors.Records;
import io.intake.processors.hold.Decision;
import io.intake.processors.hold.Decision.Action;
import io.intake.processors.hold.Holds;
import io.intake.processors.hold.Holds.Outcome;
import io.intake.processors.job.JobStore;
import io.intake.processors.task.TaskStore;
import io.intake.store.ConditionalWrites;
import io.intake.store.ObjectStore;
import io.intake.store.s3.S3ObjectStore;
import io.intake.store.s3.S3Settings;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * The operator's commands on files that are held: {@code release JOB BY} lets one go on, {@code reject JOB BY} refuses it.
 * Giving a command again is harmless. Names and contents of files are not needed, and not shown.
 */
public final class HoldsMain {
    private static final int WRONG = 2;
    private static final int LATE = 3;
    private static final Pattern JOB = Pattern.compile("[0-9a-z-]{1,64}");
    private static final Pattern BY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9@._-]{0,62}");

    private static final Map<String, Action> ACTIONS = Map.of("release", Action.RELEASE, "reject", Action.REJECT);

    private HoldsMain() {}

    /** Exits with 0 when decided, 3 when the file is not held or another decision stands, 2 for a wrong call. */
    public static void main(String[] arguments) {
        int status;
        try (ObjectStore store = S3ObjectStore.light(S3Settings.fromEnvironment(System.getenv()))) {
            status = run(List.of(arguments), store, InstantSource.system(), System.out, System.err);
        } catch (IllegalArgumentException | IllegalStateException wrong) {
            System.err.println(wrong.getMessage());
            status = WRONG;
        }
        if (status != 0) {
            System.exit(status);
        }
    }

    static int run(List<String> arguments, ObjectStore store, InstantSource clock, PrintStream out, PrintStream err) {
        boolean right = arguments.size() == 3
                && ACTIONS.containsKey(arguments.getFirst())
                && JOB.matcher(arguments.get(1)).matches()
                && BY.matcher(arguments.get(2)).matches();
        if (!right) {
            err.println("the commands are: release JOB BY, reject JOB BY; BY is who decides");
            return WRONG;
        }
        Action action = Objects.requireNonNull(ACTIONS.get(arguments.getFirst()));
        Records records = new Records(
                store,
                new ConditionalWrites(
                        store, () -> UUID.randomUUID().toString(), pause -> LockSupport.parkNanos(pause.toNanos())));
        // Names of tables stay as they are kept: a decision needs none
        Holds holds = new Holds(records, new JobStore(records), new TaskStore(store, records), clock);
        return switch (holds.decide(arguments.get(1), action, arguments.get(2))) {
            case Outcome.Decided(Decision decision) -> {
                out.println(word(decision) + " by " + decision.by() + " at " + decision.at());
                yield 0;
            }
            case Outcome.Contradicts(Decision decision) -> {
                err.println("already " + word(decision) + " by " + decision.by() + " at " + decision.at());
                yield LATE;
            }
            case Outcome.NotHeld notHeld -> {
                err.println("the job is not held: it is " + notHeld.state());
                yield LATE;
            }
            case Outcome.Unknown ignored -> {
                err.println("there is no such job");
                yield WRONG;
            }
        };
    }

    private static String word(Decision decision) {
        return switch (decision.action()) {
            case RELEASE -> "released";
            case REJECT -> "rejected";
        };
    }
}
