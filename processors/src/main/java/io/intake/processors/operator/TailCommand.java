package io.intake.processors.operator;

import io.intake.processors.job.JobState;
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
            "Each look is a listing for each thousand files. A file that is over is read once; one that stands still is read",
            "again after a tenth of the time that it has been so, but no later than after 30 seconds."
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

    /** Longest that a change can go unseen, but for {@code --every}. */
    private static final Duration LATEST = Duration.ofSeconds(30);

    private static final Instant NEVER = Instant.MAX;

    /**
     * A file as it was seen.
     *
     * @param state with its time
     * @param again when to read it again
     */
    private record Seen(String state, Instant again) {}

    @Override
    public Integer call() {
        try (Session session = open()) {
            JobQuery query = session.query();
            Map<String, Seen> known = new HashMap<>();
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
    private void look(JobQuery query, Map<String, Seen> known, boolean first) {
        Instant now = surroundings().clock().instant();
        LocalDate today = now.atOffset(ZoneOffset.UTC).toLocalDate();
        query.read(
                today.minusDays(1),
                today,
                id -> {
                    Seen seen = known.get(id);
                    return seen == null || !now.isBefore(seen.again());
                },
                job -> {
                    String state = job.state() + " " + job.since();
                    boolean asked = (partner == null || partner.equals(job.partner()))
                            && (feed == null || feed.equals(job.feed()));
                    Seen before = known.put(job.id(), new Seen(state, again(job, asked, now)));
                    boolean news = before == null || !before.state().equals(state);
                    if (news && asked && !(first && job.over())) {
                        line(job);
                    }
                });
    }

    private static Instant again(JobSummary job, boolean asked, Instant now) {
        if (job.over() || !asked) {
            return NEVER;
        }
        Duration share = Duration.between(job.since(), now).dividedBy(10);
        return now.plus(share.compareTo(LATEST) > 0 ? LATEST : share);
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
