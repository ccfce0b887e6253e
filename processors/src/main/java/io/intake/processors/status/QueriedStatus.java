package io.intake.processors.status;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.config.Configuration;
import io.intake.config.Feed;
import io.intake.config.Partner;
import io.intake.processors.Records;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.query.EngineQuery;
import io.intake.processors.query.EngineQuery.EngineState;
import io.intake.processors.query.JobFilter;
import io.intake.processors.query.JobQuery;
import io.intake.processors.query.JobQuery.Page;
import io.intake.processors.query.JobSummary;
import io.intake.processors.query.OutboxQuery;
import io.intake.store.ConditionalWrites;
import io.intake.store.ObjectStore;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The status page's answers, from the records in the bucket. Thread-safe. */
public final class QueriedStatus implements StatusSource {
    /** Pages that are counted at most: beyond that, how many does not matter. */
    private static final int PAGES = 100;

    private final JobQuery jobs;
    private final EngineQuery engines;
    private final OutboxQuery outbox;
    private final Records records;
    private final Supplier<Configuration> configuration;

    /**
     * Over a bucket, which it only reads: what is kept sealed in a record stays so, and no key of names is needed.
     *
     * @param configuration as it is now
     */
    public static QueriedStatus over(ObjectStore store, Supplier<Configuration> configuration) {
        Records records =
                new Records(store, new ConditionalWrites(store, QueriedStatus::nothingIsWritten, pause -> {}));
        return new QueriedStatus(
                new JobQuery(store, new JobStore(records)),
                new EngineQuery(store, records),
                new OutboxQuery(store, records),
                records,
                configuration);
    }

    private static String nothingIsWritten() {
        throw new IllegalStateException("the status page only reads");
    }

    private QueriedStatus(
            JobQuery jobs,
            EngineQuery engines,
            OutboxQuery outbox,
            Records records,
            Supplier<Configuration> configuration) {
        this.jobs = jobs;
        this.engines = engines;
        this.outbox = outbox;
        this.records = records;
        this.configuration = configuration;
    }

    @Override
    public Found find(Search search, int limit) {
        JobState state = search.state();
        JobFilter filter = JobFilter.of(search.day())
                .ofPartner(search.partner())
                .ofFeed(search.feed())
                .in(state == null ? Set.of() : Set.of(state));
        Page page = jobs.page(filter, null, limit);
        List<FileLine> files = page.jobs().stream()
                .map(QueriedStatus::line)
                .sorted(Comparator.comparing(FileLine::uploadedAt).reversed().thenComparing(FileLine::job))
                .toList();
        return new Found(files, page.next() != null);
    }

    private static FileLine line(JobSummary job) {
        return new FileLine(
                job.id(),
                job.partner(),
                job.feed(),
                job.state(),
                job.since(),
                job.uploadedAt(),
                job.size(),
                job.code(),
                job.count("delivered"),
                job.count("rejected"));
    }

    @Override
    public List<FileLine> held() {
        return jobs.held().stream().map(QueriedStatus::line).toList();
    }

    @Override
    public List<FileLine> unfinished() {
        return jobs.unfinished().stream()
                .filter(job -> !job.state().terminal() && job.state() != JobState.HELD)
                .map(QueriedStatus::line)
                .toList();
    }

    @Override
    public Optional<Job> job(String id) {
        return jobs.job(id);
    }

    @Override
    public List<EngineHealth> engines(List<FileLine> unfinished) {
        Map<String, EngineState> known = new HashMap<>();
        engines.states().forEach(state -> known.put(state.engine(), state));
        Configuration now = configuration.get();
        Map<String, Integer> waiting = waiting(now, unfinished);
        Set<String> all = new TreeSet<>(now.engines().keySet());
        all.addAll(waiting.keySet());
        return all.stream()
                .map(engine -> health(engine, known.get(engine), waiting.getOrDefault(engine, 0)))
                .toList();
    }

    private static Map<String, Integer> waiting(Configuration now, List<FileLine> unfinished) {
        Map<String, Integer> waiting = new HashMap<>();
        for (FileLine file : unfinished) {
            if (file.state() == JobState.WAITING) {
                engine(now, file).ifPresent(engine -> waiting.merge(engine, 1, Integer::sum));
            }
        }
        return waiting;
    }

    private static Optional<String> engine(Configuration now, FileLine file) {
        return now.partner(file.partner()).map(Partner::feeds).stream()
                .flatMap(List::stream)
                .filter(feed -> feed.id().equals(file.feed()))
                .map(Feed::engine)
                .findFirst();
    }

    /** Where nothing is kept of an engine, files that wait for it tell. */
    private static EngineHealth health(String engine, @Nullable EngineState known, int waiting) {
        if (known == null) {
            return new EngineHealth(engine, waiting == 0, null, null, waiting);
        }
        boolean open = known.state().path("open").asBoolean();
        String code = known.state().path("code").asText("");
        return new EngineHealth(
                engine,
                !open,
                open && !code.isEmpty() ? code : null,
                instant(known.state().path(open ? "since" : "takenAt").asText("")),
                waiting);
    }

    private static @Nullable Instant instant(String text) {
        try {
            return text.isEmpty() ? null : Instant.parse(text);
        } catch (DateTimeParseException other) {
            return null;
        }
    }

    @Override
    public List<LateFeed> late() {
        List<LateFeed> late = new ArrayList<>();
        for (Partner partner : configuration.get().partners()) {
            for (Feed feed : partner.feeds()) {
                if (feed.expect() != null) {
                    records.find(expectation(partner, feed), JsonNode.class)
                            .flatMap(watch -> late(partner, feed, watch.value()))
                            .ifPresent(late::add);
                }
            }
        }
        return late;
    }

    /** Where the sweep keeps what it told people of a feed's expected files. */
    private static String expectation(Partner partner, Feed feed) {
        return BucketLayout.FEEDS + partner.id() + "/" + feed.id() + "/expect.json";
    }

    private static Optional<LateFeed> late(Partner partner, Feed feed, JsonNode watch) {
        String problem = watch.path("empty").asBoolean()
                ? "empty"
                : switch (watch.path("level").asText("")) {
                    case "WARNED" -> "due";
                    case "PAGED" -> watch.path("missed").asInt() > 1 ? "missing" : "late";
                    default -> "";
                };
        Instant due = instant(watch.path("looked").asText(""));
        Instant since = due == null ? instant(watch.path("since").asText("")) : due;
        return problem.isEmpty() || since == null
                ? Optional.empty()
                : Optional.of(new LateFeed(partner.id(), feed.id(), problem, since));
    }

    @Override
    public int unsentPages() {
        return outbox.unsent(PAGES).size();
    }

    @Override
    public List<String> partners() {
        return configuration.get().partners().stream().map(Partner::id).toList();
    }
}
