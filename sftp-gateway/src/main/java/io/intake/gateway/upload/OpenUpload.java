package io.intake.gateway.upload;

import io.intake.store.ObjectInfo;
import io.intake.store.StoreException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An upload as its session sees it. While its client is silent and others wait for memory, it may be put aside in the store;
 * the next write, or the end, brings it back. What it takes and refuses is {@link Upload}'s to say; after it was put aside,
 * fewer bytes can be written again.
 *
 * <p>Used by one thread, besides {@link IdleUploads}, which finds it locked while a request is dealt with. {@link #size} may
 * be asked by any thread.
 */
public final class OpenUpload {
    private final ReentrantLock lock = new ReentrantLock();
    private final UploadServices services;
    private final IdleUploads idle;
    private final Cancellation cancellation;
    private final UploadTarget target;
    private final UploadMeter meter;
    private final Openings.Opening opening;

    private @Nullable Resumption from;
    private Upload upload;
    /** The size of the stored file that is written anew from its start without having been truncated; 0 if none is. */
    private long replaces;

    private long declared = -1;
    private @Nullable Resting resting;
    private @Nullable UploadEnd end;
    private volatile Instant active;
    private volatile long size;

    /**
     * An upload that {@link #open} makes ready.
     *
     * @param services its partner's
     * @param cancellation ends waits for memory when the session is lost
     * @param meter of what its partner may use
     * @param from what it goes on from; null to begin with nothing
     */
    public OpenUpload(
            UploadServices services,
            IdleUploads idle,
            Cancellation cancellation,
            UploadTarget target,
            UploadMeter meter,
            @Nullable Resumption from) {
        this.services = services;
        this.idle = idle;
        this.cancellation = cancellation;
        this.target = target;
        this.meter = meter;
        this.from = from;
        this.opening = services.openings().open(target.key(), cancellation);
        this.upload = new Upload(services, cancellation, target, from);
        this.active = services.clock().instant();
        this.size = upload.size();
    }

    /** Loads what is durable and too small to be a part. */
    public void open() throws UploadFailedException, SessionLostException {
        lock.lock();
        try {
            upload.open();
            size = upload.size();
            active = services.clock().instant();
        } finally {
            lock.unlock();
        }
        idle.add(this);
    }

    /** Whether it goes on from what an earlier session left. */
    public boolean isResumed() {
        return from != null;
    }

    /**
     * Begins with nothing, as if the file had been truncated when it was opened, if it was to go on from something and nothing was
     * written yet. For a client that writes a file anew from its start without truncating it, as OpenSSH's scp does.
     */
    public void beginAnew() {
        lock.lock();
        try {
            Resting rested = resting;
            if (from == null || end != null || !(rested == null ? upload.isUntouched() : isUnchanged(rested))) {
                return;
            }
            if (rested == null) {
                UploadEnd ignored = upload.park();
            } else {
                giveBack(rested);
                resting = null;
                idle.woken();
            }
            replaces = from instanceof Resumption.Stored(ObjectInfo object) ? object.size() : 0;
            from = null;
            upload = new Upload(services, cancellation, target, null);
            size = 0;
        } finally {
            lock.unlock();
        }
    }

    /** The same for a client that says so, before it writes: nothing of the file that is there is to stay. */
    public void truncate() {
        beginAnew();
        replaces = size == 0 ? 0 : replaces;
    }

    /** The client says that the file ends where it has come to: what a stored file had behind that is gone. */
    public void endsHere() {
        declared = size;
    }

    /** The file's size if nothing more came: the end of what was taken without a gap, in bytes. Any thread. */
    public long size() {
        return size;
    }

    /** When the client last wrote. Any thread. */
    Instant active() {
        return active;
    }

    /** The memory it takes from; any thread. */
    MemoryBudget budget() {
        return services.budget();
    }

    /**
     * Takes bytes at an offset; all of them when it returns.
     *
     * @throws UploadFailedException if the upload has failed, or fails by this write
     * @throws SessionLostException if the session ends while memory is waited for
     */
    public void write(long offset, ByteBuffer bytes) throws UploadFailedException, SessionLostException {
        int count = bytes.remaining();
        String refusal = meter.take(offset + count, count, cancellation);
        lock.lock();
        try {
            if (refusal != null) {
                throw refuse(refusal);
            }
            wake();
            upload.write(offset, bytes);
            size = upload.size();
        } finally {
            active = services.clock().instant();
            lock.unlock();
        }
    }

    /**
     * Takes bytes that go on where the last ones ended, as far as that needs no waiting, nothing from the store and no error to be
     * told. Never blocks.
     *
     * @return how many, from the first on; for the others there is {@link #write}
     */
    public int tryWrite(long offset, ByteBuffer bytes) {
        if (!lock.tryLock()) {
            return 0;
        }
        try {
            // Whether a client that goes on with a file does, or writes it anew, its first bytes tell
            boolean first = from != null && upload.isUnchanged();
            if (first
                    || resting != null
                    || end != null
                    || !meter.tryTake(offset + bytes.remaining(), bytes.remaining())) {
                return 0;
            }
            int taken = upload.tryAppend(offset, bytes);
            size = upload.size();
            active = services.clock().instant();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void wake() throws UploadFailedException, SessionLostException {
        Resting rested = resting;
        if (rested == null) {
            return;
        }
        Upload next = new Upload(services, cancellation, target, rested.from());
        try {
            next.wake(rested);
        } catch (SessionLostException e) {
            next.dismiss();
            throw e;
        } catch (UploadFailedException e) {
            awakened(next);
            throw e;
        }
        awakened(next);
    }

    private void awakened(Upload next) {
        resting = null;
        upload = next;
        idle.woken();
    }

    /**
     * Publishes the file; a resumed one to which nothing was written is left as it was.
     *
     * @throws UploadFailedException if there is a gap, or the store failed: nothing is published, as far as the store says
     * @throws SessionLostException if the session ends while memory is waited for: nothing is published; to be parked
     */
    public UploadEnd finish() throws UploadFailedException, SessionLostException {
        lock.lock();
        try {
            Resting rested = resting;
            if (rested != null && isUnchanged(rested)) {
                giveBack(rested);
                return ended(new UploadEnd.Unchanged(size));
            }
            if (size < replaces && declared != size) {
                throw refuse("only the first %d of %d bytes were written anew: put the whole file"
                        .formatted(size, replaces));
            }
            wake();
            return ended(publish());
        } finally {
            lock.unlock();
        }
    }

    private UploadEnd publish() throws UploadFailedException {
        opening.lock();
        try {
            if (opening.isOvertaken() && !upload.isUnchanged()) {
                throw upload.refuse("another session has stored this file since it was opened here");
            }
            UploadEnd how = upload.finish();
            if (how instanceof UploadEnd.Published || how instanceof UploadEnd.Held) {
                opening.published();
            }
            return how;
        } finally {
            opening.unlock();
        }
    }

    /** Put aside before the client had written anything. */
    private static boolean isUnchanged(Resting rested) {
        return rested.from() != null && rested.last().length == 0;
    }

    private void giveBack(Resting rested) {
        if (rested.from() instanceof Resumption.Unfinished(Partial claimed)) {
            Keeping.giveBack(services, target, claimed);
        }
    }

    /** The client will not finish: keeps what is there for another session. Publishes nothing. */
    public UploadEnd park() {
        lock.lock();
        try {
            UploadEnd earlier = end;
            if (earlier != null) {
                return earlier;
            }
            opening.lock();
            try {
                return ended(keep());
            } finally {
                opening.unlock();
            }
        } finally {
            lock.unlock();
        }
    }

    private UploadEnd keep() {
        Resting rested = resting;
        if (rested != null) {
            return seal(rested);
        }
        UploadEnd how = upload.park(opening.standing());
        if (how instanceof UploadEnd.Parked) {
            opening.parked();
        }
        return how;
    }

    private UploadEnd seal(Resting rested) {
        try {
            if (isUnchanged(rested)) {
                giveBack(rested);
                return new UploadEnd.Unchanged(size);
            }
            return rested.from() instanceof Resumption.Unfinished(Partial partial)
                    ? Keeping.seal(services, target, partial)
                    : new Upload(services, cancellation, target, null).park(opening.standing());
        } catch (StoreException unsealed) {
            // what was put aside is found all the same
            return new UploadEnd.Abandoned(size);
        }
    }

    /** Gives the upload up: nothing is published, no memory stays in use. Does nothing if it has ended. */
    public UploadEnd abandon() {
        lock.lock();
        try {
            UploadEnd earlier = end;
            if (earlier != null) {
                return earlier;
            }
            return ended(resting == null ? upload.abandon() : new UploadEnd.Abandoned(size));
        } finally {
            lock.unlock();
        }
    }

    private UploadFailedException refuse(String reason) {
        if (resting != null) {
            resting = null;
            idle.woken();
        }
        return upload.refuse(reason);
    }

    private UploadEnd ended(UploadEnd how) {
        end = how;
        if (resting != null) {
            resting = null;
            idle.woken();
        }
        idle.remove(this);
        opening.close();
        meter.ended(how);
        return how;
    }

    /**
     * Puts the upload aside, unless a request is being dealt with or has been since. A write that waited for memory ends the
     * silence when it has it, and would else lose it again at once.
     *
     * @param silentSince when its client must have written for the last time at the latest
     * @return whether its memory is free now
     */
    boolean rest(Instant silentSince) {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            if (resting != null || end != null || active.isAfter(silentSince)) {
                return false;
            }
            return opening.tryLock() && restLocked();
        } catch (UploadFailedException told) {
            // its client is told at the next write
            return false;
        } finally {
            lock.unlock();
        }
    }

    private boolean restLocked() throws UploadFailedException {
        try {
            if (opening.standing() == Openings.Standing.OUTDATED) {
                return false; // a record would hide what the later session has stored
            }
            resting = upload.rest().orElse(null);
            return resting != null;
        } finally {
            opening.unlock();
        }
    }
}
