package io.intake.processors.rekey;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.Naming;
import io.intake.bucket.Naming.Area;
import io.intake.bucket.Naming.Place;
import io.intake.processors.Records;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobId;
import io.intake.processors.job.JobStore;
import io.intake.processors.job.Rekeyed;
import io.intake.store.AlreadyPresentException;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.StoreException;
import io.intake.store.UploadPage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Gives a partner's files and folders the names that the current naming has for them, inside the bucket: from one name key
 * to the next, from natural names to encrypted ones, or back. Can be stopped or killed at any moment and run again; says what
 * it left and why. Nothing is overwritten, and no job is opened for what was moved ({@link Rekeyed}).
 *
 * <p>A file is moved when its job has ended and told so; a file with a temporary name, which has none, when nobody has
 * written it for a day. Unfinished uploads are left: their parts cannot be moved.
 */
public final class Rekeying {
    /** How old an upload must be: an event may be under way. */
    static final Duration SETTLED = Duration.ofHours(1);

    /** How old a file with a temporary name must be. */
    static final Duration FORGOTTEN = Duration.ofDays(1);

    private final ObjectStore store;
    private final String bucket;
    private final Naming naming;
    private final Records records;
    private final JobStore jobs;
    private final InstantSource clock;
    private final Mover mover;

    /**
     * @param bucket the bucket's name, by which jobs are named
     * @param naming which reads every name that is to be moved
     */
    public Rekeying(
            ObjectStore store, String bucket, Naming naming, Records records, JobStore jobs, InstantSource clock) {
        this.store = store;
        this.bucket = bucket;
        this.naming = naming;
        this.records = records;
        this.jobs = jobs;
        this.clock = clock;
        this.mover = new Mover(store);
    }

    /**
     * How many objects came to what.
     *
     * @param counts without those that are zero
     */
    public record Report(Map<Outcome, Integer> counts) {
        /** Whether every object of the partner has its current name. */
        public boolean complete() {
            return counts.keySet().stream().noneMatch(Outcome::left);
        }

        /** One line for each outcome; tells no name. */
        public String text() {
            StringBuilder text = new StringBuilder();
            counts.forEach((outcome, count) -> text.append("%7d %s%n".formatted(count, outcome.words())));
            return text.toString();
        }

        /** How many came to that. */
        public int count(Outcome outcome) {
            return counts.getOrDefault(outcome, 0);
        }
    }

    /** Moves what can be moved of a partner's. */
    public Report run(String partner) {
        Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
        Consumer<Outcome> count = outcome -> counts.merge(outcome, 1, Integer::sum);
        Instant now = clock.instant();
        for (Area area : Area.values()) {
            each(area.folder() + "/" + partner + "/", object -> count.accept(settle(object, now)));
        }
        String temporary = BucketLayout.UPLOADS + partner + "/" + Area.INBOUND.folder() + "/";
        each(temporary, object -> count.accept(settle(object, now)));
        unfinished(BucketLayout.INBOUND + partner + "/", count);
        unfinished(temporary, count);
        each(BucketLayout.PARKED + partner + "/", object -> parked(object, count));
        return new Report(counts);
    }

    private Outcome settle(ObjectInfo listed, Instant now) {
        try {
            return move(listed, now);
        } catch (AlreadyPresentException somebodyElse) {
            return Outcome.IN_USE;
        } catch (StoreException e) {
            return Outcome.FAILED;
        }
    }

    private Outcome move(ObjectInfo listed, Instant now) {
        boolean marker = listed.key().endsWith("/");
        Optional<Place> place = marker ? naming.folder(listed.key()) : naming.place(listed.key());
        if (place.isEmpty()) {
            return Outcome.UNREADABLE;
        }
        String target;
        try {
            target = marker ? naming.prefix(place.get()) : naming.key(place.get());
        } catch (IllegalArgumentException tooLong) {
            return Outcome.TOO_LONG;
        }
        if (target.equals(listed.key())) {
            return Outcome.CURRENT;
        }
        Optional<ObjectInfo> source = store.head(listed.key());
        if (source.isEmpty()) {
            return Outcome.CURRENT;
        }
        boolean upload = !marker && place.get().area() == Area.INBOUND;
        if (!upload) {
            return mover.move(source.get(), target, Rekeyed.mark(source.get(), target, "none"));
        }
        return naming.isTemporary(place.get())
                ? moveTemporary(source.get(), target, now)
                : moveUpload(source.get(), target, now);
    }

    /** It raises no event where it is, and none where it goes. */
    private Outcome moveTemporary(ObjectInfo source, String target, Instant now) {
        return source.lastModified().isAfter(now.minus(FORGOTTEN))
                ? Outcome.IN_USE
                : mover.move(source, target, Rekeyed.mark(source, target, "none"));
    }

    private Outcome moveUpload(ObjectInfo source, String target, Instant now) {
        if (source.lastModified().isAfter(now.minus(SETTLED))) {
            return Outcome.IN_USE;
        }
        String id = JobId.of(bucket, source);
        Optional<Job> job = jobs.find(id);
        if (job.isEmpty()) {
            return Outcome.WITHOUT_JOB;
        }
        boolean ended = job.get().state().terminal() && job.get().settled();
        return ended ? mover.move(source, target, Rekeyed.mark(source, target, id)) : Outcome.IN_USE;
    }

    private void unfinished(String prefix, Consumer<Outcome> count) {
        String continuation = null;
        do {
            UploadPage page = store.listUploads(prefix, continuation);
            page.uploads().stream()
                    .filter(upload -> isFormer(upload.ref().key()))
                    .forEach(upload -> count.accept(Outcome.UNFINISHED));
            continuation = page.continuation();
        } while (continuation != null);
    }

    /** A record of bytes too few to be an upload of the store's; the others are counted there. */
    private void parked(ObjectInfo record, Consumer<Outcome> count) {
        if (record.key().endsWith(".json")) {
            records.find(record.key(), JsonNode.class)
                    .map(Records.Versioned::value)
                    .filter(found -> found.path("multipart").isNull()
                            || found.path("multipart").isMissingNode())
                    .filter(found -> isFormer(found.path("key").asText()))
                    .ifPresent(found -> count.accept(Outcome.UNFINISHED));
        }
    }

    private boolean isFormer(String key) {
        return naming.place(key)
                .map(place -> {
                    try {
                        return !naming.key(place).equals(key);
                    } catch (IllegalArgumentException tooLong) {
                        return true;
                    }
                })
                .orElse(true);
    }

    private void each(String prefix, Consumer<ObjectInfo> action) {
        ListRequest request = ListRequest.under(prefix);
        while (request != null) {
            ListPage page = store.list(request);
            page.objects().forEach(action);
            request = page.continuation() == null ? null : request.after(page.continuation());
        }
    }
}
