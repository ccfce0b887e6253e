package io.intake.processors.operator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.bucket.Naming;
import io.intake.processors.Json;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.query.JobConditions;
import io.intake.processors.query.JobFilter;
import io.intake.processors.query.JobQuery;
import io.intake.processors.query.JobSummary;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists files. */
@Command(
        name = "status",
        description = {
            "Lists files by what is said of them: today's, if nothing is.",
            "One listing for each thousand files of a day and one small request for each file; a job, and a name of the file that is"
                    + " there now, take two requests."
        })
final class StatusCommand extends OperatorCommand {
    @Parameters(arity = "0..1", paramLabel = "JOB", description = "that job alone")
    private @Nullable String job;

    @Option(names = "--partner", paramLabel = "ID", description = "of this partner")
    private @Nullable String partner;

    @Option(names = "--feed", paramLabel = "ID", description = "of this feed; none: of no feed")
    private @Nullable String feed;

    @Option(names = "--day", paramLabel = "DAY", description = "uploaded that day (UTC): 2026-03-04, today, yesterday")
    private @Nullable String day;

    @Option(
            names = "--days",
            paramLabel = "N",
            defaultValue = "1",
            description = "and on the N-1 days before it (default: 1)")
    private int days;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            split = ",",
            description = "in one of these states: ${COMPLETION-CANDIDATES}")
    private @Nullable List<JobState> states;

    @Option(
            names = "--name",
            paramLabel = "PATH",
            description = "with this path as the partner sees it; needs --partner, and the name keys")
    private @Nullable String name;

    @Option(
            names = "--name-begins",
            paramLabel = "PATH",
            description = "with a path that begins so; needs the name keys")
    private @Nullable String begins;

    @Option(names = "--content", paramLabel = "HASH", description = "with this CRC-32 (as in receipts) or ETag")
    private @Nullable String content;

    @Option(names = "--same-as", paramLabel = "FILE", description = "with the bytes of a file here")
    private @Nullable Path sameAs;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "200", description = "at most so many (default: 200)")
    private int limit;

    @Option(names = "--after", paramLabel = "JOB", description = "behind the last job of an earlier answer")
    private @Nullable String after;

    @Override
    public Integer call() throws IOException {
        if (limit < 1 || days < 1) {
            throw new ProblemException(ExitCode.USAGE, "--limit and --days start at 1");
        }
        try (Session session = open()) {
            if (job != null) {
                return show(session, List.of(JobSummary.of(session.job(job))), null);
            }
            JobQuery query = session.query();
            if (name != null) {
                Optional<Job> now = ofName(session, query, name);
                if (now.isPresent()) {
                    return show(session, List.of(JobSummary.of(now.get())), null);
                }
            }
            if (asksHeldOnly()) {
                return show(session, query.held(), null);
            }
            JobQuery.Page page = query.page(filter(session), after, limit);
            return show(session, page.jobs(), page.next());
        }
    }

    /** The file that is under the name now, unless a day says that it is an earlier one. */
    private Optional<Job> ofName(Session session, JobQuery query, String path) {
        if (partner == null) {
            throw new ProblemException(ExitCode.USAGE, "--name needs --partner");
        }
        return day != null
                ? Optional.empty()
                : query.of(session.origin(), JobConditions.key(session.naming(), partner, path));
    }

    private boolean asksHeldOnly() {
        return states != null
                && Set.copyOf(states).equals(Set.of(JobState.HELD))
                && day == null
                && partner == null
                && feed == null
                && conditions() == 0;
    }

    private int conditions() {
        return (name == null ? 0 : 1) + (begins == null ? 0 : 1) + (content == null ? 0 : 1) + (sameAs == null ? 0 : 1);
    }

    private JobFilter filter(Session session) throws IOException {
        LocalDate last = day(day, surroundings().clock().instant());
        JobFilter filter = JobFilter.between(last.minusDays(days - 1L), last)
                .ofPartner(partner)
                .ofFeed(feed)
                .in(states == null || states.isEmpty() ? Set.of() : EnumSet.copyOf(states));
        for (Predicate<Job> condition : wanted(session)) {
            filter = filter.and(condition);
        }
        return filter;
    }

    private List<Predicate<Job>> wanted(Session session) throws IOException {
        List<Predicate<Job>> all = new ArrayList<>();
        if (name != null || begins != null) {
            Naming naming = session.naming();
            if (name != null) {
                all.add(JobConditions.named(naming, name));
            }
            if (begins != null) {
                all.add(JobConditions.namedLike(naming, begins));
            }
        }
        if (content != null) {
            all.add(JobConditions.withContent(content));
        }
        if (sameAs != null) {
            all.add(JobConditions.withContent(Files.size(sameAs), crc32(sameAs)));
        }
        return all;
    }

    private static String crc32(Path file) throws IOException {
        CRC32 crc = new CRC32();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                crc.update(buffer, 0, count);
            }
        }
        return "%08x".formatted(crc.getValue());
    }

    static LocalDate day(@Nullable String text, Instant now) {
        LocalDate today = now.atOffset(ZoneOffset.UTC).toLocalDate();
        if (text == null || text.equals("today")) {
            return today;
        }
        if (text.equals("yesterday")) {
            return today.minusDays(1);
        }
        try {
            return LocalDate.parse(text);
        } catch (java.time.format.DateTimeParseException e) {
            throw new ProblemException(ExitCode.USAGE, "a day is written as 2026-03-04");
        }
    }

    private int show(Session session, List<JobSummary> jobs, @Nullable String next) {
        Instant now = session.surroundings().clock().instant();
        ObjectNode json = answer();
        ArrayNode list = json.putArray("jobs");
        jobs.forEach(each -> list.add(Json.mapper().<ObjectNode>valueToTree(each)));
        json.put("next", next);
        say(json, out -> print(out, jobs, next, now));
        boolean searched = name != null || begins != null || content != null || sameAs != null;
        return jobs.isEmpty() && searched ? ExitCode.NOT_FOUND : ExitCode.OK;
    }

    static void print(PrintWriter out, List<JobSummary> jobs, @Nullable String next, Instant now) {
        if (jobs.isEmpty()) {
            out.println("no files");
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("JOB", "PARTNER", "FEED", "STATE", "SINCE", "UPLOADED", "BYTES", "ROWS", "CODE"));
        for (JobSummary job : jobs) {
            rows.add(List.of(
                    job.id(),
                    job.partner(),
                    job.feed(),
                    state(job),
                    Texts.age(job.since(), now),
                    Texts.time(job.uploadedAt()),
                    Texts.number(job.size()),
                    job.counts().containsKey("rows") ? Texts.number(job.count("rows")) : "-",
                    job.code() == null ? "-" : job.code()));
        }
        Texts.table(out, rows);
        if (next != null) {
            out.println("more: --after " + next);
        }
    }

    private static String state(JobSummary job) {
        return job.state() + (job.replayedAs() == null ? "" : " (replayed)");
    }
}
