package io.intake.processors.stitch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** A file in any charset that Java can decode, UTF-16 above all. Not thread-safe. */
final class DecodedText extends Utf8Source {
    private final StrictDecoder decoder;
    private final String charset;
    private final char[] chars = new char[1 << 13];
    private byte[] encoded = new byte[0];
    private int next;

    /**
     * @param offset of the stream's first byte in the file
     * @param markLength how many bytes of a byte order mark came before
     */
    DecodedText(InputStream in, Charset charset, long offset, int markLength) {
        super(markLength);
        this.decoder = new StrictDecoder(in, charset, offset);
        this.charset = charset.name();
    }

    @Override
    int read(byte[] target, int from, int length) throws IOException {
        if (next == encoded.length) {
            int count = decoder.read(chars, 0, chars.length);
            if (count < 0) {
                return -1;
            }
            encoded = new String(chars, 0, count).getBytes(StandardCharsets.UTF_8);
            next = 0;
        }
        int end = Math.min(encoded.length, next + length);
        while (end < encoded.length && (encoded[end] & 0xc0) == 0x80) {
            end--;
        }
        int count = end - next;
        System.arraycopy(encoded, next, target, from, count);
        next = end;
        return count;
    }

    @Override
    long length(byte[] utf8, int from, int to) {
        return switch (charset) {
            case "UTF-16LE", "UTF-16BE" -> 2L * (Utf8.count(utf8, from, to) + Utf8.countLong(utf8, from, to));
            case "UTF-32LE", "UTF-32BE" -> 4L * Utf8.count(utf8, from, to);
            default -> UNKNOWN;
        };
    }

    @Override
    String charset() {
        return charset;
    }

    @Override
    public void close() throws IOException {
        decoder.close();
    }
}
