package io.intake.processors.unzip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.processors.job.Input;
import io.intake.processors.unzip.InterceptedStore.Count;
import io.intake.store.ConflictException;
import io.intake.store.Content;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.PutRequest;
import io.intake.store.TransientStoreException;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A GET per read would make an archive of 10,000 entries cost 40,000 requests; a lost stream must not pass for damage. */
class RangedChannelTest {
    private static final String KEY = "inbound/st-marys/x.zip";

    private final InMemoryObjectStore store = new InMemoryObjectStore(() -> Samples.NOW);
    private final Count gets = new Count("read");

    private byte[] object(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private Input put(byte[] bytes) {
        ObjectInfo info = store.put(PutRequest.of(KEY, Content.of(bytes), "application/zip"));
        return new Input(KEY, null, info.etag(), bytes.length, null, Samples.NOW);
    }

    private RangedChannel channel(Input input) {
        return new RangedChannel(new InterceptedStore(store, gets), input);
    }

    private static byte[] readAll(RangedChannel channel, int chunk) throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) channel.size());
        ByteBuffer some = ByteBuffer.allocate(chunk);
        while (channel.read(some.clear()) >= 0) {
            all.put(some.flip());
        }
        return Arrays.copyOf(all.array(), all.position());
    }

    @Test
    void manySmallReadsShareOneGetWhereReadingOnWasAnnounced() throws IOException {
        byte[] bytes = object(12 << 20);
        RangedChannel channel = channel(put(bytes));
        channel.readAheadTo(bytes.length);

        assertThat(readAll(channel, 8_192)).isEqualTo(bytes);

        assertThat(gets.calls).as("one stream and the tail").isEqualTo(2);
    }

    @Test
    void readsThatNobodyAnnouncedFetchAFewMegabytesEach() throws IOException {
        byte[] bytes = object(12 << 20);

        assertThat(readAll(channel(put(bytes)), 8_192)).isEqualTo(bytes);

        assertThat(gets.calls).isEqualTo(4);
    }

    @Test
    void anObjectSmallerThanTheTailIsOneGet() throws IOException {
        byte[] bytes = object(300_000);
        RangedChannel channel = channel(put(bytes));

        assertThat(readAll(channel, 1_000)).isEqualTo(bytes);
        channel.position(17);
        readAll(channel, 999);

        assertThat(gets.calls).isEqualTo(1);
    }

    @Test
    void aSmallGapIsReadOverAndALargeOneIsNot() throws IOException {
        byte[] bytes = object(12 << 20);
        RangedChannel channel = channel(put(bytes));
        channel.readAheadTo(11 << 20);

        assertThat(channel.bytes(0, 10)).isEqualTo(Arrays.copyOfRange(bytes, 0, 10));
        assertThat(channel.bytes(900_000, 10)).isEqualTo(Arrays.copyOfRange(bytes, 900_000, 900_010));
        assertThat(gets.calls).isEqualTo(1);
        assertThat(channel.bytes(8_000_000, 10)).isEqualTo(Arrays.copyOfRange(bytes, 8_000_000, 8_000_010));
        assertThat(gets.calls).isEqualTo(2);
        assertThat(channel.bytes(5, 10)).isEqualTo(Arrays.copyOfRange(bytes, 5, 15));
        assertThat(gets.calls).isEqualTo(3);
    }

    @Test
    void readsAtRandomPlacesGiveTheObjectsBytes() throws IOException {
        byte[] bytes = object(5 << 20);
        RangedChannel channel = channel(put(bytes));
        Random random = new Random(4);
        for (int i = 0; i < 500; i++) {
            int at = random.nextInt(bytes.length);
            int length = 1 + random.nextInt(20_000);
            if (random.nextInt(5) == 0) {
                channel.readAheadTo(random.nextInt(bytes.length));
            }
            assertThat(channel.bytes(at, length))
                    .as("read %s of seed 4", i)
                    .isEqualTo(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + length)));
        }
    }

    @Test
    void beyondTheEndThereIsNothing() throws IOException {
        RangedChannel channel = channel(put(object(100)));
        channel.position(1_000);

        assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        assertThat(channel.read(ByteBuffer.allocate(0))).isZero();
        assertThat(channel.bytes(90, 100)).hasSize(10);
    }

    /** A stream that breaks after some bytes: by an exception, or by ending too early. */
    private record Breaking(ObjectContent content, int after, boolean silently) implements ObjectContent {
        @Override
        public ObjectInfo info() {
            return content.info();
        }

        @Override
        public InputStream stream() {
            return new FilterInputStream(content.stream()) {
                private int left = after;

                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    if (left == 0) {
                        if (silently) {
                            return -1;
                        }
                        throw new IOException("connection reset");
                    }
                    int count = super.read(target, offset, Math.min(left, length));
                    left -= Math.max(0, count);
                    return count;
                }
            };
        }

        @Override
        public void close() {
            content.close();
        }
    }

    /** Keeps one stream per content, as real ones do. */
    private record OneStream(ObjectContent content, InputStream stream) implements ObjectContent {
        @Override
        public ObjectInfo info() {
            return content.info();
        }

        @Override
        public void close() {
            content.close();
        }
    }

    private RangedChannel breaking(Input input, int after, boolean silently) {
        return new RangedChannel(
                new InterceptedStore(store, gets, content -> {
                    Breaking breaking = new Breaking(content, after, silently);
                    return new OneStream(breaking, breaking.stream());
                }),
                input);
    }

    @Test
    void aLostStreamGoesOnWhereItBroke() throws IOException {
        byte[] bytes = object(6 << 20);
        for (boolean silently : new boolean[] {false, true}) {
            RangedChannel channel = breaking(put(bytes), 1_500_000, silently);
            channel.readAheadTo(bytes.length);

            assertThat(readAll(channel, 8_192)).isEqualTo(bytes);
        }
    }

    @Test
    void aStreamThatIsLostAgainAndAgainIsTheStoresFault() {
        RangedChannel channel = breaking(put(object(6 << 20)), 100, false);

        assertThatThrownBy(() -> readAll(channel, 8_192))
                .isInstanceOf(TransientStoreException.class)
                .hasMessageNotContaining("x.zip");
        assertThat(gets.calls).isLessThan(10);
        assertThat(channel.failure()).isInstanceOf(TransientStoreException.class);
    }

    @Test
    void everyReadIsPinnedToTheVersionThatWasPlanned() throws IOException {
        Input input = put(object(6 << 20));
        RangedChannel channel = channel(input);
        channel.bytes(0, 10);
        put(object(6 << 20));

        assertThatThrownBy(() -> channel.bytes(5 << 20, 10)).isInstanceOf(ConflictException.class);
        assertThat(channel.failure()).isInstanceOf(ConflictException.class);
    }

    @Test
    void moreThanIsAllowedIsNotRead() throws IOException {
        RangedChannel channel = channel(put(object(10_000)));
        channel.allow(5_000);
        channel.bytes(0, 5_000);
        assertThat(channel.exhausted()).isFalse();

        assertThatThrownBy(() -> channel.bytes(5_000, 1)).isInstanceOf(IOException.class);
        assertThat(channel.exhausted()).isTrue();
    }

    @Test
    void itIsClosedOnceAndNeverWritten() throws IOException {
        RangedChannel channel = channel(put(object(10)));
        assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1))).isInstanceOf(NonWritableChannelException.class);
        assertThatThrownBy(() -> channel.truncate(1)).isInstanceOf(NonWritableChannelException.class);
        assertThatThrownBy(() -> channel.position(-1)).isInstanceOf(IOException.class);
        channel.close();

        assertThat(channel.isOpen()).isFalse();
        assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
    }
}
