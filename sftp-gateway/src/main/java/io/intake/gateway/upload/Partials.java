package io.intake.gateway.upload;

import io.intake.gateway.upload.ResumeRecord.Multipart;
import io.intake.store.AbsentException;
import io.intake.store.ConditionalWrites;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.ReadRequest;
import io.intake.store.StoreException;
import io.intake.store.TransientStoreException;
import io.intake.store.UploadPage;
import io.intake.store.UploadRef;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Unfinished uploads in the store: found, taken over, parked, dropped. Everything is in the bucket, so that any gateway can
 * go on with what another one left. Thread-safe; every method calls the store.
 */
public final class Partials {
    private static final String CONTENT_TYPE = "application/json";

    /** How long an upload may go on before it looks again whether it was taken over. */
    static final Duration TRUST = Duration.ofSeconds(1);

    private final ObjectStore store;
    private final Pause pause;
    private final Supplier<String> ids;
    private final Publication calls;
    private final ConditionalWrites writes;

    /** @param ids gives ids that no other call gives, for instance random UUIDs */
    public Partials(ObjectStore store, Pause pause, Supplier<String> ids) {
        this.store = store;
        this.pause = pause;
        this.ids = ids;
        this.calls = new Publication(store, pause);
        this.writes = new ConditionalWrites(store, ids, pause::pause);
    }

    /** A record's version in the store. */
    private record Versioned(ResumeRecord record, ObjectInfo info) {}

