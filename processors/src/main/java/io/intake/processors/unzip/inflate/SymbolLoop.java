package io.intake.processors.unzip.inflate;

import io.intake.processors.unzip.inflate.DeflateException.Fault;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Decodes the literals and matches of a block: fast where input and output have room for whatever may come, one symbol at a
 * time near the end of either. Not thread-safe.
 */
final class SymbolLoop {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** A round of the fast loop loads twice, 8 bytes each; one that is behind the last place does not begin. */
    private static final int ROUND_INPUT = 16;

    /** A round gives up to three literals or two and a match of 258, which is copied in steps of 8. */
    private static final int ROUND_OUTPUT = 2 + 258 + 8;

    private static final int LITERAL_MASK = (1 << HuffmanTable.LITERAL_BITS) - 1;
    private static final int DISTANCE_MASK = (1 << HuffmanTable.DISTANCE_BITS) - 1;

    private final BitReader in;
    private final Output out;

    /** The match that the output had no room for, or 0. */
    int pendingLength;

    int pendingDistance;

    SymbolLoop(BitReader in, Output out) {
        this.in = in;
        this.out = out;
    }

    /** Goes on until the block, the input or the room ends; whether it was the block. */
    boolean run(Codes codes) throws DeflateException {
        pendingLength = out.match(pendingDistance, pendingLength);
        while (!out.full()) {
            boolean room = in.position <= in.end - ROUND_INPUT && out.position <= out.limit - ROUND_OUTPUT;
            if (room) {
                if (fast(codes)) {
                    return true;
                }
                continue;
            }
            switch (one(codes)) {
                case END_OF_BLOCK -> {
                    return true;
                }
                case NO_INPUT -> {
                    return false;
                }
                case DONE -> {
                    // the next
                }
            }
        }
        return false;
    }

    /**
     * The loop that all the time goes into; one method of many lines, because its state must stay in registers. Whether the
     * block ended.
     *
     * <p>Bits per round: 56 are loaded, and the first entry looked up, at the end of the round before: after a match, before
     * its bytes are copied, so that both overlap. Two literals from the primary table take 22 at most, so that 34 are left for
     * a length, which with secondary table and extra bits has 20. Then the buffer is loaded again, and a distance takes 28 at
     * most. After three literals there are 23 left, enough to look up the next entry before loading.
     */
    private boolean fast(Codes codes) throws DeflateException {
        int[] literals = codes.literals.entries;
        int[] distances = codes.distances.entries;
        byte[] source = in.bytes;
        byte[] target = out.target;
        int lastFrom = in.end - ROUND_INPUT;
        int lastTo = out.limit - ROUND_OUTPUT;
        int start = out.start;
        int from = in.position;
        int to = out.position;
        long bits = in.buffer;
        int count = in.count;
        boolean ended = false;
        bits |= (long) LONG.get(source, from) << count;
        from += (63 - count) >>> 3;
        count |= 56;
        int entry = literals[(int) bits & LITERAL_MASK];
        while (true) {
            if (entry < 0) {
                bits >>>= entry;
                count -= entry & 63;
                target[to++] = (byte) (entry >>> 16);
                entry = literals[(int) bits & LITERAL_MASK];
                if (entry < 0) {
                    bits >>>= entry;
                    count -= entry & 63;
                    target[to++] = (byte) (entry >>> 16);
                    entry = literals[(int) bits & LITERAL_MASK];
                    if (entry < 0) {
                        bits >>>= entry;
                        count -= entry & 63;
                        target[to++] = (byte) (entry >>> 16);
                        if (from > lastFrom || to > lastTo) {
                            break;
                        }
                        entry = literals[(int) bits & LITERAL_MASK];
                        bits |= (long) LONG.get(source, from) << count;
                        from += (63 - count) >>> 3;
                        count |= 56;
                        continue;
                    }
                }
            }
            if ((entry & HuffmanTable.SECONDARY) != 0) {
                bits >>>= entry;
                count -= entry & 63;
                entry = literals[secondary(entry, bits)];
            }
            long before = bits;
            bits >>>= entry;
            count -= entry & 63;
            if (entry < 0) {
                target[to++] = (byte) (entry >>> 16);
                if (from > lastFrom || to > lastTo) {
                    break;
                }
                bits |= (long) LONG.get(source, from) << count;
                from += (63 - count) >>> 3;
                count |= 56;
                entry = literals[(int) bits & LITERAL_MASK];
                continue;
            }
            if ((entry & HuffmanTable.EXCEPTIONAL) != 0) {
                ended = requireEnd(entry);
                break;
            }
            int length = value(entry, before);
            bits |= (long) LONG.get(source, from) << count;
            from += (63 - count) >>> 3;
            count |= 56;
            entry = distances[(int) bits & DISTANCE_MASK];
            if ((entry & HuffmanTable.SECONDARY) != 0) {
                bits >>>= entry;
                count -= entry & 63;
                entry = distances[secondary(entry, bits)];
            }
            if ((entry & HuffmanTable.EXCEPTIONAL) != 0) {
                throw new DeflateException(Fault.INVALID_CODE);
            }
            int distance = value(entry, bits);
            bits >>>= entry;
            count -= entry & 63;
            boolean more = from <= lastFrom && to + length <= lastTo;
            if (more) {
                bits |= (long) LONG.get(source, from) << count;
                from += (63 - count) >>> 3;
                count |= 56;
                entry = literals[(int) bits & LITERAL_MASK];
            }
            if (distance <= to - start) {
                repeat(target, to, distance, length);
                to += length;
            } else {
                out.position = to;
                out.requireReach(distance);
                out.match(distance, length);
                to = out.position;
            }
            if (!more) {
                break;
            }
        }
        in.position = from;
        in.buffer = bits & ((1L << count) - 1);
        in.count = count;
        out.position = to;
        return ended;
    }

