package io.intake.processors.ready;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Naming;
import io.intake.bucket.Naming.Place;
import io.intake.bucket.PartnerPath;
import io.intake.config.Ready;
import io.intake.config.Ready.Rule;
import io.intake.processors.Records;
import io.intake.processors.collect.Announcement;
import io.intake.processors.collect.ManifestList.Listed;
import io.intake.processors.collect.Manifests;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobId;
import io.intake.processors.job.JobStore;
import io.intake.processors.job.RefusedException;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Markers and lists: uploads that say of others that they are ready. Each names a file once: the upload that it is entered for
 * first, so that a marker of yesterday says nothing of today's file under the same name. Which of the two comes first does
 * not matter. Thread-safe, also across processes.
 */
final class Notices {
    private final ObjectStore store;
    private final Records records;
    private final String bucket;
    private final Naming naming;
    private final JobStore jobs;
    private final WaitMarks marks;
    private final Manifests manifests;

    Notices(ObjectStore store, Records records, String bucket, Naming naming, JobStore jobs, WaitMarks marks) {
        this.store = store;
        this.records = records;
        this.bucket = bucket;
        this.naming = naming;
        this.jobs = jobs;
        this.marks = marks;
        this.manifests = new Manifests(store);
    }

    /** Which upload a notice is entered for, by its job. */
    record Entered(String job) {}

    private static Ready rules(Job job) {
        return job.requireFeed().ready();
    }

    /** Where an upload is, for its feed's patterns. */
    String path(Job job) {
        return naming.place(job.input().key())
                .map(place -> place.path().relative())
                .orElseThrow(() -> new IllegalStateException("job " + job.id() + " is about no upload"));
    }

    private static String folder(String path) {
        return path.substring(0, path.lastIndexOf('/') + 1);
    }

    /** Whether an upload is a marker or a list. */
    boolean isNotice(Job job) {
        return job.feed() != null && rules(job).isNotice(path(job));
    }

    /** What the mark of a notice is named by; the same for all notices that may be about a file. */
    String scope(Job notice) {
        String path = path(notice);
        return rules(notice).markedBy(path).orElse(folder(path));
    }

    private String scopeOf(Job file) {
        String path = path(file);
        return rules(file).rule() == Rule.MARKER ? path : folder(path);
    }

    /** The jobs of notices that may be about a file. */
    List<String> about(Job file) {
        return marks.notices(file, scopeOf(file));
    }

    /** The jobs of files that wait and that a notice names; none if it is a list that cannot be read. */
    List<String> named(Job notice) {
        if (!notice.awaits()) {
            return List.of();
        }
        String path = path(notice);
        Optional<String> marked = rules(notice).markedBy(path);
        if (marked.isPresent()) {
            return marks.files(notice, marked.get());
        }
        Set<String> hashes;
        try {
            hashes = hashes(notice);
        } catch (RefusedException unreadable) {
            return List.of();
        }
        return marks.files(notice).stream()
                .filter(mark -> hashes.contains(WaitMarks.hash(mark)))
                .map(WaitMarks::job)
                .toList();
    }

    /** What stands for the paths that a notice names. */
    private Set<String> hashes(Job notice) {
        String path = path(notice);
        Optional<String> marked = rules(notice).markedBy(path);
        Set<String> hashes = new HashSet<>();
        if (marked.isPresent()) {
            hashes.add(marks.hash(notice, marked.get()));
        } else {
            list(notice).forEach(file -> hashes.add(marks.hash(notice, folder(path) + file.name())));
        }
        return hashes;
    }

    private List<Listed> list(Job notice) {
        return manifests.read(notice, Objects.requireNonNull(rules(notice).manifest()));
    }

    /**
     * How many files that a notice names are not ready.
     *
     * @throws RefusedException if it is a list that cannot be read
     */
    int missing(Job notice) {
        Set<String> hashes = hashes(notice);
        String prefix = BucketLayout.announcedPrefix(notice.id());
        ListRequest.under(prefix).each(store, object -> hashes.remove(hash(object.key(), prefix)));
        return hashes.size();
    }

    private static String hash(String key, String prefix) {
        return key.substring(prefix.length(), key.lastIndexOf('.'));
    }

    /** Whether a notice was entered for a file before, if only half. */
    boolean isEntered(Job file) {
        return Announcement.find(records, file.id())
                .filter(said -> enter(file, said.notice()))
                .isPresent();
    }

    private boolean enter(Job file, String notice) {
        String key = BucketLayout.announced(notice, marks.hash(file, path(file)));
        return records.create(key, new Entered(file.id())).isPresent()
                || records.find(key, Entered.class)
                        .filter(entered -> entered.value().job().equals(file.id()))
                        .isPresent();
    }

    /** Looks for a notice of a file that is the one under its name, and enters it; gives what the file waits for if there is none. */
    Optional<Failure> look(Job file) {
        Failure waits = Reasons.first(file.requireFeed());
        for (String id : about(file)) {
            Optional<Job> notice = jobs.find(id).filter(Job::awaits).filter(this::isCurrent);
            if (notice.isEmpty()) {
                continue;
            }
            Named named = named(notice.get(), file);
            if (!named.is()) {
                continue;
            }
            Listed listed = named.listed();
            Long bytes = listed == null ? null : listed.bytes();
            if (bytes != null && bytes != file.input().size()) {
                waits = Reasons.differs(file.input().size(), bytes);
            } else if (enter(file, id, listed)) {
                return Optional.empty();
            }
        }
        return Optional.of(waits);
    }

    private boolean enter(Job file, String notice, @Nullable Listed listed) {
        String key = BucketLayout.announced(notice, marks.hash(file, path(file)));
        if (records.find(key, Entered.class).isPresent()) {
            return enter(file, notice);
        }
        Announcement.put(records, file.id(), Announcement.of(notice, listed));
        return enter(file, notice);
    }

    private record Named(boolean is, @Nullable Listed listed) {
        static final Named NOT = new Named(false, null);
    }

    private Named named(Job notice, Job file) {
        if (rules(notice).markedBy(path(notice)).isPresent()) {
            return new Named(true, null);
        }
        String name = Manifests.name(path(file));
        try {
            return list(notice).stream()
                    .filter(listed -> listed.name().equals(name))
                    .findFirst()
                    .map(listed -> new Named(true, listed))
                    .orElse(Named.NOT);
        } catch (RefusedException unreadable) {
            // it is refused when it is looked at itself
            return Named.NOT;
        }
    }

    /** Whether the file is there that a marker is about; false for a list. */
    boolean hasItsFile(Job notice) {
        Optional<String> marked = rules(notice).markedBy(path(notice));
        if (marked.isEmpty()) {
            return false;
        }
        Place own = naming.place(notice.input().key()).orElseThrow();
        PartnerPath file = own.path().parent().child(Manifests.name(marked.get()));
        Place place = new Place(own.partner(), own.area(), file);
        return naming.generations().stream()
                .anyMatch(each -> store.head(each.key(place)).isPresent());
    }

    /** Whether an upload is the one under its name. */
    boolean isCurrent(Job job) {
        return store.head(job.input().key()).filter(now -> isOf(job, now)).isPresent();
    }

    boolean isOf(Job job, ObjectInfo object) {
        return JobId.of(bucket, object).equals(job.id());
    }
}
