package io.intake.gateway.upload;

import io.intake.gateway.upload.ResumeRecord.Multipart;
import io.intake.gateway.upload.ResumeRecord.Tail;
import io.intake.store.Content;
import io.intake.store.Crc32;
import io.intake.store.ObjectInfo;
import io.intake.store.Part;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.UploadRef;
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
     * @param segments what is to become parts
     * @param uploadId the id in the upload's metadata; null where not known
     * @param tail the bytes behind the parts; null if there are none
     * @param received bytes taken from the client
     */
    record Kept(
            @Nullable PartSender sender,
            List<Part> parts,
            List<Segment> segments,
            @Nullable String uploadId,
            @Nullable Content tail,
            long received) {
        @Nullable
        Multipart multipart() {
            return sender == null ? null : new Multipart(sender.upload().uploadId(), uploadId, parts, segments);
        }

        @Nullable
        String partsKey(UploadTarget target) {
            return sender == null || sender.upload().key().equals(target.key())
                    ? null
                    : sender.upload().key();
        }

        /** Of all bytes of a file without segments; null if the store did not say it of a part. */
        @Nullable
        Long crc32() {
            Long ofParts = PartSender.crc32(parts);
            if (ofParts == null || tail == null) {
                return ofParts;
            }
            return Crc32.combine(ofParts, tail.crc32(), tail.length());
        }

        boolean isNothing() {
            return parts.isEmpty() && segments.isEmpty() && tail == null;
        }
    }

    /**
     * Parks an upload.
     *
     * @param mine with the record that makes it this session's; null if there is none
     * @param opened when its session opened it
     * @param standing beside other sessions of the same gateway
     * @throws TakenOverException if another session has it
     */
    UploadEnd park(Kept kept, @Nullable Partial mine, Instant opened, Openings.Standing standing) {
        return mine == null
                ? begun(kept, opened, standing)
                : new UploadEnd.Parked(claimed(kept, mine, Ending.LOST).size());
    }

    /**
     * Keeps a file that the client has closed, and which has a temporary name, until it is renamed.
     *
     * @throws TakenOverException if another session has it
     */
    UploadEnd hold(Kept kept, Partial mine) {
        Partial ignored = claimed(kept, mine, Ending.CLOSED);
        String base = mine.record().base();
        if (base != null
                && calls.retry(() -> services.store().head(target.key()))
                        .filter(object -> object.etag().equals(base))
                        .isPresent()) {
            // what the name stood for before is replaced
            services.store().delete(target.key());
        }
        return new UploadEnd.Held(kept.received(), kept.crc32());
    }

    /**
     * Writes down what is durable of an upload whose session goes on.
     *
     * @return empty if somebody has stored the file since it was opened: a record would hide that file
     * @throws TakenOverException if another session has it
     */
    Optional<Partial> rest(Kept kept, @Nullable Partial mine, Instant opened) {
        if (mine != null) {
            return Optional.of(claimed(kept, mine, Ending.GOES_ON));
        }
        Found found = find(kept, opened);
        return found.superseded() ? Optional.empty() : Optional.of(begun(kept, found, Ending.GOES_ON));
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
    private UploadEnd begun(Kept kept, Instant opened, Openings.Standing standing) {
        Found found = find(kept, opened);
        boolean superseded = standing == Openings.Standing.OUTDATED || found.superseded();
        PartSender sender = kept.sender();
        if (superseded || kept.isNothing()) {
            if (sender != null) {
                drop(kept, sender.upload());
            }
            if (!superseded && standing == Openings.Standing.LATEST) {
                // The file was truncated when it was opened. What began later is another session's; what is whole is
                // replaced by what is whole only
                services.partials()
                        .find(target, found.object())
                        .filter(left ->
                                !left.time().isAfter(opened) && !left.record().isComplete())
                        .ifPresent(services.partials()::drop);
            }
            return new UploadEnd.Abandoned(kept.received());
        }
        return new UploadEnd.Parked(begun(kept, found, Ending.LOST).size());
    }

    private void drop(Kept kept, UploadRef upload) {
        if (kept.parts().size() < services.schedule().limits().inPlaceParts()) {
            boolean ignored = calls.abort(upload);
        } else {
            services.partials().segments().drop(target, upload);
        }
    }

    private Partial begun(Kept kept, Found found, Ending ending) {
        Optional<Partial> earlier = found.earlier();
        Version version = new Version(
                earlier.map(left -> left.record().generation()).orElse(0L),
                found.object().map(ObjectInfo::etag).orElse(null),
                ending,
                false);
        Partial written = write(version, kept, earlier.map(Partial::etag).orElse(null));
        earlier.ifPresent(left -> services.partials().records().dispose(target, left.record()));
        return written;
    }

    /** Parks an upload that is this session's by its record. */
    private Partial claimed(Kept kept, Partial claimed, Ending ending) {
        ResumeRecord record = claimed.record();
        Version version = new Version(record.generation(), record.base(), ending, record.moving());
        Partial written = write(version, kept, claimed.etag());
        services.partials().records().deleteTail(record);
        return written;
    }

    /** What becomes of the session. */
    private enum Ending {
        GOES_ON,
        LOST,
        CLOSED
    }

    /** What a record says besides the bytes; the generation is that of the one before. */
    private record Version(long generation, @Nullable String base, Ending ending, boolean moving) {}

    private Partial write(Version version, Kept kept, @Nullable String replaces) {
        String owner = services.uploadIds().get();
        Tail tail = null;
        Content content = kept.tail();
        if (content != null) {
            tail = new Tail(target.tailKey(owner), content.length(), content.crc32());
            PutRequest put =
                    new PutRequest(tail.key(), content, PartUploads.CONTENT_TYPE, Map.of(), Precondition.ALWAYS);
            calls.retry(() -> services.store().put(put));
        }
        ResumeRecord record = new ResumeRecord(
                target.key(),
                version.generation() + 1,
                owner,
                version.ending() != Ending.GOES_ON,
                version.base(),
                kept.multipart(),
                tail,
                kept.partsKey(target),
                version.ending() == Ending.CLOSED,
                version.moving());
        Optional<Partial> written = services.partials().records().write(target, record, replaces);
        if (written.isEmpty()) {
            services.partials().records().deleteTail(record);
            throw new TakenOverException();
        }
        return written.get();
    }
}
