package io.intake.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A retried request that sends other bytes than the first one stores a mixture. */
class ContentTest {

    @Test
    void everyStreamGivesAllBytesWhateverTheBuffers() throws IOException {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(2_000)];
            random.nextBytes(bytes);
            Content content = Content.of(split(bytes, random));
            assertThat(content.length()).as("seed %d", seed).isEqualTo(bytes.length);
            assertThat(content.crc32()).as("seed %d", seed).isEqualTo(Crc32.of(bytes));
            for (int i = 0; i < 2; i++) {
                assertThat(content.newStream().readAllBytes())
                        .as("seed %d", seed)
                        .isEqualTo(bytes);
            }
        }
    }

    @Test
    void aStreamGoesBackToItsMark() throws IOException {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[1 + random.nextInt(500)];
            random.nextBytes(bytes);
            InputStream stream = Content.of(split(bytes, random)).newStream();
            int before = random.nextInt(bytes.length);
            stream.readNBytes(before);
            stream.mark(Integer.MAX_VALUE);
            stream.readNBytes(random.nextInt(bytes.length));
            stream.reset();
            byte[] rest = java.util.Arrays.copyOfRange(bytes, before, bytes.length);
            assertThat(stream.readAllBytes()).as("seed %d", seed).isEqualTo(rest);
        }
    }

    @Test
    void aStreamThatWasNotMarkedGoesBackToItsStart() throws IOException {
        InputStream stream = Content.of(new byte[] {1, 2, 3}).newStream();
        stream.readNBytes(2);
        stream.reset();
        assertThat(stream.readAllBytes()).containsExactly(1, 2, 3);
    }

    @Test
    void theCallersBuffersKeepTheirPositions() throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(new byte[] {0, 1, 2, 3}, 1, 2);
        Content content = Content.of(buffer);
        assertThat(content.newStream().readAllBytes()).containsExactly(1, 2);
        assertThat(buffer.position()).isEqualTo(1);
        assertThat(buffer.limit()).isEqualTo(3);
    }

    @Test
    void singleBytesAreUnsigned() throws IOException {
        InputStream stream = Content.of(new byte[] {-1}).newStream();
        assertThat(stream.available()).isEqualTo(1);
        assertThat(stream.read()).isEqualTo(255);
        assertThat(stream.read()).isEqualTo(-1);
        assertThat(stream.read(new byte[3], 0, 0)).isZero();
    }

    private static ByteBuffer[] split(byte[] bytes, Random random) {
        List<ByteBuffer> buffers = new ArrayList<>();
        int from = 0;
        while (from < bytes.length) {
            int length = random.nextInt(Math.min(300, bytes.length - from) + 1);
            ByteBuffer run = random.nextBoolean()
                    ? ByteBuffer.wrap(bytes, from, length)
                    : ByteBuffer.allocateDirect(length).put(bytes, from, length).flip();
            buffers.add(run);
            from += length;
        }
        return buffers.toArray(ByteBuffer[]::new);
    }
}
