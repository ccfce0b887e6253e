package io.intake.processors.stitch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.processors.stitch.StrictDecoder.BadEncodingException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A name that comes out as question marks is a name lost. */
class StrictDecoderTest {

    private static String decode(byte[] bytes, String charset) throws IOException {
        return decode(new ByteArrayInputStream(bytes), charset);
    }

    private static String decode(InputStream in, String charset) throws IOException {
        try (Utf8Source source = Charsets.open(in, charset)) {
            RecordWindow window = new RecordWindow(source, source.markLength(), Long.MAX_VALUE);
            while (window.fill()) {
                // On
            }
            return new String(window.bytes, 0, window.limit, StandardCharsets.UTF_8);
        }
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    @Test
    void textOfAnyLengthComesOutWhole() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        for (int size = 0; size < 40_000; size += 1 + random.nextInt(900)) {
            int[] points = random.ints(size, 0, 4)
                    .map(kind -> kind == 0 ? 'a' : kind == 1 ? 0x1a : kind == 2 ? 0x20ac : 0x1f600)
                    .toArray();
            String text = new String(points, 0, size) + ".";
            for (String charset : List.of("UTF-8", "UTF-16", "UTF-16LE")) {
                assertThat(decode(text.getBytes(Charset.forName(charset)), charset))
                        .as("size %d, %s", size, charset)
                        .isEqualTo(text);
            }
        }
    }

    @Test
    void theByteOrderMarkIsDroppedOnlyAtTheStart() throws IOException {
        for (String charset : List.of("UTF-8", "UTF-16LE", "UTF-16BE")) {
            assertThat(decode("\ufeffa\ufeffb".getBytes(Charset.forName(charset)), charset))
                    .isEqualTo("a\ufeffb");
        }
        assertThat(decode(hex("fffe6100"), "UTF-16")).isEqualTo("a");
        assertThat(decode(hex("feff0061"), "UTF-16")).isEqualTo("a");
    }

    @Test
    void oneEndMarkIsDroppedAtTheVeryEndOnly() throws IOException {
        for (int size : List.of(0, 1, 8_191, 8_192, 8_193, 65_535, 65_536)) {
            String text = "a".repeat(size);
            assertThat(decode((text + "\u001a").getBytes(StandardCharsets.UTF_8), "UTF-8"))
                    .isEqualTo(text);
            assertThat(decode((text + "\u001ab").getBytes(StandardCharsets.UTF_8), "UTF-8"))
                    .isEqualTo(text + "\u001ab");
        }
    }

    @Test
    void badBytesAreNamedByTheirOffsetWhereverTheyStand() {
        for (int before : List.of(0, 1, 8_191, 8_192, 65_535, 65_536, 200_000)) {
            for (String bad : List.of("ff", "c3", "c328", "eda080", "f09f98", "c080", "80")) {
                byte[] bytes = ("a".repeat(before) + "?").getBytes(StandardCharsets.UTF_8);
                byte[] tail = hex(bad);
                byte[] all = java.util.Arrays.copyOf(bytes, before + tail.length);
                System.arraycopy(tail, 0, all, before, tail.length);
                assertThatThrownBy(() -> decode(all, "UTF-8"))
                        .as("%s after %d", bad, before)
                        .isInstanceOfSatisfying(
                                BadEncodingException.class,
                                e -> assertThat(e.offset()).isEqualTo(before));
            }
        }
    }

    @Test
    void otherCharsetsAreStrictToo() {
        assertThatThrownBy(() -> decode(hex("6181"), "windows-1252")).isInstanceOf(BadEncodingException.class);
        assertThatThrownBy(() -> decode(hex("fffe00d8"), "UTF-16")).isInstanceOf(BadEncodingException.class);
        assertThatThrownBy(() -> decode(hex("006100"), "UTF-16BE")).isInstanceOf(BadEncodingException.class);
    }

    @Test
    void howTheBytesArriveDoesNotMatter() throws IOException {
        String text = "caf\u00e9 \ud83d\ude00 ".repeat(5_000);
        InputStream dripping = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 7));
            }
        };

        assertThat(decode(dripping, "UTF-8")).isEqualTo(text);
    }
}
