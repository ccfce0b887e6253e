package io.intake.processors.stitch;

import io.intake.processors.stitch.Splice.Slice;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts what is joined into parts that the store takes: long ranges are copied inside it; what is shorter than a part may be,
 * and a line's end where a file lacks its last one, is gathered and sent. A function of the slices alone, so that whoever
 * goes on makes the same parts. Pure.
 */
final class SplicePlan {
    private final int minPart;
    private final long maxPart;
    private final int lineEnd;
    private final List<Piece> pieces = new ArrayList<>();
    private final List<Bytes> gathered = new ArrayList<>();
    private long gatheredLength;

    /** Bytes of a slice's file; none of them stand for a line's end. */
    record Bytes(Slice slice, long from, long to) {
        long length() {
            return to - from;
        }
    }

    /** A part. */
    sealed interface Piece {
        long length();
    }

    /** One that is copied inside the store. */
    record Copied(Bytes bytes) implements Piece {
        @Override
        public long length() {
            return bytes.length();
        }
    }

    /** One that is read and sent. */
    record Sent(List<Bytes> all, long length) implements Piece {}

    private SplicePlan(int minPart, long maxPart, int lineEnd) {
        this.minPart = minPart;
        this.maxPart = maxPart;
        this.lineEnd = lineEnd;
    }

    /**
     * The parts.
     *
     * @param minPart the store's smallest part and smallest source of a range, in bytes
     * @param maxPart the longest one to make
     * @param lineEnd how many bytes end a line in the files' charset
     */
    static List<Piece> of(List<Slice> slices, int minPart, long maxPart, int lineEnd) {
        SplicePlan plan = new SplicePlan(minPart, maxPart, lineEnd);
        for (Slice slice : slices) {
            plan.add(slice, slice.entry() != slices.getLast().entry());
        }
        plan.flush();
        return List.copyOf(plan.pieces);
    }

    private void add(Slice slice, boolean goesOn) {
        long at = slice.from();
        // A part that was begun is filled first: only the last one may be short
        if (gatheredLength > 0 || slice.length() < minPart || slice.size() <= minPart) {
            long most = slice.size() <= minPart ? slice.length() : Math.max(0, minPart - gatheredLength);
            at += gather(slice, at, Math.min(most, slice.length()));
        }
        long rest = slice.to() - at;
        if (rest >= minPart) {
            flush();
            copy(slice, at, rest);
        } else if (rest > 0) {
            gather(slice, at, rest);
        }
        if (goesOn && !slice.endsLine() && slice.length() > 0) {
            gathered.add(new Bytes(slice, slice.to(), slice.to()));
            gatheredLength += lineEnd;
        }
        if (gatheredLength >= minPart) {
            flush();
        }
    }

    private long gather(Slice slice, long from, long length) {
        if (length > 0) {
            gathered.add(new Bytes(slice, from, from + length));
            gatheredLength += length;
        }
        return length;
    }

    private void copy(Slice slice, long from, long length) {
        long count = Math.max(1, Math.min((length + maxPart - 1) / maxPart, length / minPart));
        long at = from;
        for (long i = 1; i <= count; i++) {
            long end = from + length * i / count;
            pieces.add(new Copied(new Bytes(slice, at, end)));
            at = end;
        }
    }

    private void flush() {
        if (gatheredLength > 0) {
            pieces.add(new Sent(List.copyOf(gathered), gatheredLength));
            gathered.clear();
            gatheredLength = 0;
        }
    }
}
