package io.intake.gateway.upload;

import io.intake.gateway.upload.ResumeRecord.Multipart;
import io.intake.gateway.upload.ResumeRecord.Tail;
import io.intake.gateway.upload.ResumeRecords.Versioned;
import io.intake.store.AbsentException;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.UploadPage;
import io.intake.store.UploadRef;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Unfinished uploads in the store: found, taken over, parked, dropped. Everything is in the bucket, so that any gateway can
 * go on with what another one left. Thread-safe; every method calls the store.
 */
public final class Partials {
    /** How long an upload may go on before it looks again whether it was taken over. */
    static final Duration TRUST = Duration.ofSeconds(1);

    private final ObjectStore store;
    private final Pause pause;
    private final Supplier<String> ids;
    private final Publication calls;
    private final ResumeRecords records;
    private final PartLimits limits;
    private final SegmentSearch segments;

    /** @param ids gives ids that no other call gives, for instance random UUIDs */
    public Partials(ObjectStore store, Pause pause, Supplier<String> ids) {
        this(store, pause, ids, PartLimits.S3);
    }

    /** The same for a store with other limits. */
    Partials(ObjectStore store, Pause pause, Supplier<String> ids, PartLimits limits) {
        this.store = store;
        this.pause = pause;
        this.ids = ids;
        this.calls = new Publication(store, pause);
        this.limits = limits;
        this.segments = new SegmentSearch(store, calls, limits);
        this.records = new ResumeRecords(store, pause, ids, segments);
    }

    ObjectStore store() {
        return store;
    }

    Publication calls() {
        return calls;
    }

    String newId() {
        return ids.get();
    }

    ResumeRecords records() {
        return records;
    }

    SegmentSearch segments() {
        return segments;
    }

    /**
     * The unfinished upload of a file, the newest where there are several; empty if the file was stored since.
     *
     * @param object what is under the key now
     */
    public Optional<Partial> find(UploadTarget target, Optional<ObjectInfo> object) {
        Optional<Versioned> read = records.read(target.recordKey());
        Optional<Partial> recorded = read.filter(found -> object.isEmpty() || isNewer(found, object.get()))
                .flatMap(found -> check(target, found.record())
                        .map(record -> new Partial(
                                target,
                                record,
                                found.info().etag(),
                                found.info().lastModified())));
        Instant since = Stream.concat(
                        object.stream().map(stored -> stored.lastModified().truncatedTo(ChronoUnit.SECONDS)),
                        recorded.stream().map(partial -> partial.time().plusNanos(1)))
                .max(Comparator.naturalOrder())
                .orElse(Instant.MIN);
        UploadRef known = read.map(found -> found.record().upload()).orElse(null);
        Optional<Partial> left = unrecorded(target, object, since, known);
        return left.isPresent() ? left : recorded;
    }

    /** Whether a record counts although there is an object: the upload was to replace it, and has not. */
    static boolean isNewer(Versioned found, ObjectInfo object) {
        // bytes that were stored again later have the same ETag
        return object.etag().equals(found.record().base())
                && !object.lastModified().isAfter(found.info().lastModified());
    }

    /**
     * An upload that the store knows and no record tells of: its gateway died, or still writes it.
     *
     * @param since one that began before is what somebody gave up
     * @param known one that the record tells of, whether the record is out of date or not
     */
    private Optional<Partial> unrecorded(
            UploadTarget target, Optional<ObjectInfo> object, Instant since, @Nullable UploadRef known) {
        List<UploadPage.Unfinished> candidates = uploads(target)
                .filter(upload -> !upload.initiated().isBefore(since))
                .filter(upload -> !upload.ref().equals(known))
                .toList();
        if (candidates.isEmpty()) {
            return Optional.empty();
        }
        Set<UploadRef> held = held(target);
        return candidates.stream()
                .filter(upload -> !held.contains(upload.ref()))
                .max(Comparator.comparing(UploadPage.Unfinished::initiated))
                .flatMap(upload -> {
                    Multipart multipart = new Multipart(upload.ref().uploadId(), null, List.of());
                    ResumeRecord record = new ResumeRecord(
                            target.key(),
                            0,
                            "",
                            false,
                            object.map(ObjectInfo::etag).orElse(null),
                            multipart,
                            null,
                            null,
                            false,
                            false);
                    return check(target, record).map(checked -> new Partial(target, checked, null, upload.initiated()));
                });
    }

    private Stream<UploadPage.Unfinished> uploads(UploadTarget target) {
        return calls.retry(() -> store.listUploads(target.key(), null)).uploads().stream()
                .filter(upload -> upload.ref().key().equals(target.key()));
    }

    /** The uploads under a key that belong to files with temporary names. */
    private Set<UploadRef> held(UploadTarget target) {
        return records.under(target.heldPrefix()).stream()
                .flatMap(found -> Stream.ofNullable(found.record().upload()))
                .collect(Collectors.toSet());
    }

    /** The record as the store bears it out. */
    private Optional<ResumeRecord> check(UploadTarget target, ResumeRecord record) {
        UploadRef upload = record.upload();
        if (upload == null) {
            return Optional.of(record).filter(found -> found.size() > 0);
        }
        try {
            return Recovery.check(
                    record,
                    calls.retry(() -> store.listParts(upload)),
                    limits,
                    parts -> segments.find(target, upload.uploadId(), parts));
        } catch (AbsentException dropped) {
            return Recovery.withoutUpload(record);
        }
    }

