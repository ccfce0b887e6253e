package io.intake.processors.operator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.processors.Json;
import io.intake.processors.StoredNames;
import io.intake.processors.job.JobStore;
import io.intake.processors.rekey.Rekeying;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What is done about the names of files. */
@Command(
        name = "names",
        description = "What is done about the names of files; needs the name keys.",
        subcommands = NamesCommand.Rekey.class,
        synopsisSubcommandLabel = "COMMAND")
final class NamesCommand extends OperatorCommand {

    @Override
    public Integer call() {
        throw new ProblemException(ExitCode.USAGE, "the command is: names rekey PARTNER");
    }

    /** Gives a partner's files their current names. */
    @Command(
            name = "rekey",
            description = {
                "Gives a partner's files the names that the present naming and name key give them. Can be stopped and run again.",
                "Exits with 1 while files with former names are left."
            })
    static final class Rekey extends OperatorCommand implements Callable<Integer> {
        @Parameters(paramLabel = "PARTNER")
        private String partner = "";

        @Override
        public Integer call() {
            if (!partner.matches("[a-z0-9][a-z0-9-]*")) {
                throw new ProblemException(ExitCode.USAGE, "a partner's id has lower-case letters, digits and hyphens");
            }
            try (Session session = open()) {
                var naming = session.naming();
                StoredNames names = session.names();
                new Audit(session).record("rekey", partner, "");
                Rekeying.Report report = new Rekeying(
                                session.store(),
                                session.origin(),
                                naming,
                                session.records(),
                                new JobStore(session.records(), names.records()),
                                surroundings().clock())
                        .run(partner);
                ObjectNode json = answer().put("complete", report.complete());
                json.set("counts", Json.mapper().valueToTree(report.counts()));
                say(json, out -> out.print(report.text()));
                return report.complete() ? ExitCode.OK : ExitCode.PROBLEM;
            }
        }
    }
}
