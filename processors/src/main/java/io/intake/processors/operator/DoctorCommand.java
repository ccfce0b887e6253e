package io.intake.processors.operator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.processors.operator.Doctor.Finding;
import io.intake.processors.operator.Doctor.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says whether everything is set up as it should be and reachable from here. */
@Command(
        name = "doctor",
        description = {
            "Says whether everything is set up as it should be: the bucket's settings, events and lifecycle, the caller's rights, clocks,"
                    + " partners.yml, secrets, engines, the pager, the sweep. Changes nothing.",
            "Engines are tried from this machine, which may see less than the functions do. Exits with 1 if there is a problem."
        })
final class DoctorCommand extends OperatorCommand {
    @Option(names = "--no-network", description = "do not connect to engines and the pager")
    private boolean offline;

    @Override
    public Integer call() {
        try (Session session = open()) {
            List<Finding> findings = new ArrayList<>(new Doctor(session).examine());
            if (!offline) {
                findings.addAll(new Reachability(session).examine());
            }
            ObjectNode json = answer();
            ArrayNode list = json.putArray("findings");
            findings.forEach(each -> list.addObject()
                    .put("about", each.about())
                    .put("verdict", each.verdict().name())
                    .put("says", each.says()));
            say(json, out -> {
                List<List<String>> rows = new ArrayList<>();
                findings.forEach(each ->
                        rows.add(List.of(each.verdict().name().toLowerCase(Locale.ROOT), each.about(), each.says())));
                Texts.table(out, rows);
            });
            return findings.stream().anyMatch(each -> each.verdict() == Verdict.PROBLEM)
                    ? ExitCode.PROBLEM
                    : ExitCode.OK;
        }
    }
}
