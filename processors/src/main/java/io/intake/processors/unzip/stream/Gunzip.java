package io.intake.processors.unzip.stream;

import io.intake.processors.unzip.inflate.ResumableInflater;
import io.intake.store.Crc32;
import java.io.EOFException;
import java.io.IOException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A gzip file (RFC 1952) of one member or several, as {@code cat} and log rotation make them. Each member's CRC-32 and size
 * are verified when its last byte has been read. Zero bytes behind the last member are padding; anything else there is
 * damage, because a reader that stops would drop data.
 */
final class Gunzip implements Unpacked {
    private static final int DEFLATE = 8;
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xE0;
    private static final int FIXED_HEADER_BYTES = 10;
    /** A name or comment in a header: longer ones are not meant seriously. */
    private static final int MAX_TEXT = 64 << 10;

    private final Packed packed;
    private final Window window;
    private ResumableInflater inflater = new ResumableInflater();
    private boolean inMember;
    private boolean ended;
    /** Of the member at hand, or the next. */
    private long memberOffset;

    private long dataOffset;
    /** How many of the member's compressed bytes the inflater was given. */
    private long given;

    private long crc = Crc32.EMPTY;
    private long position;

    Gunzip(Packed packed) {
        this.packed = packed;
        this.window = new Window(packed);
    }

    /** @throws IllegalArgumentException if it is not a state that we know */
    static Gunzip restore(Packed packed, long position, GzipState state) {
        Gunzip gunzip = new Gunzip(packed);
        gunzip.inflater = ResumableInflater.restore(Base64.getDecoder().decode(state.inflater()));
        gunzip.inMember = true;
        gunzip.dataOffset = state.dataOffset();
        gunzip.given = gunzip.inflater.consumed();
        gunzip.crc = state.crc32();
        gunzip.position = position;
        return gunzip;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (!ended) {
            if (!inMember) {
                beginMember();
            }
            int count = inflater.inflate(target, offset, length);
            if (count > 0) {
                crc = Crc32.combine(crc, Crc32.of(target, offset, count), count);
                position += count;
                return count;
            }
            if (inflater.finished()) {
                endMember();
            } else {
                feed();
            }
        }
        return -1;
    }

    private void feed() throws IOException {
        long next = dataOffset + given;
        if (!window.has(next)) {
            throw new EOFException("the compressed data ends early");
        }
        int count = window.rest(next);
        inflater.input(window.bytes, window.index(next), count);
        given += count;
    }

    private void beginMember() throws IOException {
        long at = memberOffset;
        int flags = window.at(at + 3);
        if (window.at(at) != 0x1F
                || window.at(at + 1) != 0x8B
                || window.at(at + 2) != DEFLATE
                || (flags & RESERVED) != 0) {
            throw new IOException("not a gzip header");
        }
        at += FIXED_HEADER_BYTES;
        if ((flags & EXTRA) != 0) {
            at += 2 + window.at(at) + (window.at(at + 1) << 8);
        }
        at = (flags & NAME) != 0 ? behindText(at) : at;
        at = (flags & COMMENT) != 0 ? behindText(at) : at;
        dataOffset = (flags & HEADER_CRC) != 0 ? at + 2 : at;
        inflater = new ResumableInflater();
        given = 0;
        crc = Crc32.EMPTY;
        inMember = true;
    }

    private long behindText(long from) throws IOException {
        long at = from;
        while (window.at(at) != 0) {
            at++;
            if (at - from > MAX_TEXT) {
                throw new IOException("the gzip header is too long");
            }
        }
        return at + 1;
    }

    private void endMember() throws IOException {
        long trailer = dataOffset + inflater.consumed();
        boolean sameCrc = window.number(trailer) == crc;
        boolean sameSize = window.number(trailer + 4) == (inflater.produced() & 0xFFFF_FFFFL);
        if (!sameCrc || !sameSize) {
            throw new IOException("the content does not match its checksum");
        }
        inMember = false;
        memberOffset = trailer + 8;
        ended = onlyZerosFrom(memberOffset);
    }

    /** Whether the file ends; false where another member may begin. */
    private boolean onlyZerosFrom(long from) throws IOException {
        for (long at = from; at < packed.size(); at++) {
            if (window.at(at) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public long consumed() {
        return inMember ? dataOffset + inflater.consumed() : memberOffset;
    }

    @Override
    public @Nullable GzipState save() {
        return inMember ? new GzipState(dataOffset, crc, Base64.getEncoder().encodeToString(inflater.save())) : null;
    }

    @Override
    public void close() {
        // the file is the caller's
    }
}