    private static int secondary(int entry, long bits) {
        return (entry >>> 16) + ((int) bits & ((1 << ((entry >>> 8) & 15)) - 1));
    }

    /** The length or distance of an entry, from the bits that begin with its code. */
    private static int value(int entry, long bits) {
        long withExtra = bits & ((1L << entry) - 1);
        return (entry >>> 16) + (int) (withExtra >>> ((entry >>> 8) & 15));
    }

    private static boolean requireEnd(int entry) throws DeflateException {
        if ((entry & HuffmanTable.END_OF_BLOCK) == 0) {
            throw new DeflateException(Fault.INVALID_CODE);
        }
        return true;
    }

    /** Copies a match inside the target; may write up to fifteen bytes behind it. */
    private static void repeat(byte[] target, int to, int distance, int length) {
        int from = to - distance;
        int stop = to + length;
        if (distance >= 8) {
            // Most matches end here: two steps for all cost less than a branch that goes wrong for every other one
            LONG.set(target, to, (long) LONG.get(target, from));
            LONG.set(target, to + 8, (long) LONG.get(target, from + 8));
            for (int at = to + 16; at < stop; at += 8) {
                from += 8;
                LONG.set(target, at, (long) LONG.get(target, from + 8));
            }
        } else if (distance == 1) {
            Arrays.fill(target, to, stop, target[from]);
        } else {
            for (int at = to; at < stop; at++) {
                target[at] = target[from++];
            }
        }
    }

    private enum Outcome {
        DONE,
        END_OF_BLOCK,
        NO_INPUT
    }

    /** Decodes one symbol, or uses no bit if the input has not all of it. A match of 15 + 5 + 15 + 13 bits fits the buffer. */
    private Outcome one(Codes codes) throws DeflateException {
        in.refill();
        long bits = in.buffer;
        int entry = codes.literals.entries[(int) bits & LITERAL_MASK];
        int used = 0;
        if ((entry & HuffmanTable.SECONDARY) != 0) {
            used = entry & 63;
            bits >>>= entry;
            entry = codes.literals.entries[secondary(entry, bits)];
        }
        used += entry & 63;
        // where the code itself is cut off, the entry was found by too few bits; its code is longer than they are
        if (used > in.count) {
            return Outcome.NO_INPUT;
        }
        if (entry < 0) {
            in.drop(used);
            out.target[out.position++] = (byte) (entry >>> 16);
            return Outcome.DONE;
        }
        if ((entry & HuffmanTable.EXCEPTIONAL) != 0) {
            requireEnd(entry);
            in.drop(used);
            return Outcome.END_OF_BLOCK;
        }
        return match(codes.distances, value(entry, bits), bits >>> entry, used);
    }

    private Outcome match(HuffmanTable distances, int length, long behindLength, int usedByLength)
            throws DeflateException {
        long bits = behindLength;
        int used = usedByLength;
        int entry = distances.entries[(int) bits & DISTANCE_MASK];
        if ((entry & HuffmanTable.SECONDARY) != 0) {
            used += entry & 63;
            bits >>>= entry;
            entry = distances.entries[secondary(entry, bits)];
        }
        used += entry & 63;
        if (used > in.count) {
            return Outcome.NO_INPUT;
        }
        if ((entry & HuffmanTable.EXCEPTIONAL) != 0) {
            throw new DeflateException(Fault.INVALID_CODE);
        }
        int distance = value(entry, bits);
        out.requireReach(distance);
        in.drop(used);
        pendingDistance = distance;
        pendingLength = out.match(distance, length);
        return Outcome.DONE;
    }
}
