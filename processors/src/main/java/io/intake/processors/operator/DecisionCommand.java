package io.intake.processors.operator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.processors.Json;
import io.intake.processors.hold.Decision;
import io.intake.processors.hold.Decision.Action;
import io.intake.processors.hold.Holds;
import io.intake.processors.hold.Holds.Outcome;
import io.intake.processors.job.JobState;
import io.intake.processors.task.TaskStore;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Decides about a file that is held. The first decision stands; giving a command again is harmless. Names and contents of files
 * are not needed, and not shown.
 */
abstract sealed class DecisionCommand extends OperatorCommand {
    private final Action action;

    @Parameters(paramLabel = "JOB")
    private String id = "";

    @Option(names = "--why", paramLabel = "TEXT", defaultValue = "", description = "for the record: no PHI")
    private String why = "";

    DecisionCommand(Action action) {
        this.action = action;
    }

    /** Lets a file that is held go on. */
    @Command(name = "release", description = "Lets a file that is held go on. The first decision stands.")
    static final class Release extends DecisionCommand {
        Release() {
            super(Action.RELEASE);
        }
    }

    /** Refuses a file that is held. */
    @Command(name = "reject", description = "Refuses a file that is held. The first decision stands.")
    static final class Reject extends DecisionCommand {
        Reject() {
            super(Action.REJECT);
        }
    }

    @Override
    public Integer call() {
        try (Session session = open()) {
            Audit audit = new Audit(session);
            if (session.job(id).state() == JobState.HELD) {
                audit.record(action.name().toLowerCase(Locale.ROOT), id, why);
            }
            Holds holds = new Holds(
                    session.records(),
                    session.jobs(),
                    new TaskStore(session.store(), session.records()),
                    surroundings().clock());
            return switch (holds.decide(id, action, audit.name())) {
                case Outcome.Decided(Decision decision) -> told(ExitCode.OK, decision, "", "decided");
                case Outcome.Contradicts(Decision decision) ->
                    told(ExitCode.PROBLEM, decision, "not done: already ", "contradicts");
                case Outcome.NotHeld(JobState state) ->
                    throw new ProblemException(ExitCode.PROBLEM, "the job is not held: it is " + state);
                case Outcome.Unknown ignored -> throw new ProblemException(ExitCode.NOT_FOUND, "there is no job " + id);
            };
        }
    }

    private int told(int code, Decision decision, String before, String outcome) {
        ObjectNode json = answer().put("job", id).put("outcome", outcome);
        json.set("decision", Json.mapper().valueToTree(decision));
        say(
                json,
                out -> out.println(
                        before + verb(decision.action()) + "ed by " + decision.by() + " at " + decision.at()));
        return code;
    }

    private static String verb(Action action) {
        return switch (action) {
            case RELEASE -> "releas";
            case REJECT -> "reject";
        };
    }
}
