package io.intake.gateway.upload;

import io.intake.store.AlreadyPresentException;
import io.intake.store.StoreException;
import io.intake.store.TransientStoreException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One file on its way into the store. Bytes are taken in order, a little ahead of it, or over bytes that are not sent yet;
 * anything else fails the upload for good, so that what is published is always what was written. Only {@link #finish}
 * publishes; {@link #park} keeps what another session can go on with.
 *
 * <p>Blocks: while memory is short, while two parts are on their way, and in {@link #open}, {@link #finish} and {@link
 * #park}. Used by one thread; only {@link #size} may be asked by others.
 */
public final class Upload {
    private final UploadServices services;
    private final Publication publication;
    private final UploadTarget target;
    private @Nullable Resumption from;
    private final Ownership ownership;
    private final PartUploads parts;
    private final Keeping keeping;
    private final Commit commit;
    /** Where in the file the buffer begins: behind the parts that were durable at the start. */
    private final long origin;

    private final BufferedWrites writes;
    private final UploadBuffer buffer;
    private @Nullable UploadFailedException failure;
    private @Nullable UploadEnd end;
    /** How many bytes of the buffer's beginning the store keeps as a tail. */
    private long kept;
    /** Whether this session has written anything. */
    private boolean changed;

    private volatile long size;

    /**
     * An upload that {@link #open} makes ready.
     *
     * @param cancellation ends waits for memory when the session is lost
     * @param from what it goes on from; null to begin with nothing
     */
    public Upload(UploadServices services, Cancellation cancellation, UploadTarget target, @Nullable Resumption from) {
        this.services = services;
        this.publication = new Publication(services.store(), services.pause());
        this.target = target;
        this.from = from;
        Instant opened = services.clock().instant();
        Partial mine = from instanceof Resumption.Unfinished(Partial claimed) ? claimed : null;
        this.ownership = new Ownership(services.partials(), target, mine, services.clock());
        this.parts = new PartUploads(services, publication, target, ownership, from);
        this.origin = parts.earlierBytes();
        this.writes = new BufferedWrites(services, cancellation, parts, this::sendPart);
        this.buffer = writes.buffer();
        this.keeping = new Keeping(services, publication, target, parts, writes, ownership, opened);
        this.commit = new Commit(services, publication, target, parts, writes, keeping, ownership);
        if (from instanceof Resumption.Unfinished(Partial claimed)) {
            kept = claimed.record().size() - claimed.record().partBytes();
        }
        size = origin;
    }

    /** Loads what is durable and too small to be a part. An upload that begins with nothing need not be opened. */
    public void open() throws UploadFailedException, SessionLostException {
        try {
            TailReader tail = new TailReader(services, publication);
            writes.makeRoom(tail.size(from));
            if (!tail.load(from, this::take)) {
                throw fail("what was kept of the file is damaged: upload it whole", null);
            }
            size = origin + buffer.end();
        } catch (StoreException e) {
            throw fail("the store does not give back what it has of the file: try again later", e);
        }
    }

    /** The file's size if nothing more came: the end of what was taken without a gap, in bytes. Any thread. */
    public long size() {
        return size;
    }

    /**
     * Takes bytes at an offset; all of them when it returns.
     *
     * @throws UploadFailedException if the upload has failed, or fails by this write
     * @throws SessionLostException if the session ends while memory is waited for
     */
    public void write(long offset, ByteBuffer bytes) throws UploadFailedException, SessionLostException {
        ensureOpen();
        RuntimeException partFailure = parts.failure();
        if (partFailure != null) {
            throw failed("the store refused a part of the file", partFailure);
        }
        if (!bytes.hasRemaining()) {
            return;
        }
        if (offset < 0 || offset > Long.MAX_VALUE - bytes.remaining()) {
            throw fail("the offset is out of range", null);
        }
        if (offset < origin) {
            throw fail("bytes that are stored already cannot be written again", null);
        }
        long at = offset - origin;
        switch (buffer.placement(at)) {
            case ALREADY_SENT -> throw fail("bytes that are stored already cannot be written again", null);
            case TOO_FAR_AHEAD -> throw fail("a file must be written from its start to its end", null);
            case TAKE -> {
                if (at < kept) {
                    forgetTail();
                }
                changed = true;
                take(at, bytes);
            }
        }
        size = origin + buffer.end();
    }

    /**
     * Takes bytes that go on where the last ones ended, as far as memory is at hand. Never blocks.
     *
     * @return how many, from the first on; for the others there is {@link #write}
     */
    int tryAppend(long offset, ByteBuffer bytes) {
        boolean takes = end == null && failure == null && parts.failure() == null && buffer.end() >= kept;
        if (!takes || offset != origin + buffer.end()) {
            return 0;
        }
        int taken = writes.tryAppend(bytes);
        changed |= taken > 0;
        size = origin + buffer.end();
        return taken;
    }

    private void take(long at, ByteBuffer bytes) throws UploadFailedException, SessionLostException {
        try {
            writes.take(at, bytes);
        } catch (UploadFailedException e) {
            throw fail(e.reason(), e.getCause());
        }
    }

    /** Before bytes of a stored tail change: else a crash would bring the old ones back. */
    private void forgetTail() throws UploadFailedException {
        if (from instanceof Resumption.Unfinished(Partial claimed)) {
            try {
                Partial renewed = keeping.withoutTail(claimed).orElseThrow(TakenOverException::new);
                ownership.renew(renewed);
                from = new Resumption.Unfinished(renewed);
                kept = 0;
            } catch (StoreException | TakenOverException e) {
                throw failed("the store cannot keep that bytes were written again", e);
            }
        }
    }

    private void sendPart(Deque<byte[]> slabs, long length) throws UploadFailedException {
        try {
            parts.send(slabs, length);
        } catch (StoreException | TakenOverException e) {
            throw failed("the store refused a part of the file", e);
        }
    }

    /**
     * Publishes the file; one with a temporary name and more than one part is held until it is renamed; a resumed one to which
     * nothing was written is left as it was. When it returns the store has it, whole.
     *
     * @throws UploadFailedException if there is a gap, or the store failed: nothing is published, as far as the store says
     */
    public UploadEnd finish() throws UploadFailedException {
        ensureOpen();
        if (isUnchanged()) {
            return leave();
        }
        if (buffer.hasGap()) {
            throw fail("bytes are missing before the file's end", null);
        }
        long rest = buffer.end() - buffer.start();
        Deque<byte[]> slabs = buffer.takeRest();
        try {
            UploadEnd published = commit.commit(slabs, rest, size);
            end = published;
            writes.release();
            if (published instanceof UploadEnd.Published) {
                commit.forget(from);
            }
            return published;
        } catch (AlreadyPresentException e) {
            throw failed("a file has that name", e);
        } catch (StoreException | TakenOverException e) {
            throw failed("the store could not publish the file", e);
        }
    }

    /** The client will not finish: keeps what is there for another session. Publishes nothing. */
    public UploadEnd park() {
        return park(Openings.Standing.LATEST);
    }

    /**
     * The same.
     *
     * @param standing where outdated, what this one has would hide what the later session has stored, and is dropped
     */
    UploadEnd park(Openings.Standing standing) {
        if (end != null) {
            return end;
        }
        try {
            end = isUnchanged() ? leave() : keeping.keep(size, standing);
        } catch (TakenOverException e) {
            end = new UploadEnd.Failed(size, String.valueOf(e.getMessage()));
        } catch (StoreException e) {
            end = new UploadEnd.Abandoned(size);
        }
        release();
        return end;
    }

    /** Whether nothing was written to what is gone on with. */
    boolean isUnchanged() {
        return from != null && !changed;
    }

    /** Whether it goes on from something, and nothing was written yet, nor refused. */
    boolean isUntouched() {
        return isUnchanged() && end == null;
    }

    private UploadEnd leave() {
        UploadEnd unchanged = new UploadEnd.Unchanged(size);
        end = unchanged;
        release();
        if (from instanceof Resumption.Unfinished(Partial claimed)) {
            Keeping.giveBack(services, target, claimed);
        }
        return unchanged;
    }

    /**
     * Frees the memory of an upload whose client is silent, by keeping in the store what is in it. If it succeeds, this
     * upload is over and another one goes on.
     *
     * @return empty if it stays as it is: there is nothing in memory, or the store does not take it now
     * @throws UploadFailedException if the upload fails by this, or bytes are missing that should have come before others
     */
    Optional<Resting> rest() throws UploadFailedException {
        if (failure != null || end != null || buffer.slabCount() == 0) {
            return Optional.empty();
        }
        if (buffer.hasGap()) {
            throw fail("memory is short: write the file from its start to its end", null);
        }
        try {
            Optional<Resting> resting =
                    isUnchanged() ? Optional.of(new Resting(from, new byte[0], size)) : keeping.rest(from, size);
            if (resting.isPresent()) {
                dismiss();
            }
            return resting;
        } catch (StoreException | TakenOverException e) {
            throw failed("the store refused a part of the file", e);
        }
    }

    /** Goes on with an upload that rested, unless another session has taken it. */
    void wake(Resting resting) throws UploadFailedException, SessionLostException {
        try {
            ownership.check(null);
        } catch (StoreException | TakenOverException e) {
            throw failed("the store does not give back what it has of the file: try again later", e);
        }
        open();
        write(resting.size() - resting.last().length, ByteBuffer.wrap(resting.last()));
    }

    /** Lets go of the memory and of nothing else; the upload is gone on with by another one. */
    void dismiss() {
        end = new UploadEnd.Unchanged(size);
        release();
    }

    /** Gives the upload up: nothing is published or kept, no memory stays in use. Does nothing if it has ended. */
    public UploadEnd abandon() {
        if (end == null) {
            end = new UploadEnd.Abandoned(size);
            release();
            parts.discard();
        }
        return end;
    }

    private void ensureOpen() throws UploadFailedException {
        if (failure != null) {
            throw failure;
        }
        if (end != null) {
            throw new IllegalStateException("the upload has ended");
        }
    }

    /** The upload fails for a reason that is not its own. */
    UploadFailedException refuse(String reason) {
        return fail(reason, null);
    }

    private UploadFailedException failed(String reason, RuntimeException cause) {
        return fail(cause instanceof TakenOverException ? String.valueOf(cause.getMessage()) : reason, cause);
    }

    /** Where the store failed in passing or somebody else has the upload, what it has stays and can be gone on with. */
    private UploadFailedException fail(String reason, @Nullable Throwable cause) {
        if (failure != null) {
            return failure;
        }
        UploadFailedException failed = new UploadFailedException(reason, cause);
        failure = failed;
        end = new UploadEnd.Failed(size, reason);
        release();
        if (!(cause instanceof TransientStoreException || cause instanceof TakenOverException)) {
            parts.discard();
        }
        return failed;
    }

    private void release() {
        parts.awaitQuiet();
        writes.release();
    }
}
