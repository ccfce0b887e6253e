package io.intake.processors.stitch;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The engine reads what we write: every character must come back from any JSON parser. */
class NdjsonBufferTest {

    private static byte[] json(String text) {
        NdjsonBuffer buffer = new NdjsonBuffer();
        buffer.string(text);
        return buffer.toByteArray();
    }

    private static String back(byte[] json) throws IOException {
        return Json.mapper().readValue(json, String.class);
    }

    @Test
    void everyCharacterComesBack() throws IOException {
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                String text = Character.toString(point);
                if (!back(json(text)).equals(text)) {
                    throw new AssertionError("U+" + Integer.toHexString(point));
                }
            }
        }
    }

    @Test
    void textOfAnyLengthComesBack() throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        int[] alphabet = {'a', '"', '\\', '\n', 0, 0xe9, 0x20ac, 0x1f600};
        for (int size = 0; size < 20_000; size += 1 + random.nextInt(300)) {
            int[] points =
                    random.ints(size, 0, alphabet.length).map(i -> alphabet[i]).toArray();
            String text = new String(points, 0, size);
            byte[] json = json(text);
            assertThat(back(json)).as("seed 7, size %d", size).isEqualTo(text);
            assertThat(new String(json, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8))
                    .isEqualTo(json);
        }
    }

    @Test
    void controlCharactersAreEscapedAndNothingElseIs() {
        assertThat(new String(json("\u0000\b\t\n\f\r\u001f\"\\/\u007f\u2028\u00e9"), StandardCharsets.UTF_8))
                .isEqualTo("\"\\u0000\\b\\t\\n\\f\\r\\u001f\\\"\\\\/\u007f\u2028\u00e9\"");
    }

    @Test
    void halfASurrogatePairIsKeptAsAnEscape() {
        for (String half : List.of("\ud83d", "x\ude00", "\ud83dx", "\ude00\ud83d")) {
            String json = new String(json(half), StandardCharsets.US_ASCII);
            assertThat(json).contains("\\ud").doesNotContain("?");
        }
    }
}
