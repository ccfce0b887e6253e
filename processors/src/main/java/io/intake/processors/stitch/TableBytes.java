package io.intake.processors.stitch;

import io.intake.processors.stitch.StrictDecoder.BadEncodingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A file in a charset that has one byte for each character. Not thread-safe. */
final class TableBytes extends Utf8Source {
    private static final int WIDEST = 3;

    private final InputStream in;
    private final String charset;
    /** The UTF-8 of each byte; null where the byte is no character. */
    private final byte[][] table;

    private final byte[] bytes = new byte[1 << 15];
    private long offset;
    private @Nullable BadEncodingException bad;

    private TableBytes(InputStream in, String charset, byte[][] table, long offset) {
        super(0);
        this.in = in;
        this.charset = charset;
        this.table = table;
        this.offset = offset;
    }

    /** The file's text; null if the charset is of another kind. */
    static @Nullable TableBytes of(InputStream in, Charset charset, long offset) {
        CharsetDecoder decoder = charset.newDecoder();
        boolean single =
                charset.canEncode() && charset.newEncoder().maxBytesPerChar() == 1f && decoder.maxCharsPerByte() == 1f;
        return single ? new TableBytes(in, charset.name(), table(decoder), offset) : null;
    }

    private static byte[][] table(CharsetDecoder decoder) {
        byte[][] table = new byte[256][];
        for (int i = 0; i < table.length; i++) {
            try {
                String text =
                        decoder.decode(ByteBuffer.wrap(new byte[] {(byte) i})).toString();
                table[i] = text.getBytes(StandardCharsets.UTF_8);
            } catch (CharacterCodingException none) {
                table[i] = new byte[0];
            }
        }
        return table;
    }

    @Override
    int read(byte[] target, int from, int length) throws IOException {
        if (bad != null) {
            throw bad;
        }
        int count = in.read(bytes, 0, Math.min(bytes.length, length / WIDEST));
        int to = from;
        for (int i = 0; i < count; i++) {
            byte[] character = table[bytes[i] & 0xff];
            if (character.length == 1) {
                target[to++] = character[0];
            } else if (character.length == 0) {
                bad = new BadEncodingException(offset + i);
                if (to == from) {
                    throw bad;
                }
                return to - from;
            } else {
                System.arraycopy(character, 0, target, to, character.length);
                to += character.length;
            }
        }
        offset += Math.max(count, 0);
        return count < 0 ? -1 : to - from;
    }

    @Override
    long length(byte[] utf8, int from, int to) {
        return Utf8.count(utf8, from, to);
    }

    @Override
    String charset() {
        return charset;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
