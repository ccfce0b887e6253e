package io.intake.processors.status;

import io.intake.processors.job.Failure;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.Job.Change;
import io.intake.processors.job.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A day as a test wants it. */
final class FakeStatus implements StatusSource {
    static final Instant NOW = Instant.parse("2026-03-04T12:00:00Z");

    final List<FileLine> files = new ArrayList<>();
    final List<FileLine> held = new ArrayList<>();
    final List<FileLine> unfinished = new ArrayList<>();
    final List<EngineHealth> engines = new ArrayList<>();
    final List<LateFeed> late = new ArrayList<>();
    final List<String> partners = new ArrayList<>();
    final Map<String, Job> jobs = new TreeMap<>();
    int unsent;

    static FileLine line(String job, String partner, JobState state, Duration ago) {
        boolean bad = state == JobState.FAILED || state == JobState.QUARANTINED || state == JobState.HELD;
        return new FileLine(
                job,
                partner,
                "daily",
                state,
                NOW.minus(ago.dividedBy(2)),
                NOW.minus(ago),
                1 << 20,
                bad ? "ZIP_DAMAGED" : null,
                1200,
                3);
    }

    /** A file in each state, of two partners, with everything that there can be. */
    static FakeStatus busyDay() {
        FakeStatus status = new FakeStatus();
        int number = 0;
        for (JobState state : JobState.values()) {
            String id = "20260304-%020x".formatted(number);
            FileLine line =
                    line(id, number % 2 == 0 ? "st-marys" : "county", state, Duration.ofMinutes(10L * ++number));
            status.files.add(line);
            if (state == JobState.HELD) {
                status.held.add(line);
            } else if (!state.terminal()) {
                status.unfinished.add(line);
            }
            status.jobs.put(id, job(line));
        }
        status.engines.add(new EngineHealth("lab", true, null, null, 0));
        status.engines.add(new EngineHealth("registry", false, "HTTP_503", NOW.minusSeconds(4000), 7));
        status.late.add(new LateFeed("county", "nightly", "late", NOW.minusSeconds(3600)));
        status.partners.addAll(List.of("st-marys", "county", "silent"));
        status.unsent = 1;
        return status;
    }

    static Job job(FileLine line) {
        TreeMap<String, Long> counts = new TreeMap<>(Map.of("rows", 1200L, "delivered", 1200L, "Smith.csv.nested", 4L));
        return new Job(
                line.job(),
                line.partner(),
                new Input(
                        "inbound/" + line.partner() + "/Smith.zip",
                        null,
                        "etag",
                        line.bytes(),
                        null,
                        line.uploadedAt()),
                null,
                line.state(),
                List.of(
                        new Change(JobState.RECEIVED, line.uploadedAt().plusMillis(250)),
                        new Change(line.state(), line.since())),
                counts,
                new TreeMap<>(Map.of("Smith.csv", 1200L)),
                line.code() == null
                        ? null
                        : Failure.badData(line.code(), "Entry 3 is damaged.", "Please send the file again."),
                true);
    }

    @Override
    public Found find(Search search, int limit) {
        List<FileLine> found = files.stream()
                .filter(file -> search.partner() == null || search.partner().equals(file.partner()))
                .filter(file -> search.feed() == null || search.feed().equals(file.feed()))
                .filter(file -> search.state() == null || search.state() == file.state())
                .toList();
        return new Found(found.subList(0, Math.min(limit, found.size())), found.size() > limit);
    }

    @Override
    public List<FileLine> held() {
        return held;
    }

    @Override
    public List<FileLine> unfinished() {
        return unfinished;
    }

    @Override
    public Optional<Job> job(String id) {
        return Optional.ofNullable(jobs.get(id));
    }

    @Override
    public List<EngineHealth> engines(List<FileLine> open) {
        return engines;
    }

    @Override
    public List<LateFeed> late() {
        return late;
    }

    @Override
    public int unsentPages() {
        return unsent;
    }

    @Override
    public List<String> partners() {
        return partners;
    }
}
