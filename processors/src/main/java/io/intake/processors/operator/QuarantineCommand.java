package io.intake.processors.operator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.processors.Json;
import io.intake.processors.query.JobSummary;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists files that were refused or could not be processed, and those that are held. */
@Command(
        name = "quarantine",
        description =
                "Lists files of some days that were refused, failed or matched no feed and were not replayed; newest days first.")
final class QuarantineCommand extends OperatorCommand {
    @Option(names = "--day", paramLabel = "DAY", description = "last day of upload (UTC; default: today)")
    private @Nullable String day;

    @Option(names = "--days", paramLabel = "N", defaultValue = "7", description = "how many days (default: 7)")
    private int days;

    @Option(names = "--partner", paramLabel = "ID", description = "of this partner")
    private @Nullable String partner;

    @Option(names = "--all", description = "also those that were replayed")
    private boolean all;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "500",
            description = "look at so many at most (default: 500)")
    private int limit;

    @Override
    public Integer call() {
        try (Session session = open()) {
            Instant now = surroundings().clock().instant();
            LocalDate last = StatusCommand.day(day, now);
            List<JobSummary> found = session.query().quarantined(last.minusDays(days - 1L), last, limit).stream()
                    .filter(job -> partner == null || partner.equals(job.partner()))
                    .filter(job -> all || job.replayedAs() == null)
                    .toList();
            ObjectNode json = answer();
            ArrayNode list = json.putArray("jobs");
            found.forEach(job -> list.add(Json.mapper().<ObjectNode>valueToTree(job)));
            say(json, out -> StatusCommand.print(out, found, null, now));
            return found.isEmpty() ? ExitCode.OK : ExitCode.PROBLEM;
        }
    }
}
