package io.intake.gateway.upload;

import io.intake.gateway.upload.Parking.Kept;
import io.intake.store.Content;
import io.intake.store.Part;
import io.intake.store.StoreException;
import java.time.Instant;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings what is in memory of an upload to where it can be gone on with: when its session is lost, and when its client is
 * silent while others wait for memory. Used by one thread at a time.
 *
 * <p>The last byte is never kept in the store: clients that find a partial as large as their file think that there is
 * nothing left to do, and would never close it.
 */
final class Keeping {
    private final UploadServices services;
    private final UploadTarget target;
    private final Parking parking;
    private final PartUploads parts;
    private final BufferedWrites writes;
    private final Ownership ownership;
    private final Instant opened;

    Keeping(
            UploadServices services,
            Publication publication,
            UploadTarget target,
            PartUploads parts,
            BufferedWrites writes,
            Ownership ownership,
            Instant opened) {
        this.services = services;
        this.target = target;
        this.parking = new Parking(services, publication, target);
        this.parts = parts;
        this.writes = writes;
        this.ownership = ownership;
        this.opened = opened;
    }

    /** Keeps an upload whose session has ended. */
    UploadEnd keep(long size, Openings.Standing standing) {
        long length = sendWholeParts();
        List<Segment> segments = parts.segmentsLeft();
        List<Part> sent = sent();
        Deque<byte[]> rest = writes.buffer().takeRest();
        try {
            Content tail = length == 0 ? null : PartSender.content(rest, length);
            Kept kept = new Kept(sender(), sent, segments, parts.uploadId(), tail, size);
            return parking.park(kept, ownership.partial(), opened, standing);
        } finally {
            writes.giveBack(rest);
        }
    }

    /**
     * Keeps an upload whose session goes on; its memory stays in use until the caller gives it back.
     *
     * @return what to go on from; empty if the store does not take it now, or if somebody has stored the file meanwhile
     * @throws StoreException if a part failed
     * @throws TakenOverException if another session has the upload
     */
    Optional<Resting> rest(@Nullable Resumption from, long size) {
        long length = sendWholeParts();
        List<Segment> segments = parts.segmentsLeft();
        List<Part> sent = sent();
        UploadBuffer buffer = writes.buffer();
        if (buffer.end() == buffer.start()) {
            return Optional.empty(); // the parts took all the memory with them
        }
        List<byte[]> rest = buffer.rest();
        byte[] last = {
            rest.getLast()[(int) ((buffer.end() - 1) % services.budget().slabBytes())]
        };
        Content tail = length == 0 ? null : PartSender.content(rest, length);
        Kept kept = new Kept(sender(), sent, segments, parts.uploadId(), tail, size);
        if (kept.isNothing()) {
            return Optional.of(new Resting(from, last, size));
        }
        try {
            return parking.rest(kept, ownership.partial(), opened)
                    .map(partial -> new Resting(new Resumption.Unfinished(partial), last, size));
        } catch (StoreException later) {
            return Optional.empty();
        }
    }

    /**
     * The session of an upload that rests has ended: nothing can come behind what its record tells of.
     *
     * @return how it ended
     */
    static UploadEnd seal(UploadServices services, UploadTarget target, Partial resting) {
        ResumeRecord sealed = resting.record().givenBack(services.uploadIds().get());
        return services.partials()
                        .records()
                        .write(target, sealed, resting.etag())
                        .isPresent()
                ? new UploadEnd.Parked(sealed.size())
                : new UploadEnd.Failed(sealed.size(), String.valueOf(new TakenOverException().getMessage()));
    }

    /** What was closed before, and then opened and left without a change, is as it was. */
    static void giveBack(UploadServices services, UploadTarget target, Partial claimed) {
        if (claimed.record().closed()) {
            Optional<Partial> ignored = services.partials()
                    .records()
                    .write(
                            target,
                            claimed.record().givenBack(services.uploadIds().get()),
                            claimed.etag());
        }
    }

    /** Whether the rest of a file that is held is kept beside its parts: nothing could follow it as a part. */
    boolean isTail(long length) {
        return length < services.schedule().limits().minPartBytes();
    }

    /**
     * Keeps a file that is closed, and has a temporary name, until it is renamed.
     *
     * @param rest what no part holds; its memory is given back
     */
    UploadEnd hold(Deque<byte[]> rest, long length, long size) {
        try {
            PartSender sender = parts.sender();
            Content tail = length == 0 ? null : PartSender.content(rest, length);
            Kept kept = new Kept(sender, parts.close(), List.of(), parts.uploadId(), tail, size);
            return parking.hold(kept, Objects.requireNonNull(ownership.partial()));
        } finally {
            writes.giveBack(rest);
        }
    }

    /** The next version of a record, in which no tail counts: bytes of it are about to change. */
    Optional<Partial> withoutTail(Partial partial) {
        ResumeRecord record = partial.record();
        ResumeRecord next =
                record.takenOver(services.uploadIds().get(), record.base()).with(record.multipart(), null);
        Optional<Partial> written = services.partials().records().write(target, next, partial.etag());
        if (written.isPresent()) {
            services.partials().records().deleteTail(record);
        }
        return written;
    }

    /** Sends what is large enough for a part; returns the length of the rest without its last byte. */
    private long sendWholeParts() {
        if (parts.isMultipart()) {
            List<Part> ignored = parts.sender().awaitAll();
        }
        int slabBytes = services.budget().slabBytes();
        UploadBuffer buffer = writes.buffer();
        long length = Math.max(0, buffer.end() - buffer.start() - 1);
        for (int full = (int) (length / slabBytes);
                full >= MemoryBudget.MIN_PART_SLABS && parts.hasRoom();
                full = (int) (length / slabBytes)) {
            int count = (int) Math.min(full, parts.most() / slabBytes);
            parts.send(buffer.takeFull(count), (long) count * slabBytes);
            length -= (long) count * slabBytes;
        }
        return length;
    }

    private List<Part> sent() {
        PartSender sender = sender();
        return sender == null ? List.of() : sender.awaitAll();
    }

    private @Nullable PartSender sender() {
        return parts.isMultipart() ? parts.sender() : null;
    }
}
