package io.intake.processors.stitch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.config.Format;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A name read in the wrong charset goes to the engine as another name, and nobody notices. */
class CharsetsTest {

    private record Read(String text, String charset) {}

    private static Read read(byte[] bytes, String charset) throws IOException {
        return read(new ByteArrayInputStream(bytes), charset);
    }

    private static Read read(InputStream in, String charset) throws IOException {
        try (Utf8Source source = Charsets.open(in, charset)) {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            byte[] room = new byte[100];
            for (int count = source.read(room, 0, room.length); count >= 0; ) {
                text.write(room, 0, count);
                count = source.read(room, 0, room.length);
            }
            return new Read(text.toString(StandardCharsets.UTF_8), String.valueOf(source.charset()));
        }
    }

    private static byte[] bytes(String text, String charset) {
        return text.getBytes(Charset.forName(charset));
    }

    @Test
    void theByteOrderMarkDecides() throws IOException {
        for (String charset : List.of("UTF-8", "UTF-16LE", "UTF-16BE")) {
            assertThat(read(bytes("\ufeffcaf\u00e9", charset), Format.DETECTED))
                    .isEqualTo(new Read("caf\u00e9", charset));
        }
        assertThat(read(bytes("\ufeffcaf\u00e9", "UTF-16LE"), "UTF-16")).isEqualTo(new Read("caf\u00e9", "UTF-16LE"));
        assertThat(read(bytes("caf\u00e9", "UTF-16BE"), "UTF-16")).isEqualTo(new Read("caf\u00e9", "UTF-16BE"));
    }

    @Test
    void utf16WithoutAMarkIsKnownByItsZeros() throws IOException {
        for (String charset : List.of("UTF-16LE", "UTF-16BE")) {
            assertThat(read(bytes("id,name\n1,\u540d\u524d\n", charset), Format.DETECTED))
                    .isEqualTo(new Read("id,name\n1,\u540d\u524d\n", charset));
        }
    }

    @Test
    void theFirstCharacterBeyondAsciiDecidesHoweverLateItComes() throws IOException {
        for (int before : List.of(0, 1, 99, 100, 4_095, 4_096, 70_000, 200_000)) {
            String text = "a".repeat(before) + "caf\u00e9 \u20ac";
            for (String charset : List.of("UTF-8", "windows-1252")) {
                assertThat(read(bytes(text, charset), Format.DETECTED))
                        .as("%s behind %d", charset, before)
                        .isEqualTo(new Read(text, charset));
            }
        }
        assertThat(read(bytes("na\u00efve", "ISO-8859-1"), Format.DETECTED))
                .as("what of ISO-8859-1 is text is the same in windows-1252")
                .isEqualTo(new Read("na\u00efve", "windows-1252"));
        assertThat(read(bytes("ascii", "UTF-8"), Format.DETECTED)).isEqualTo(new Read("ascii", "null"));
    }

    @Test
    void howTheBytesArriveDoesNotDecide() throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 200; i++) {
            int ascii = random.nextInt(300);
            byte[] file = bytes("x".repeat(ascii) + "\u00e9\u20ac".repeat(random.nextInt(40_000)), "UTF-8");
            // A byte that is no UTF-8 within or behind what is looked at
            int at = ascii + random.nextInt(Math.max(1, file.length - ascii));
            if (at < file.length && random.nextBoolean()) {
                file[at] = (byte) 0x80;
            }
            int piece = 1 + random.nextInt(5_000);
            InputStream dripping = new ByteArrayInputStream(file) {
                @Override
                public synchronized int read(byte[] target, int offset, int length) {
                    return super.read(target, offset, Math.min(length, piece));
                }
            };
            assertThat(outcome(dripping)).as("seed 3, round %d", i).isEqualTo(outcome(new ByteArrayInputStream(file)));
        }
    }

    private static String outcome(InputStream in) {
        try {
            return read(in, Format.DETECTED).toString();
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void onceDecidedItIsNotDecidedAgain() {
        byte[] late = Arrays.copyOf(bytes("\u00e9".repeat(DetectedText.WINDOW), "UTF-8"), 2 * DetectedText.WINDOW + 1);
        late[2 * DetectedText.WINDOW] = (byte) 0xe9;

        assertThatThrownBy(() -> read(late, Format.DETECTED))
                .isInstanceOfSatisfying(
                        StrictDecoder.BadEncodingException.class,
                        e -> assertThat(e.offset()).isEqualTo(2L * DetectedText.WINDOW));
    }

    @Test
    void whatIsNoTextInAnyIsAnErrorWithItsOffset() {
        for (String charset : List.of(Format.DETECTED, "windows-1252", "US-ASCII")) {
            byte[] bytes = bytes("id,x\n1,2?3", "UTF-8");
            bytes[8] = (byte) 0x81;
            assertThatThrownBy(() -> read(bytes, charset))
                    .as(charset)
                    .isInstanceOfSatisfying(
                            StrictDecoder.BadEncodingException.class,
                            e -> assertThat(e.offset()).isEqualTo(8));
        }
    }

    @Test
    void everyWholeAndCutSequenceIsJudgedAsTheJdkDoes() {
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(12)];
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = (byte) (random.nextInt(3) == 0 ? random.nextInt(128) : 0x80 + random.nextInt(128));
            }
            boolean valid = new String(bytes, StandardCharsets.UTF_8).indexOf('\ufffd') < 0;
            assertThat(Utf8.whole(bytes, 0, bytes.length) == bytes.length)
                    .as("seed 11, %s", Arrays.toString(bytes))
                    .isEqualTo(valid);
        }
    }
}
