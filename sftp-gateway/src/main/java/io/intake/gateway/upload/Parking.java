package io.intake.gateway.upload;

import io.intake.gateway.upload.ResumeRecord.Multipart;
import io.intake.gateway.upload.ResumeRecord.Tail;
import io.intake.store.Content;
import io.intake.store.ObjectInfo;
import io.intake.store.Part;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what is durable of an upload whose client did not finish it. A failure anywhere leaves the parts in the store,
 * where they are found without a record: nothing worse than that a tail is sent again.
 */
final class Parking {
    /**
     * How much later than the upload's beginning another one of the same file must have been stored for this one to be out
     * of date. The two times are of two clocks; to keep an upload too many does less harm than to lose one.
     */
    private static final Duration CLOCKS_APART = Duration.ofSeconds(10);

    private final UploadServices services;
    private final Publication calls;
    private final UploadTarget target;

    Parking(UploadServices services, Publication calls, UploadTarget target) {
        this.services = services;
        this.calls = calls;
        this.target = target;
    }

    /**
     * What is to be kept.
     *
     * @param sender null if no part was sent
     * @param parts all durable parts
     * @param uploadId the id in the upload's metadata; null where not known
     * @param tail the bytes behind the parts; null if there are none
     * @param received bytes taken from the client
     */
    record Kept(
            @Nullable PartSender sender,
            List<Part> parts,
            @Nullable String uploadId,
            @Nullable Content tail,
            long received) {
        @Nullable
        Multipart multipart() {
            return sender == null ? null : new Multipart(sender.upload().uploadId(), uploadId, parts);
        }

        boolean isNothing() {
            return parts.isEmpty() && tail == null;
        }
    }

    /**
     * Parks an upload.
     *
     * @param from what it went on from
     * @param opened when its session opened it
     * @throws TakenOverException if another session has it
     */
    UploadEnd park(Kept kept, @Nullable Resumption from, Instant opened) {
        return from instanceof Resumption.Unfinished(Partial claimed)
                ? new UploadEnd.Parked(claimed(kept, claimed, true).size())
                : begun(kept, opened);
    }

    /**
     * Writes down what is durable of an upload whose session goes on.
     *
     * @return empty if somebody has stored the file since it was opened: a record would hide that file
     * @throws TakenOverException if another session has it
     */
    Optional<Partial> rest(Kept kept, @Nullable Resumption from, Instant opened) {
        if (from instanceof Resumption.Unfinished(Partial claimed)) {
            return Optional.of(claimed(kept, claimed, false));
        }
        Found found = find(kept, opened);
        return found.superseded() ? Optional.empty() : Optional.of(begun(kept, found, false));
    }

    /** What is there of the file besides the upload. */
    private record Found(Optional<ObjectInfo> object, boolean superseded, Optional<Partial> earlier) {}

    private Found find(Kept kept, Instant opened) {
        Optional<ObjectInfo> object = calls.retry(() -> services.store().head(target.key()));
        boolean superseded = object.filter(stored -> stored.lastModified().isAfter(opened.plus(CLOCKS_APART)))
                .isPresent();
        Optional<Partial> earlier = services.partials().recorded(target);
        PartSender sender = kept.sender();
        if (sender != null
                && earlier.filter(left -> sender.upload().equals(left.record().upload()))
                        .isPresent()) {
            throw new TakenOverException();
        }
        return new Found(object, superseded, earlier);
    }

    /** Parks an upload that began with this session. It replaces what an earlier one left. */
    private UploadEnd begun(Kept kept, Instant opened) {
        Found found = find(kept, opened);
        PartSender sender = kept.sender();
        if (found.superseded() || kept.isNothing()) {
            if (sender != null) {
                calls.abort(sender.upload());
            }
            if (!found.superseded()) {
                // the file was truncated when it was opened
                services.partials().find(target, found.object()).ifPresent(services.partials()::drop);
            }
            return new UploadEnd.Abandoned(kept.received());
        }
        return new UploadEnd.Parked(begun(kept, found, true).size());
    }

    private Partial begun(Kept kept, Found found, boolean ended) {
        Optional<Partial> earlier = found.earlier();
        Partial written = write(
                kept,
                earlier.map(left -> left.record().generation()).orElse(0L),
                found.object().map(ObjectInfo::etag).orElse(null),
                earlier.map(Partial::etag).orElse(null),
                ended);
        earlier.ifPresent(left -> services.partials().dispose(left.record()));
        return written;
    }

    /** Parks an upload that this session had taken over. */
    private Partial claimed(Kept kept, Partial claimed, boolean ended) {
        ResumeRecord record = claimed.record();
        Partial written = write(kept, record.generation(), record.base(), claimed.etag(), ended);
        services.partials().deleteTail(record);
        return written;
    }

    private Partial write(Kept kept, long generation, @Nullable String base, @Nullable String replaces, boolean ended) {
        String owner = services.uploadIds().get();
        Tail tail = null;
        Content content = kept.tail();
        if (content != null) {
            tail = new Tail(target.tailKey(owner), content.length(), content.crc32());
            PutRequest put =
                    new PutRequest(tail.key(), content, PartUploads.CONTENT_TYPE, Map.of(), Precondition.ALWAYS);
            calls.retry(() -> services.store().put(put));
        }
        ResumeRecord record =
                new ResumeRecord(target.key(), generation + 1, owner, ended, base, kept.multipart(), tail);
        Optional<Partial> written = services.partials().write(target, record, replaces);
        if (written.isEmpty()) {
            services.partials().deleteTail(record);
            throw new TakenOverException();
        }
        return written.get();
    }
}
