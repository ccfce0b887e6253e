package io.intake.processors.stitch;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import org.jspecify.annotations.Nullable;

/**
 * Decodes text and refuses bytes that are none, where {@link java.io.InputStreamReader} would put U+FFFD in silence.
 *
 * <p>U+001A as the very last character is dropped: the end-of-file mark of DOS, which
 * state agencies still ask for. Where reads are cut depends on the bytes alone, not on how they arrive, so that limits
 * counted behind this reader come out the same each time. Not thread-safe.
 */
final class StrictDecoder extends Reader {
    private static final char END_MARK = '\u001a';

    private final InputStream in;
    private final CharsetDecoder decoder;
    private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16).flip();
    private final CharBuffer chars = CharBuffer.allocate(1 << 13).flip();
    private long bytesBefore;
    private boolean inputEnded;
    private boolean ended;
    private boolean endMarkHeld;
    private @Nullable BadEncodingException bad;

    /** @param offset of the stream's first byte in the file */
    StrictDecoder(InputStream in, Charset charset, long offset) {
        this.in = in;
        this.bytesBefore = offset;
        this.decoder = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
    }

    /** Bytes that are no text in the charset. */
    static final class BadEncodingException extends IOException {
        private static final long serialVersionUID = 1L;

        private final long offset;

        BadEncodingException(long offset) {
            super("malformed bytes at offset " + offset);
            this.offset = offset;
        }

        /** Of the first bad byte, from 0. */
        long offset() {
            return offset;
        }
    }

    /** @throws BadEncodingException once all characters before the bad bytes have been read */
    @Override
    public int read(char[] target, int offset, int length) throws IOException {
        while (!chars.hasRemaining()) {
            if (bad != null) {
                throw bad;
            }
            if (ended) {
                return -1;
            }
            fill();
        }
        int count = Math.min(length, chars.remaining());
        chars.get(target, offset, count);
        return count;
    }

    private void fill() throws IOException {
        chars.clear();
        if (endMarkHeld) {
            chars.put(END_MARK);
            endMarkHeld = false;
        }
        decode();
        chars.flip();
        if (chars.hasRemaining() && chars.get(chars.limit() - 1) == END_MARK) {
            chars.limit(chars.limit() - 1);
            endMarkHeld = !ended;
        }
    }

    /** Fills the characters as far as they go. */
    private void decode() throws IOException {
        while (chars.hasRemaining()) {
            CoderResult result = decoder.decode(bytes, chars, inputEnded);
            if (result.isError()) {
                bad = new BadEncodingException(bytesBefore + bytes.position());
                return;
            }
            if (result.isOverflow()) {
                return;
            }
            if (inputEnded) {
                ended = decoder.flush(chars).isUnderflow();
                return;
            }
            fetch();
        }
    }

    private void fetch() throws IOException {
        bytesBefore += bytes.position();
        bytes.compact();
        int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
        if (count < 0) {
            inputEnded = true;
        } else {
            bytes.position(bytes.position() + count);
        }
        bytes.flip();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
