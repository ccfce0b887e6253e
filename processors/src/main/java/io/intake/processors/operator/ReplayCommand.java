package io.intake.processors.operator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.config.Feed;
import io.intake.config.Partner;
import io.intake.processors.Json;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.Runs.From;
import io.intake.processors.job.Runs.Replay;
import io.intake.processors.query.JobSummary;
import io.intake.processors.replay.Order;
import io.intake.processors.replay.Replays;
import io.intake.processors.replay.Replays.Outcome;
import io.intake.processors.task.TaskStore;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has a file worked on again. */
@Command(
        name = "replay",
        description = {
            "Has a file worked on again, as a new job. What became of the first stays as it is; the receipt names both.",
            "Records that are the same as before are sent under the same idempotency keys, so that the engine can drop what it has;"
                    + " --again gives them new ones."
        })
final class ReplayCommand extends OperatorCommand {
    @Parameters(paramLabel = "JOB")
    private String id = "";

    @Option(
            names = "--from",
            paramLabel = "STAGE",
            defaultValue = "unzip",
            description =
                    "first stage to repeat: unzip (everything), stitch (read the extracted files again), forward (send the tables"
                            + " again); default: unzip")
    private From from = From.UNZIP;

    @Option(names = "--failed-only", description = "with --from forward: only what the engine has not acknowledged")
    private boolean failedOnly;

    @Option(names = "--again", description = "the engine is to take once more what it may have taken")
    private boolean again;

    @Option(names = "--feed", paramLabel = "ID", description = "by this feed of the partner's, as it is now")
    private @Nullable String feed;

    @Option(names = "--as-before", description = "by the feed as it was, not as it is now")
    private boolean asBefore;

    @Option(names = "--stuck", description = "although it has tasks: they get nowhere, and have not for an hour")
    private boolean stuck;

    @Option(names = "--dry-run", description = "only say what would be done")
    private boolean dryRun;

    @Option(names = "--why", paramLabel = "TEXT", defaultValue = "", description = "for the record: no PHI")
    private String why = "";

    @Override
    public Integer call() {
        if (failedOnly && (from != From.FORWARD || again)) {
            throw new ProblemException(ExitCode.USAGE, "--failed-only goes with --from forward, and not with --again");
        }
        if (feed != null && asBefore) {
            throw new ProblemException(ExitCode.USAGE, "--feed and --as-before contradict each other");
        }
        try (Session session = open()) {
            Job job = session.job(id);
            Audit audit = new Audit(session);
            Order order = new Order(from, failedOnly, again, feed(session, job), audit.name(), why, stuck);
            Replays replays = new Replays(
                    session.store(),
                    session.jobs(),
                    new TaskStore(session.store(), session.records()),
                    surroundings().clock());
            Outcome outcome = replays.check(id, order);
            if (!dryRun && outcome instanceof Outcome.Accepted) {
                audit.record("replay", id, why);
                outcome = replays.order(id, order);
            }
            return tell(outcome);
        }
    }

    /** The feed as it is now, or null for the one that the job has kept. */
    private @Nullable Feed feed(Session session, Job job) {
        if (asBefore) {
            return null;
        }
        Partner partner = session.configuration()
                .partner(job.partner())
                .orElseThrow(() -> new ProblemException(
                        ExitCode.NOT_FOUND,
                        "partners.yml has no partner " + job.partner() + " any more: say --as-before"));
        String wanted = feed != null ? feed : job.state() == JobState.UNMATCHED ? null : job.feedId();
        if (wanted == null) {
            return byName(session, partner, job);
        }
        return partner.feeds().stream()
                .filter(each -> each.id().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new ProblemException(
                        ExitCode.NOT_FOUND,
                        "the partner has no feed " + wanted
                                + " in partners.yml: name one with --feed, or say --as-before"));
    }

    /** As the intake does it; for that the name must be read. */
    private static Feed byName(Session session, Partner partner, Job job) {
        return session.naming()
                .place(job.input().key())
                .flatMap(place -> partner.feedFor(place.path().relative()))
                .orElseThrow(() -> new ProblemException(
                        ExitCode.PROBLEM,
                        "still no feed takes the file: correct partners.yml, or name one with --feed"));
    }

    private int tell(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Unknown ignored -> throw new ProblemException(ExitCode.NOT_FOUND, "there is no job " + id);
            case Outcome.Refused(String sentence) -> {
                say(
                        answer().put("job", id).put("outcome", "refused").put("why", sentence),
                        out -> out.println("not replayed: " + sentence));
                yield ExitCode.PROBLEM;
            }
            case Outcome.Accepted(Job replay, boolean earlier) -> {
                ObjectNode json =
                        answer().put("job", id).put("outcome", dryRun ? "would" : earlier ? "earlier" : "ordered");
                json.set("replay", Json.mapper().valueToTree(JobSummary.of(replay)));
                say(json, out -> accepted(out, replay, earlier));
                yield ExitCode.OK;
            }
        };
    }

    private void accepted(PrintWriter out, Job replay, boolean earlier) {
        Replay order = Objects.requireNonNull(replay.replay());
        out.println((dryRun ? "would be replayed as job " : "replayed as job ") + replay.id());
        out.println("  from " + order.from().name().toLowerCase(Locale.ROOT)
                + (order.failedOnly() ? ", only what the engine has not acknowledged" : "") + ", by feed "
                + replay.feedId()
                + (asBefore ? " as it was" : " as it is now"));
        out.println(
                order.delivery().equals(replay.id())
                        ? "  under new idempotency keys: the engine takes all of it again"
                        : "  under the same idempotency keys: the engine can drop what it has");
        if (earlier) {
            out.println("  it was ordered before, by " + order.by() + " at " + order.at());
        }
        if (!dryRun) {
            out.println("see: intake job " + replay.id());
        }
    }
}
