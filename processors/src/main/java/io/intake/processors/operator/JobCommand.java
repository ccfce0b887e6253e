package io.intake.processors.operator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.bucket.Naming.Place;
import io.intake.processors.Json;
import io.intake.processors.job.Job;
import io.intake.processors.job.Job.Change;
import io.intake.processors.operator.JobStory.Told;
import io.intake.processors.query.JobSummary;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** All that is known of a file. */
@Command(
        name = "job",
        description = {
            "Tells all that is known of a file: states with times, counts, why it ended, what is still to do, what engines took.",
            "Its name is told with --reveal only; that is recorded, and needs the name keys."
        })
final class JobCommand extends OperatorCommand {
    @Parameters(paramLabel = "JOB")
    private String id = "";

    @Option(names = "--reveal", description = "tell the file's name; recorded with who asked, when and why")
    private boolean reveal;

    @Option(names = "--why", paramLabel = "TEXT", defaultValue = "", description = "why the name is needed: no PHI")
    private String why = "";

    @Override
    public Integer call() {
        try (Session session = open()) {
            Job job = session.job(id);
            String file = reveal ? reveal(session, job) : null;
            Told told = new JobStory(session).tell(job);
            ObjectNode json = json(job, told);
            if (file != null) {
                json.put("file", file);
            }
            Instant now = session.surroundings().clock().instant();
            say(json, out -> print(out, job, told, file, now));
            return ExitCode.OK;
        }
    }

    private String reveal(Session session, Job job) {
        // First whether it can be read at all: what could not be shown is not recorded as seen
        Optional<Place> place = session.naming().place(job.input().key());
        if (place.isEmpty()) {
            throw new ProblemException(ExitCode.NO_ACCESS, "the file's name cannot be read with these name keys");
        }
        new Audit(session).record("reveal", job.id(), why);
        return "/" + place.get().area().folder() + place.get().path();
    }

    private static ObjectNode json(Job job, Told told) {
        ObjectNode json = answer();
        json.set("job", Json.mapper().valueToTree(JobSummary.of(job)));
        ArrayNode history = json.putArray("history");
        for (Change change : job.history()) {
            history.addObject()
                    .put("state", change.state().name())
                    .put("at", change.at().toString());
        }
        json.set("failure", Json.mapper().valueToTree(job.failure()));
        json.set("counts", Json.mapper().valueToTree(job.counts()));
        json.set("replay", Json.mapper().valueToTree(job.replay()));
        json.set("replayed", Json.mapper().valueToTree(job.replayed()));
        json.set("tasks", Json.mapper().valueToTree(told.tasks()));
        json.set("decisions", Json.mapper().valueToTree(told.decisions()));
        json.set("deliveries", Json.mapper().valueToTree(told.deliveries()));
        json.set("acknowledged", Json.mapper().valueToTree(told.acknowledged()));
        return json;
    }

    private static void print(PrintWriter out, Job job, Told told, @Nullable String file, Instant now) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("job", job.id()));
        rows.add(List.of("partner", job.partner()));
        rows.add(List.of("feed", job.feedId()));
        rows.add(List.of("file", file == null ? "(--reveal tells its name)" : file));
        rows.add(List.of("size", Texts.number(job.input().size()) + " bytes"));
        rows.add(List.of(
                "crc32", job.input().crc32() == null ? "not known" : job.input().crc32()));
        rows.add(List.of("uploaded", Texts.time(job.input().uploadedAt())));
        rows.add(List.of("state", job.state() + (job.settled() ? "" : ", not told yet")));
        if (job.failure() != null) {
            rows.add(List.of("code", job.failure().code()));
            rows.add(List.of("reason", job.failure().sentence()));
        }
        if (job.replay() != null) {
            rows.add(List.of(
                    "replay of",
                    "%s from %s%s, ordered by %s at %s: %s"
                            .formatted(
                                    job.replay().of(),
                                    job.replay().from().name().toLowerCase(java.util.Locale.ROOT),
                                    job.replay().failedOnly() ? ", the rest only" : "",
                                    job.replay().by(),
                                    Texts.time(job.replay().at()),
                                    job.replay().why())));
        }
        if (job.replayed() != null) {
            rows.add(List.of(
                    "replayed as",
                    "%s, ordered by %s at %s"
                            .formatted(
                                    job.replayed().as(),
                                    job.replayed().by(),
                                    Texts.time(job.replayed().at()))));
        }
        if (job.collected() != null) {
            rows.add(List.of(
                    "set",
                    job.isSet()
                            ? job.collected().members().size() + " files: "
                                    + String.join(" ", job.collected().members())
                            : job.collected().set() == null
                                    ? "none yet"
                                    : job.collected().set()));
        }
        Texts.table(out, rows);
        out.println();
        history(out, job, now);
        counts(out, job);
        told.print(out, now);
    }

    private static void history(PrintWriter out, Job job, Instant now) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("STATE", "AT", "FOR"));
        for (int i = 0; i < job.history().size(); i++) {
            Change change = job.history().get(i);
            boolean last = i == job.history().size() - 1;
            Instant until = last ? now : job.history().get(i + 1).at();
            rows.add(List.of(
                    change.state().name(),
                    Texts.time(change.at()),
                    last && job.state().terminal() ? "" : Texts.age(change.at(), until)));
        }
        Texts.table(out, rows);
    }

    private static void counts(PrintWriter out, Job job) {
        if (!job.counts().isEmpty()) {
            out.println();
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("COUNT", ""));
            job.counts().forEach((name, count) -> rows.add(List.of(name, Texts.number(count))));
            Texts.table(out, rows);
        }
    }
}
