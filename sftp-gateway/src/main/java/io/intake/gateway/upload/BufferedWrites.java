package io.intake.gateway.upload;

import java.nio.ByteBuffer;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * An upload's bytes in memory that the budget has allowed. When there is no more, a part is sent, or the caller waits. Not
 * thread-safe.
 */
final class BufferedWrites {
    private final UploadBuffer buffer;
    private final MemoryBudget budget;
    private final int slabBytes;
    private final Cancellation cancellation;
    private final PartUploads parts;
    private final Sending sending;
    /** Slabs allowed by the budget but not in the buffer yet. */
    private int allowance;

    /** Sends full slabs as a part; takes them over, whatever becomes of them. */
    @FunctionalInterface
    interface Sending {
        void send(Deque<byte[]> slabs, long length) throws UploadFailedException;
    }

    BufferedWrites(UploadServices services, Cancellation cancellation, PartUploads parts, Sending sending) {
        this.budget = services.budget();
        this.slabBytes = budget.slabBytes();
        this.buffer = new UploadBuffer(slabBytes);
        this.cancellation = cancellation;
        this.parts = parts;
        this.sending = sending;
    }

    UploadBuffer buffer() {
        return buffer;
    }

    /**
     * Waits for the memory that the first bytes need, before there are any.
     *
     * @param bytes no more than a smallest part
     */
    void makeRoom(long bytes) throws SessionLostException {
        if (bytes > 0) {
            await(budget.admit(), 1);
        }
        if (bytes > slabBytes) {
            await(budget.reserve(MemoryBudget.MIN_PART_SLABS - 1), MemoryBudget.MIN_PART_SLABS);
        }
    }

    void take(long offset, ByteBuffer bytes) throws UploadFailedException, SessionLostException {
        long at = offset;
        ByteBuffer rest = bytes.duplicate();
        while (rest.hasRemaining()) {
            ensureSlab(at);
            at += put(at, rest);
        }
    }

    /** Copies what goes into the slab at an offset, which is there; returns how much. */
    private int put(long at, ByteBuffer rest) {
        int count = Math.min(rest.remaining(), slabBytes - (int) (at % slabBytes));
        buffer.put(at, rest.slice(rest.position(), count));
        rest.position(rest.position() + count);
        return count;
    }

    /**
     * Takes bytes behind the contiguous run, as far as memory is at hand.
     *
     * @return how many, from the first on
     */
    int tryAppend(ByteBuffer bytes) {
        ByteBuffer rest = bytes.duplicate();
        while (rest.hasRemaining() && isAtHand(buffer.slabOf(buffer.end()))) {
            long at = buffer.end();
            long next = at + put(at, rest);
            if (buffer.end() != next) {
                break; // bytes that came early follow: what comes next may be there already
            }
        }
        return bytes.remaining() - rest.remaining();
    }

    private boolean isAtHand(long number) {
        if (buffer.hasSlab(number)) {
            return true;
        }
        if (allowance == 0 && !tryGrow()) {
            return false;
        }
        addSlab(number);
        return true;
    }

    private void addSlab(long number) {
        allowance--;
        buffer.addSlab(number, budget.slab());
    }

    /** As {@link #grow}, by memory alone and without waiting for it. */
    private boolean tryGrow() {
        int held = buffer.slabCount();
        if (held == 0 && buffer.start() == 0) {
            return tryGrant(budget.admit(), 1);
        }
        if (held < MemoryBudget.MIN_PART_SLABS) {
            int missing = MemoryBudget.MIN_PART_SLABS - held;
            return tryGrant(budget.reserve(missing), missing);
        }
        return buffer.fullSlabs() < parts.wanted() / slabBytes && tryGrant(budget.tryTake());
    }

    private boolean tryGrant(boolean taken) {
        allowance = taken ? 1 : 0;
        return taken;
    }

    private boolean tryGrant(CompletableFuture<Void> granted, int slabs) {
        if (granted.cancel(false)) {
            budget.serve();
            return false;
        }
        allowance = slabs;
        return true;
    }

    private void ensureSlab(long offset) throws UploadFailedException, SessionLostException {
        long number = buffer.slabOf(offset);
        if (buffer.hasSlab(number)) {
            return;
        }
        if (allowance == 0) {
            boolean ahead = offset > buffer.end();
            if (ahead && !budget.tryTake()) {
                // waiting would be for ever: what would free memory is behind this request in the queue
                throw memoryIsShort();
            } else if (ahead) {
                allowance = 1;
            } else {
                grow();
            }
        }
        addSlab(number);
    }

    /** Makes room for the next slab in order: by memory not in use, or by sending a part. */
    private void grow() throws UploadFailedException, SessionLostException {
        int held = buffer.slabCount();
        if (held == 0 && buffer.start() == 0) {
            await(budget.admit(), 1);
            return;
        }
        if (held < MemoryBudget.MIN_PART_SLABS) {
            int missing = MemoryBudget.MIN_PART_SLABS - held;
            await(budget.reserve(missing), missing);
            return;
        }
        int full = buffer.fullSlabs();
        int wanted = (int) (parts.wanted() / slabBytes);
        if (full < wanted && budget.tryTake()) {
            allowance = 1;
            return;
        }
        if (full < MemoryBudget.MIN_PART_SLABS) {
            // slabs ahead of a gap take the place of slabs of this part, which is too small to be sent
            throw memoryIsShort();
        }
        if (!parts.hasRoom()) {
            throw new UploadFailedException("the file is larger than the store can hold", null);
        }
        int count = Math.min(full, wanted);
        sending.send(buffer.takeFull(count), (long) count * slabBytes);
        grow();
    }

    private static UploadFailedException memoryIsShort() {
        return new UploadFailedException("memory is short: write the file from its start to its end", null);
    }

    private void await(CompletableFuture<Void> granted, int slabs) throws SessionLostException {
        if (!cancellation.await(granted)) {
            budget.serve();
            throw new SessionLostException();
        }
        allowance = slabs;
    }

    /** Returns the memory of slabs that were taken out of the buffer. */
    void giveBack(Deque<byte[]> slabs) {
        slabs.forEach(budget::recycle);
        budget.release(slabs.size());
    }

    /** Returns all memory; what is in the buffer is lost. */
    void release() {
        List<byte[]> discarded = buffer.discard();
        discarded.forEach(budget::recycle);
        budget.release(discarded.size() + allowance);
        allowance = 0;
    }
}