    /**
     * The unfinished upload of a file, the newest where there are several; empty if the file was stored since.
     *
     * @param object what is under the key now
     */
    public Optional<Partial> find(UploadTarget target, Optional<ObjectInfo> object) {
        Optional<Versioned> read = read(target);
        Optional<Partial> recorded = read.filter(found -> object.isEmpty()
                        || object.get().etag().equals(found.record().base()))
                .flatMap(found -> Recovery.check(found.record(), parts(found.record()))
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

    /**
     * An upload that the store knows and no record tells of: its gateway died, or still writes it.
     *
     * @param since one that began before is what somebody gave up
     * @param known one that the record tells of, whether the record is out of date or not
     */
    private Optional<Partial> unrecorded(
            UploadTarget target, Optional<ObjectInfo> object, Instant since, @Nullable UploadRef known) {
        UploadPage page = calls.retry(() -> store.listUploads(target.key(), null));
        return page.uploads().stream()
                .filter(upload -> upload.ref().key().equals(target.key()))
                .filter(upload -> !upload.initiated().isBefore(since))
                .filter(upload -> !upload.ref().equals(known))
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
                            null);
                    return Recovery.check(record, parts(record))
                            .map(checked -> new Partial(target, checked, null, upload.initiated()));
                });
    }

    private List<Part> parts(ResumeRecord record) {
        UploadRef upload = record.upload();
        if (upload == null) {
            return List.of();
        }
        try {
            return calls.retry(() -> store.listParts(upload));
        } catch (AbsentException dropped) {
            return List.of();
        }
    }

    /**
     * The keys of a folder's unfinished uploads, some perhaps out of date.
     *
     * @param recordPrefix of the folder's records
     * @param prefixes the key prefixes of the folder's files
     */
    public List<String> keys(String recordPrefix, List<String> prefixes) {
        TreeSet<String> keys = new TreeSet<>();
        for (ListRequest next = ListRequest.under(recordPrefix); next != null; ) {
            ListRequest request = next;
            ListPage page = calls.retry(() -> store.list(request));
            page.objects().stream()
                    .filter(object -> object.key().endsWith(UploadTarget.RECORD_SUFFIX))
                    .flatMap(object -> read(object.key()).stream())
                    .forEach(found -> keys.add(found.record().key()));
            next = page.continuation() == null ? null : request.after(page.continuation());
        }
        for (String prefix : prefixes) {
            String continuation = null;
            do {
                String from = continuation;
                UploadPage page = calls.retry(() -> store.listUploads(prefix, from));
                page.uploads().stream()
                        .map(upload -> upload.ref().key())
                        .filter(key -> key.indexOf('/', prefix.length()) < 0)
                        .forEach(keys::add);
                continuation = page.continuation();
            } while (continuation != null);
        }
        return List.copyOf(keys);
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
        Optional<Partial> claimed = write(partial.target(), mine, replaced(partial));
        if (claimed.isEmpty() || partial.record().parked()) {
            return claimed;
        }
        // its session may be alive and sends parts until it looks again; only then do its parts count
        pause.pause(TRUST);
        Optional<ResumeRecord> settled = Recovery.check(mine, parts(mine));
        if (settled.isEmpty()) {
            return Optional.empty();
        }
        ResumeRecord now = settled.get();
        return write(
                partial.target(),
                new ResumeRecord(
                        now.key(), now.generation() + 1, ids.get(), false, now.base(), now.multipart(), now.tail()),
                claimed.get().etag());
    }

    /** The version to replace: a newer upload without a record replaces a record that tells of another one. */
    private @Nullable String replaced(Partial partial) {
        if (partial.etag() != null) {
            return partial.etag();
        }
        return read(partial.target())
                .filter(found -> !sameUpload(found.record(), partial.record().upload()))
                .map(found -> found.info().etag())
                .orElse(null);
    }

    /**
     * Writes a record in place of a version, or where there is none.
     *
     * @return empty if somebody else wrote meanwhile
     */
    Optional<Partial> write(UploadTarget target, ResumeRecord record, @Nullable String replaces) {
        Optional<ObjectInfo> written = replaces == null
                ? writes.create(target.recordKey(), record.toJson(), CONTENT_TYPE)
                : writes.replace(target.recordKey(), replaces, record.toJson(), CONTENT_TYPE);
        return written.map(info -> new Partial(target, record, info.etag(), info.lastModified()));
    }

    /** Whether an upload still belongs to the session that claimed it with this version of its record. */
    boolean isOwned(UploadTarget target, @Nullable String etag) {
        return calls.retry(() -> store.head(target.recordKey()))
                .filter(info -> info.etag().equals(etag))
                .isPresent();
    }

    /** Whether a session has taken over an upload that had no record. */
    boolean isTakenOver(UploadTarget target, UploadRef upload) {
        return calls.retry(() -> store.head(target.recordKey())).isPresent()
                && read(target)
                        .filter(found -> sameUpload(found.record(), upload))
                        .isPresent();
    }

    private static boolean sameUpload(ResumeRecord record, @Nullable UploadRef upload) {
        return upload != null && upload.equals(record.upload());
    }

    /** The record that is there, whether out of date or not. */
    Optional<Partial> recorded(UploadTarget target) {
        return read(target)
                .map(found -> new Partial(
                        target,
                        found.record(),
                        found.info().etag(),
                        found.info().lastModified()));
    }

    private Optional<Versioned> read(UploadTarget target) {
        return read(target.recordKey());
    }

    private Optional<Versioned> read(String recordKey) {
        return calls.retry(() -> {
            try (ObjectContent content = store.read(ReadRequest.whole(recordKey))) {
                return ResumeRecord.fromJson(content.stream().readAllBytes())
                        .map(record -> new Versioned(record, content.info()));
            } catch (AbsentException none) {
                return Optional.<Versioned>empty();
            } catch (IOException broken) {
                throw new TransientStoreException("read", recordKey, "the connection was lost", broken);
            }
        });
    }

    /** Drops an unfinished upload with all that belongs to it. */
    public void drop(Partial partial) {
        store.delete(partial.target().recordKey());
        dispose(partial.record());
    }

    /** Deletes what a record tells of; a failure leaves it to the bucket's lifecycle rules. */
    void dispose(ResumeRecord record) {
        UploadRef upload = record.upload();
        if (upload != null) {
            calls.abort(upload);
        }
        deleteTail(record);
    }

    void deleteTail(ResumeRecord record) {
        if (record.tail() != null) {
            discard(record.tail().key());
        }
    }

    /** Deletes an object that nothing refers to; a failure leaves it to the bucket's lifecycle rules. */
    void discard(String key) {
        try {
            store.delete(key);
        } catch (StoreException left) {
            // it expires
        }
    }
}