    /**
     * Takes an upload over: from now on its earlier session can neither add to it nor publish it.
     *
     * @param object what is under the key now
     * @return the upload as its earlier session left it; empty if somebody else took it meanwhile
     */
    public Optional<Partial> claim(Partial partial, Optional<ObjectInfo> object) {
        ResumeRecord mine = partial.record()
                .takenOver(ids.get(), object.map(ObjectInfo::etag).orElse(null));
        Optional<Partial> claimed = records.write(partial.target(), mine, replaced(partial));
        if (claimed.isEmpty() || partial.record().parked()) {
            return claimed;
        }
        // its session may be alive and sends parts until it looks again; only then do its parts count
        pause.pause(TRUST);
        Optional<ResumeRecord> settled = check(partial.target(), mine);
        if (settled.isEmpty()) {
            return Optional.empty();
        }
        ResumeRecord now = settled.get();
        return records.write(
                partial.target(),
                now.takenOver(ids.get(), now.base()),
                claimed.get().etag());
    }

    /** The version to replace: a newer upload without a record replaces a record that tells of another one. */
    private @Nullable String replaced(Partial partial) {
        if (partial.etag() != null) {
            return partial.etag();
        }
        return records.read(partial.target().recordKey())
                .filter(found -> !sameUpload(found.record(), partial.record().upload()))
                .map(found -> found.info().etag())
                .orElse(null);
    }

    /**
     * Writes the record of an upload that is begun under another key than its file's, before its first part: else nobody could
     * tell whose its parts are. What an earlier upload of the file left is dropped.
     *
     * @param mine the record that is this session's already; null if there is none
     * @return empty if somebody else wrote meanwhile
     */
    Optional<Partial> announce(UploadTarget target, UploadRef upload, String uploadId, @Nullable Partial mine) {
        Multipart multipart = new Multipart(upload.uploadId(), uploadId, List.of());
        if (mine != null) {
            ResumeRecord was = mine.record();
            return records.write(
                    target, held(target, was.generation(), was.base(), multipart, was.tail()), mine.etag());
        }
        Optional<Partial> earlier = recorded(target);
        String base = calls.retry(() -> store.head(target.key()))
                .map(ObjectInfo::etag)
                .orElse(null);
        // before the record that tells whose they are is gone
        earlier.ifPresent(left -> records.dispose(target, left.record()));
        long generation = earlier.map(left -> left.record().generation()).orElse(0L);
        return records.write(
                target,
                held(target, generation, base, multipart, null),
                earlier.map(Partial::etag).orElse(null));
    }

    private ResumeRecord held(
            UploadTarget target, long generation, @Nullable String base, Multipart multipart, @Nullable Tail tail) {
        return new ResumeRecord(
                target.key(), generation + 1, ids.get(), false, base, multipart, tail, target.partsKey(), false, false);
    }

    /** Whether a session has taken over an upload that had no record. */
    boolean isTakenOver(UploadTarget target, UploadRef upload) {
        return calls.retry(() -> store.head(target.recordKey())).isPresent()
                && records.read(target.recordKey())
                        .filter(found -> sameUpload(found.record(), upload))
                        .isPresent();
    }

    private static boolean sameUpload(ResumeRecord record, @Nullable UploadRef upload) {
        return upload != null && upload.equals(record.upload());
    }

    /** The record that is there, whether out of date or not. */
    Optional<Partial> recorded(UploadTarget target) {
        return records.read(target.recordKey())
                .map(found -> new Partial(
                        target,
                        found.record(),
                        found.info().etag(),
                        found.info().lastModified()));
    }

    /**
     * Drops what was out of date because of an object that is gone from its name: else it would count again.
     *
     * @param gone the object; empty if there was none
     */
    public void forget(UploadTarget target, Optional<ObjectInfo> gone) {
        records.read(target.recordKey())
                .filter(found -> gone.isEmpty() || !isNewer(found, gone.get()))
                .ifPresent(found -> drop(new Partial(
                        target,
                        found.record(),
                        found.info().etag(),
                        found.info().lastModified())));
        List<UploadPage.Unfinished> earlier = uploads(target)
                .filter(upload -> gone.isPresent()
                        && !upload.initiated().isAfter(gone.get().lastModified()))
                .toList();
        Set<UploadRef> held = earlier.isEmpty() ? Set.of() : held(target);
        earlier.stream()
                .map(UploadPage.Unfinished::ref)
                .filter(upload -> !held.contains(upload))
                .forEach(upload -> segments.drop(target, upload));
    }

    /** Drops an unfinished upload with all that belongs to it. */
    public void drop(Partial partial) {
        if (partial.target().isHeld()) {
            // parts under another file's key must not outlive the record that tells whose they are
            records.dispose(partial.target(), partial.record());
            store.delete(partial.target().recordKey());
        } else {
            store.delete(partial.target().recordKey());
            records.dispose(partial.target(), partial.record());
        }
    }
}
