package io.intake.processors.unzip.inflate;

import io.intake.processors.unzip.inflate.DeflateException.Fault;
import java.util.Arrays;
import java.util.Objects;

/**
 * Decodes a raw DEFLATE stream (RFC 1951) and can be saved between any two output bytes. Accepts exactly what zlib's {@code
 * inflate} accepts. Uses no byte behind the stream's end: {@link #consumed()} is exact, and what follows is the caller's.
 *
 * <p>About 50 KB, allocated once. Not thread-safe.
 */
public final class ResumableInflater {
    private final BitReader in = new BitReader();
    private final Output out = new Output();
    private final SymbolLoop symbols = new SymbolLoop(in, out);
    private final DynamicHeader header = new DynamicHeader();
    private final Codes dynamic = new Codes();

    private Mode mode = Mode.BLOCK;
    private boolean last;
    private int storedLeft;

    /** What comes next in the stream. */
    enum Mode {
        BLOCK(0),
        STORED_LENGTH(1),
        STORED(2),
        DYNAMIC_HEADER(3),
        FIXED_SYMBOLS(4),
        DYNAMIC_SYMBOLS(5),
        FINISHED(6),
        /** Never saved. */
        FAILED(7);

        /** In the saved form. */
        final byte code;

        Mode(int code) {
            this.code = (byte) code;
        }

        static Mode of(byte code) {
            return Arrays.stream(values())
                    .filter(mode -> mode.code == code)
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no such mode: " + code));
        }
    }

    /** At the beginning of a stream. */
    public ResumableInflater() {}

    /**
     * Goes on where {@link #save()} was called; the next input is the byte with number {@link #consumed()}.
     *
     * @throws IllegalArgumentException if it is not what a version of this class that we know saved, byte for byte
     */
    public static ResumableInflater restore(byte[] saved) {
        InflaterState state = InflaterState.decode(saved);
        ResumableInflater inflater = new ResumableInflater();
        inflater.mode = state.mode();
        inflater.last = state.last();
        inflater.storedLeft = state.storedLeft();
        inflater.symbols.pendingLength = state.pendingLength();
        inflater.symbols.pendingDistance = state.pendingDistance();
        inflater.in.begin(state.consumed(), state.bitCount(), state.bits());
        inflater.out.begin(state.produced(), state.history());
        try {
            state.header().to(inflater.header);
            if (inflater.mode == Mode.DYNAMIC_SYMBOLS) {
                inflater.dynamic.build(
                        inflater.header.lengths, inflater.header.literalCount, inflater.header.distanceCount);
            }
        } catch (DeflateException e) {
            throw new IllegalArgumentException("not a saved inflater", e);
        }
        return inflater;
    }

    /**
     * The whole state, at most 33 KiB: the stream's last 32 KiB of output, so as much in need of protection as that.
     *
     * @throws IllegalStateException after a {@link DeflateException}
     */
    public byte[] save() {
        if (mode == Mode.FAILED) {
            throw new IllegalStateException("the stream is damaged");
        }
        return new InflaterState(
                        mode,
                        last,
                        storedLeft,
                        symbols.pendingLength,
                        symbols.pendingDistance,
                        in.consumed(),
                        in.count & 7,
                        (int) in.buffer & ((1 << (in.count & 7)) - 1),
                        out.produced(),
                        InflaterState.Header.of(header),
                        out.history())
                .encode();
    }

    /**
     * Gives further input, which must not change until it is used up.
     *
     * @throws IllegalStateException if there is input left
     */
    public void input(byte[] array, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, array.length);
        in.input(array, offset, length);
    }

    /**
     * Decodes as much as input and room allow.
     *
     * @param target what is behind the returned count, up to {@code length}, may be overwritten
     * @return how many bytes were given; fewer than {@code length} means that the stream is {@link #finished()} or that
     *     further {@link #input} is needed
     * @throws DeflateException if the input is no DEFLATE stream; what this call decoded before is not given, and the
     *     inflater cannot be used further
     */
    public int inflate(byte[] target, int offset, int length) throws DeflateException {
        Objects.checkFromIndexSize(offset, length, target.length);
        out.open(target, offset, length);
        try {
            while (step()) {
                // until input, room or stream ends
            }
        } catch (DeflateException e) {
            mode = Mode.FAILED;
            throw e;
        }
        return out.close();
    }

    /** Whether the stream has ended; found out by asking for a byte more than it has. */
    public boolean finished() {
        return mode == Mode.FINISHED;
    }

    /** Whether all input given was used. */
    public boolean needsInput() {
        return in.exhausted() && mode != Mode.FINISHED;
    }

    /** How many bytes of input were used since the beginning of the stream; one that was used in part counts. */
    public long consumed() {
        return in.consumed();
    }

    /** How many bytes of output were given since the beginning of the stream. */
    public long produced() {
        return out.produced();
    }

    /** Whether there may be more to do. */
    private boolean step() throws DeflateException {
        return switch (mode) {
            case BLOCK -> last ? end() : block();
            case STORED_LENGTH -> storedLength();
            case STORED -> stored();
            case DYNAMIC_HEADER -> dynamicHeader();
            case FIXED_SYMBOLS -> symbols(Codes.FIXED);
            case DYNAMIC_SYMBOLS -> symbols(dynamic);
            case FINISHED -> false;
            case FAILED -> throw new IllegalStateException("the stream is damaged");
        };
    }

    private boolean end() {
        mode = Mode.FINISHED;
        return false;
    }

    private boolean block() throws DeflateException {
        if (!in.has(3)) {
            return false;
        }
        last = in.take(1) == 1;
        mode = switch (in.take(2)) {
            case 0 -> Mode.STORED_LENGTH;
            case 1 -> Mode.FIXED_SYMBOLS;
            case 2 -> Mode.DYNAMIC_HEADER;
            default -> throw new DeflateException(Fault.BLOCK_TYPE);
        };
        if (mode == Mode.STORED_LENGTH) {
            in.align();
        }
        header.begin();
        return true;
    }

    private boolean storedLength() throws DeflateException {
        if (!in.has(32)) {
            return false;
        }
        storedLeft = in.take(16);
        if (in.take(16) != (~storedLeft & 0xFFFF)) {
            throw new DeflateException(Fault.STORED_LENGTH);
        }
        mode = Mode.STORED;
        return true;
    }

    private boolean stored() {
        int count = in.copy(out.target, out.position, Math.min(storedLeft, out.limit - out.position));
        out.position += count;
        storedLeft -= count;
        if (storedLeft > 0) {
            return false;
        }
        mode = Mode.BLOCK;
        return true;
    }

    private boolean dynamicHeader() throws DeflateException {
        if (!header.read(in)) {
            return false;
        }
        dynamic.build(header.lengths, header.literalCount, header.distanceCount);
        mode = Mode.DYNAMIC_SYMBOLS;
        return true;
    }

    private boolean symbols(Codes codes) throws DeflateException {
        if (!symbols.run(codes)) {
            return false;
        }
        mode = Mode.BLOCK;
        return true;
    }
}
