package io.intake.processors.operator;

import io.intake.processors.job.JobState;
import io.intake.processors.query.JobFilter;
import io.intake.processors.query.JobQuery;
import io.intake.processors.query.JobSummary;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Follows files as their states change. */
@Command(
        name = "tail",
        description = {
            "Follows the files of today and yesterday: a line for each change of state, until Ctrl-C.",
            "Each look is a listing for each thousand files and a request for each that is not over."
        })
final class TailCommand extends OperatorCommand {
    @Option(names = "--partner", paramLabel = "ID", description = "of this partner")
    private @Nullable String partner;

    @Option(names = "--feed", paramLabel = "ID", description = "of this feed")
    private @Nullable String feed;

    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            defaultValue = "3",
            description = "how often to look (default: 3)")
    private int every;

    @Option(
            names = "--looks",
            paramLabel = "N",
            defaultValue = "0",
            description = "end after so many looks (default: go on)")
    private int looks;

    @Override
    public Integer call() {
        try (Session session = open()) {
            JobQuery query = session.query();
            Map<String, String> known = new HashMap<>();
            for (int look = 1; ; look++) {
                look(query, known, look == 1);
                if (look == looks || surroundings().out().checkError()) {
                    return ExitCode.OK;
                }
                surroundings().pause().accept(Duration.ofSeconds(Math.max(1, every)));
            }
        }
    }

    /** What is over at the first look is no news. */
    private void look(JobQuery query, Map<String, String> known, boolean first) {
        Instant now = surroundings().clock().instant();
        LocalDate today = now.atOffset(ZoneOffset.UTC).toLocalDate();
        JobFilter filter =
                JobFilter.between(today.minusDays(1), today).ofPartner(partner).ofFeed(feed);
        String after = null;
        do {
            JobQuery.Page page = query.page(filter, after, 1000);
            for (JobSummary job : page.jobs()) {
                String state = job.state() + " " + job.since();
                boolean news = !state.equals(known.put(job.id(), state));
                if (news && !(first && job.over())) {
                    line(job);
                }
            }
            after = page.next();
        } while (after != null);
    }

    private void line(JobSummary job) {
        boolean bad = job.state() == JobState.FAILED || job.code() != null;
        say(
                answer().set("job", io.intake.processors.Json.mapper().valueToTree(job)),
                out -> out.println("%s  %s  %s/%s  %s  %s bytes%s"
                        .formatted(
                                Texts.time(job.since()),
                                job.id(),
                                job.partner(),
                                job.feed(),
                                job.state(),
                                Texts.number(job.size()),
                                bad ? "  " + job.code() : "")));
    }
}
