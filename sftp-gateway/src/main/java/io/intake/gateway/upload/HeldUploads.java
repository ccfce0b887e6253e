package io.intake.gateway.upload;

import io.intake.bucket.Withheld;
import io.intake.gateway.upload.ResumeRecord.Tail;
import io.intake.gateway.upload.ResumeRecords.Versioned;
import io.intake.store.AbsentException;
import io.intake.store.AlreadyPresentException;
import io.intake.store.Content;
import io.intake.store.CopySource;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.PermanentStoreException;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.UploadRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Files with temporary names that are whole, as parts of a multipart upload under the name expected for them. A rename to that
 * name completes the upload: one event and no copy. To any other name it takes a copy, for whose time no job may be opened
 * for what is under the expected one. Thread-safe; every method calls the store.
 */
public final class HeldUploads {
    private final Partials partials;
    private final ObjectStore store;
    private final Publication calls;
    private final ResumeRecords records;
    private final String partner;

    public HeldUploads(Partials partials, String partner) {
        this.partials = partials;
        this.store = partials.store();
        this.calls = partials.calls();
        this.records = partials.records();
        this.partner = partner;
    }

    /**
     * The file under a temporary name if it waits for its rename, or one that was begun has not come to its end.
     *
     * @param object what is under the temporary name's key
     */
    public Optional<Partial> find(UploadTarget target, Optional<ObjectInfo> object) {
        return target.isHeld()
                ? records.read(target.recordKey())
                        .filter(found -> found.record().isComplete())
                        .filter(found -> object.isEmpty() || Partials.isNewer(found, object.get()))
                        .map(found -> partial(target, found))
                : Optional.empty();
    }

    private static Partial partial(UploadTarget target, Versioned found) {
        return new Partial(
                target, found.record(), found.info().etag(), found.info().lastModified());
    }

    /** Whether an object is what a held file became: its rename was done and its answer lost. */
    public boolean is(Partial held, ObjectInfo object) {
        return Publication.own(uploadId(held), held.size()).test(object);
    }

    /**
     * Publishes a file under its final name. What a rename that broke off has done already is not done again.
     *
     * @param key of the final name
     * @param replace whether an object that is there is replaced
     * @throws AlreadyPresentException if there is an object and it must not be replaced, or if one is in the way under the
     *     name that the file was expected to get
     * @throws AbsentException if the parts are gone
     */
    public void publish(Partial held, String key, boolean replace) {
        if (key.equals(held.target().partsKey())) {
            if (held.record().moving()) {
                store.delete(mark(held));
            }
            complete(held, replace ? Precondition.ALWAYS : Precondition.IF_ABSENT);
        } else {
            move(held, key);
        }
        records.deleteTail(held.record());
        partials.segments().remove(held.target(), held.record());
        records.discard(held.target().recordKey());
    }

    private ObjectInfo complete(Partial held, Precondition precondition) {
        deleteEarlier(held);
        UploadRef upload = upload(held);
        try {
            List<Part> parts = parts(held, upload);
            UploadEnd end = calls.complete(upload, parts, uploadId(held), held.size(), precondition);
            return ((UploadEnd.Published) end).object();
        } catch (AbsentException gone) {
            return calls.retry(() -> store.head(upload.key()))
                    .filter(object -> is(held, object))
                    .orElseThrow(() -> gone);
        }
    }

    /** Else the name would stand for the earlier file again as soon as this one is gone from it. */
    private void deleteEarlier(Partial held) {
        String key = held.target().key();
        String base = held.record().base();
        if (base != null
                && calls.retry(() -> store.head(key))
                        .filter(object -> object.etag().equals(base))
                        .isPresent()) {
            store.delete(key);
        }
    }

    private List<Part> parts(Partial held, UploadRef upload) {
        List<Part> parts = new ArrayList<>(
                Objects.requireNonNull(held.record().multipart()).parts());
        Tail tail = held.record().tail();
        if (tail != null) {
            int number = parts.size() + 1;
            Part copied =
                    calls.retry(() -> store.copyPart(upload, number, new CopySource(tail.key(), null, null), null));
            if (copied.crc32() != null && copied.crc32() != tail.crc32()) {
                throw new PermanentStoreException("copyPart", upload.key(), "the tail is damaged", null);
            }
            parts.add(new Part(number, tail.size(), copied.etag(), copied.crc32()));
        }
        return parts;
    }

    /**
     * Parts cannot be moved: the upload is completed under the expected name, provided that nothing is there, and copied. The
     * mark comes before the object and goes after it, so that no job is ever opened for it.
     */
    private void move(Partial held, String key) {
        if (calls.retry(() -> store.head(key))
                .filter(object -> is(held, object))
                .isEmpty()) {
            Partial mine = records.write(held.target(), held.record().beingMoved(partials.newId()), held.etag())
                    .orElseThrow(TakenOverException::new);
            PutRequest mark = PutRequest.of(mark(mine), Content.of(new byte[0]), PartUploads.CONTENT_TYPE);
            calls.retry(() -> store.put(mark));
            ObjectInfo object = completeWithheld(mine);
            calls.retry(() -> store.copy(CopySource.pinned(object.key(), object.etag()), key));
        }
        String expected = held.target().partsKey();
        if (calls.retry(() -> store.head(expected))
                .filter(object -> is(held, object))
                .isPresent()) {
            store.delete(expected);
        }
        store.delete(mark(held));
    }

    private ObjectInfo completeWithheld(Partial mine) {
        try {
            return complete(mine, Precondition.IF_ABSENT);
        } catch (AlreadyPresentException inTheWay) {
            records.discard(mark(mine));
            throw inTheWay;
        }
    }

    private String mark(Partial held) {
        return Withheld.mark(partner, held.target().partsKey(), uploadId(held));
    }

    private static UploadRef upload(Partial held) {
        return Objects.requireNonNull(held.record().upload());
    }

    /** Held uploads have been announced, with their id. */
    private static String uploadId(Partial held) {
        return Objects.requireNonNull(
                Objects.requireNonNull(held.record().multipart()).uploadId());
    }
}
