package io.intake.processors.unzip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.processors.job.Input;
import io.intake.store.ByteRange;
import io.intake.store.ConflictException;
import io.intake.store.Content;
import io.intake.store.FaultyObjectStore;
import io.intake.store.FaultyObjectStore.Operation;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import io.intake.store.ReadRequest;
import io.intake.store.TransientStoreException;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A GET per read would make an archive of 10,000 entries cost 40,000 requests; a lost stream must not pass for damage. */
class RangedChannelTest {
    private static final String KEY = "inbound/st-marys/x.zip";

    private final InMemoryObjectStore store = new InMemoryObjectStore(() -> Samples.NOW);
    private final FaultyObjectStore faulty = FaultyObjectStore.around(store);

    private int gets() {
        return faulty.calls(Operation.READ);
    }

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
        return new RangedChannel(faulty, input);
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

        assertThat(gets()).as("one stream and the tail").isEqualTo(2);
    }

    @Test
    void readsThatNobodyAnnouncedFetchAFewMegabytesEach() throws IOException {
        byte[] bytes = object(12 << 20);

        assertThat(readAll(channel(put(bytes)), 8_192)).isEqualTo(bytes);

        assertThat(gets()).isEqualTo(4);
    }

    @Test
    void anObjectSmallerThanTheTailIsOneGet() throws IOException {
        byte[] bytes = object(300_000);
        RangedChannel channel = channel(put(bytes));

        assertThat(readAll(channel, 1_000)).isEqualTo(bytes);
        channel.position(17);
        readAll(channel, 999);

        assertThat(gets()).isEqualTo(1);
    }

    @Test
    void aSmallGapIsReadOverAndALargeOneIsNot() throws IOException {
        byte[] bytes = object(12 << 20);
        RangedChannel channel = channel(put(bytes));
        channel.readAheadTo(11 << 20);

        assertThat(channel.bytes(0, 10)).isEqualTo(Arrays.copyOfRange(bytes, 0, 10));
        assertThat(channel.bytes(900_000, 10)).isEqualTo(Arrays.copyOfRange(bytes, 900_000, 900_010));
        assertThat(gets()).isEqualTo(1);
        assertThat(channel.bytes(8_000_000, 10)).isEqualTo(Arrays.copyOfRange(bytes, 8_000_000, 8_000_010));
        assertThat(gets()).isEqualTo(2);
        assertThat(channel.bytes(5, 10)).isEqualTo(Arrays.copyOfRange(bytes, 5, 15));
        assertThat(gets()).isEqualTo(3);
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

    private void cutEveryRead(long bytes) {
        for (int nth = 1; nth <= 100; nth++) {
            faulty.cutRead(nth, bytes);
        }
    }

    @Test
    void aLostStreamGoesOnWhereItBroke() throws IOException {
        byte[] bytes = object(6 << 20);
        cutEveryRead(1_500_000);
        RangedChannel channel = channel(put(bytes));
        channel.readAheadTo(bytes.length);

        assertThat(readAll(channel, 8_192)).isEqualTo(bytes);
        assertThat(gets()).isEqualTo(5);
    }

    @Test
    void aStreamThatIsLostAgainAndAgainIsTheStoresFault() {
        cutEveryRead(100);
        RangedChannel channel = channel(put(object(6 << 20)));

        assertThatThrownBy(() -> readAll(channel, 8_192))
                .isInstanceOf(TransientStoreException.class)
                .hasMessageNotContaining("x.zip");
        assertThat(gets()).isLessThan(10);
        assertThat(channel.failure()).isInstanceOf(TransientStoreException.class);
    }

    @Test
    void aStreamThatEndsTooEarlyWithoutAWordIsLostToo() throws IOException {
        byte[] bytes = object(6 << 20);
        Input input = put(bytes);
        ObjectStore early = (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    ReadRequest request = (ReadRequest) arguments[0];
                    ByteRange range = Objects.requireNonNull(request.range());
                    ByteRange shorter = new ByteRange(range.offset(), Math.min(1_500_000, range.length()));
                    return store.read(new ReadRequest(request.key(), shorter, request.ifMatch(), null));
                });
        RangedChannel channel = new RangedChannel(early, input);
        channel.readAheadTo(bytes.length);

        assertThat(readAll(channel, 8_192)).isEqualTo(bytes);
    }

    @Test
    void everyReadIsPinnedToTheVersionThatWasPlanned() throws IOException {
        Input input = put(object(6 << 20));
        RangedChannel channel = channel(input);
        channel.bytes(0, 10);
        put(object((6 << 20) + 1));

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
