package io.intake.processors.page;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.job.Hashes;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobId;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.page.Incidents.Member;
import io.intake.processors.page.PageEvent.Group;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Looks after incidents of many pages: tells of what came after PagerDuty was told last, and ends what is over. A file that was
 * refused is over when its job is through after all, or when its sender has put another in its place that is. Thread-safe.
 */
public final class IncidentSweep {
    /** Members of an incident that one sweep looks after; the next goes on behind them. */
    private static final int MEMBERS = 100;

    /** An invocation that died is made good by the sweep that follows; after so long without another, it was. */
    private static final Duration SILENCE = Duration.ofHours(1);

    private final ObjectStore store;
    private final String bucket;
    private final Records records;
    private final JobStore jobs;
    private final Incidents incidents;
    private final Outbox outbox;

    public IncidentSweep(
            ObjectStore store, String bucket, Records records, JobStore jobs, Incidents incidents, Outbox outbox) {
        this.store = store;
        this.bucket = bucket;
        this.records = records;
        this.jobs = jobs;
        this.incidents = incidents;
        this.outbox = outbox;
    }

    /** Looks once through all incidents: one request for a thousand, and one for each that was ever open. */
    public void look(Consumer<Runnable> each, Instant now) {
        ListRequest.under(BucketLayout.INCIDENTS)
                .each(
                        store,
                        object -> each.accept(() -> records.find(object.key(), Incident.class)
                                .filter(found -> found.value().open())
                                .ifPresent(found -> look(object.key(), found, now))));
    }

    private void look(String key, Versioned<Incident> found, Instant now) {
        Incident incident = found.value();
        String cause = Incident.group(incident.event()).cause();
        String owner = "incident-" + Hashes.hex(cause, 8);
        PageEvent first = incident.event();
        if (incident.isDue(now)) {
            outbox.leave(owner, 1, all(first, cause));
        }
        if (Incidents.endsBySilence(cause)) {
            if (now.isAfter(incident.last().plus(SILENCE))) {
                outbox.leave(owner, 2, all(first, cause).end().with(Incidents.OPENED, incident.opened()));
            }
        } else if (cause.startsWith(Pages.JOB) || cause.startsWith(Pages.HELD_FILES)) {
            members(key, found, cause);
        }
    }

    private static PageEvent all(PageEvent first, String cause) {
        return new PageEvent(
                first.action(),
                first.dedupKey(),
                first.severity(),
                first.summary(),
                first.component(),
                first.details(),
                first.kind(),
                new Group(cause, null));
    }

    private void members(String key, Versioned<Incident> found, String cause) {
        Incident incident = found.value();
        List<Member> members = incidents.members(cause).stream()
                .sorted(Comparator.comparing(Member::key))
                .toList();
        if (members.stream().noneMatch(each -> each.opened().equals(incident.opened()))) {
            // Their marks have expired: nobody has looked at the files for longer than they are kept
            outbox.leave(
                    "incident-" + Hashes.hex(cause, 8),
                    2,
                    all(incident.event(), cause).end().with(Incidents.OPENED, incident.opened()));
            return;
        }
        String after = Objects.requireNonNullElse(incident.checked(), "");
        List<Member> next = members.stream()
                .filter(each -> each.key().compareTo(after) > 0)
                .limit(MEMBERS)
                .toList();
        next.stream()
                .filter(each -> isOver(each.member(), cause.startsWith(Pages.HELD_FILES)))
                .forEach(each -> outbox.leave(each.member(), Pages.OVER, Pages.over(incident, each.member())));
        String checked = next.size() < MEMBERS ? null : next.getLast().key();
        if (!Objects.equals(checked, incident.checked())) {
            records.replace(key, found.etag(), incident.checked(checked));
        }
    }

    private boolean isOver(String member, boolean held) {
        Optional<Job> found = jobs.find(member);
        if (found.isEmpty()) {
            return true;
        }
        Job job = found.get();
        return switch (job.state()) {
            case DELIVERED, SKIPPED -> true;
            case QUARANTINED, FAILED, UNMATCHED -> held || isReplaced(job) || isReplayed(job);
            case HELD -> !held;
            case RECEIVED, COLLECTING, UNZIPPING, STITCHING, FORWARDING, WAITING -> held;
        };
    }

    /** Whether an operator had it processed again, and that is through. */
    private boolean isReplayed(Job job) {
        return Optional.ofNullable(job.replayed())
                .flatMap(replayed -> jobs.find(replayed.as()))
                .filter(again -> isOver(again.id(), false))
                .isPresent();
    }

    /** Whether the file was put again and that one is through; or, if no feed took it, was taken away. */
    private boolean isReplaced(Job job) {
        Optional<ObjectInfo> now = store.head(job.input().key());
        if (now.isEmpty()) {
            return job.state() == JobState.UNMATCHED;
        }
        String id = JobId.of(bucket, now.get());
        return !id.equals(job.id())
                && jobs.find(id)
                        .filter(other -> other.state() == JobState.DELIVERED || other.state() == JobState.SKIPPED)
                        .isPresent();
    }
}
