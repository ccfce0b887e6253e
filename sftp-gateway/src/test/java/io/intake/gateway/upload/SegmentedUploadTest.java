package io.intake.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.gateway.FaultyStore;
import io.intake.store.Content;
import io.intake.store.Crc32;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A file of more than 10,000 parts of the size that memory has would end, after days, with a refusal. Sizes are scaled: a
 * part in place is 320 bytes, a segment 960, and twelve parts are an upload.
 */
class SegmentedUploadTest {
    private static final String PATH = "/inbound/x.zip";
    private static final int MIN = ScaledGateway.MIN;
    private static final int MAX = ScaledGateway.MAX;
    private static final int IN_PLACE = ScaledGateway.IN_PLACE * MIN;
    /** Three parts in place, eight segments, and as the last part what fits into memory. */
    private static final int LARGEST = IN_PLACE + 8 * MAX + MIN;

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final InMemoryObjectStore bucket = ScaledGateway.bucket();
    private final FaultyStore counted = new FaultyStore(bucket);
    private final ScaledGateway gateway = new ScaledGateway(counted, executor);

    @AfterEach
    void stop() {
        assertThat(gateway.budget.used()).isZero();
        executor.close();
    }

    private UploadEnd put(byte[] bytes) throws Exception {
        return gateway.write(PATH, bytes, bytes.length, false).finish();
    }

    private void assertAll(byte[] bytes) {
        assertThat(ScaledGateway.isAll(bucket, bytes))
                .as(
                        "%d bytes, and nothing besides: %s",
                        bytes.length, bucket.snapshot().keySet())
                .isTrue();
    }

    @Test
    void filesOfAllSizesUpToTheLargestAreStoredWhole() throws Exception {
        for (int size = 1; size <= LARGEST; size += size % MIN == 1 || size % MIN == MIN - 1 ? 1 : 53) {
            byte[] bytes = ScaledGateway.bytes(size, size);
            assertThat(put(bytes))
                    .isInstanceOfSatisfying(
                            UploadEnd.Published.class,
                            end -> assertThat(end.crc32()).isEqualTo(Crc32.of(bytes)));
            assertAll(bytes);
        }
        byte[] largest = ScaledGateway.bytes(LARGEST, 1);
        put(largest);
        assertAll(largest);
    }

    @Test
    void oneByteMoreThanTheLargestIsRefusedInWordsAndLeavesNothing() {
        byte[] bytes = ScaledGateway.bytes(LARGEST + SegmentedUploadTest.MIN, 1);
        assertThatThrownBy(() -> put(bytes))
                .isInstanceOf(UploadFailedException.class)
                .hasMessageContaining("larger than the store can hold");
        assertThat(bucket.snapshot()).isEmpty();
        bucket.assertNoOpenUploads();
    }

    /** With S3's own numbers of parts: 2,000 in place and 8,000 behind them. */
    @Test
    void tenThousandPartsAreReached() throws Exception {
        PartLimits limits = new PartLimits(MIN, MAX, 10_000, 2_000);
        PartSchedule schedule = new PartSchedule(MIN, 2 * MIN, limits);
        ScaledGateway full = new ScaledGateway(counted, executor, schedule);
        byte[] bytes = ScaledGateway.bytes((int) schedule.capacity() + MIN - 1, 1);
        assertThat(full.write(PATH, bytes, bytes.length, false).finish()).isInstanceOf(UploadEnd.Published.class);
        assertAll(bytes);
        assertThat(counted.calls("copyPart")).isEqualTo(7_999);
        assertThat(full.budget.used()).isZero();
    }

    @Test
    void aFileThatNeedsNoSegmentPaysForNone() throws Exception {
        put(ScaledGateway.bytes(IN_PLACE + MIN, 1));
        assertThat(counted.calls("uploadPart")).isEqualTo(4);
        // which names are folders takes two
        assertThat(counted.calls()).isEqualTo(2 + 6);
    }

    @Test
    void aSegmentTakesFourRequestsMoreThanItsPartsAndAllOfThemTwoToCleanUp() throws Exception {
        int segments = 4;
        put(ScaledGateway.bytes(IN_PLACE + segments * MAX + 5, 1));
        int parts = ScaledGateway.IN_PLACE + 3 * segments + 1;
        assertThat(counted.calls("uploadPart")).isEqualTo(parts);
        assertThat(counted.calls("copyPart")).isEqualTo(segments);
        // and a look at who has the upload before each segment is deleted
        assertThat(counted.calls()).isEqualTo(2 + parts + 2 + 5 * segments + 2);
    }

    @Test
    void aSessionThatIsLostInsideASegmentIsGoneOnWithThere() throws Exception {
        byte[] bytes = ScaledGateway.bytes(IN_PLACE + 3 * MAX + 77, 3);
        for (int end = IN_PLACE; end <= bytes.length; end += 41) {
            assertThat(gateway.write(PATH, bytes, end, false).park())
                    .as("parked at %d", end)
                    .isEqualTo(new UploadEnd.Parked(end - 1));
            assertThat(gateway.size(PATH)).isEqualTo(end - 1);
            int sent = counted.calls("uploadPart");
            UploadEnd done = new ScaledGateway(counted, executor)
                    .write(PATH, bytes, bytes.length, true)
                    .finish();
            assertThat(done)
                    .isInstanceOfSatisfying(
                            UploadEnd.Published.class,
                            published -> assertThat(published.crc32()).isEqualTo(Crc32.of(bytes)));
            assertAll(bytes);
            assertThat(counted.calls("uploadPart") - sent)
                    .as("parts sent after %d of %d bytes", end, bytes.length)
                    .isLessThanOrEqualTo((bytes.length - end) / MIN + 2);
            gateway.files.remove(PATH);
            gateway.files.ended(PATH, true);
        }
    }

    @Test
    void aSilentClientsMemoryIsFreedInsideASegment() throws Exception {
        byte[] bytes = ScaledGateway.bytes(IN_PLACE + 2 * MAX + 77, 3);
        UploadTarget target = UploadTarget.of("p", "inbound/p/", ScaledGateway.KEY);
        Upload upload = new Upload(gateway.services, new Cancellation(), target, null);
        for (int end = 130; end < bytes.length; end += 130) {
            ScaledGateway.write(upload, bytes, end);
            Optional<Resting> resting = upload.rest();
            if (resting.isPresent()) {
                assertThat(gateway.budget.used()).isZero();
                upload = new Upload(
                        gateway.services,
                        new Cancellation(),
                        target,
                        resting.get().from());
                upload.wake(resting.get());
            }
        }
        ScaledGateway.write(upload, bytes, bytes.length);
        assertThat(upload.finish()).isInstanceOf(UploadEnd.Published.class);
        assertAll(bytes);
    }

    @Test
    void aFileWithATemporaryNameIsHeldGoneOnWithAndRenamed() throws Exception {
        byte[] bytes = ScaledGateway.bytes(IN_PLACE + 4 * MAX + 77, 3);
        for (int closed = IN_PLACE + 10; closed < bytes.length; closed += 173) {
            UploadEnd held =
                    gateway.write("/inbound/x.zip.tmp", bytes, closed, false).finish();
            assertThat(held).isEqualTo(new UploadEnd.Held(closed, Crc32.of(Arrays.copyOf(bytes, closed))));
            assertThat(gateway.size("/inbound/x.zip.tmp")).isEqualTo(closed);
            gateway.files.ended("/inbound/x.zip.tmp", false);
            assertThat(gateway.write("/inbound/x.zip.tmp", bytes, bytes.length, true)
                            .finish())
                    .isInstanceOf(UploadEnd.Held.class);
            gateway.files.rename("/inbound/x.zip.tmp", PATH, true);
            assertAll(bytes);
        }
    }

    @Test
    void anUploadThatIsGivenUpLeavesNoSegment() throws Exception {
        for (int end = IN_PLACE + 1; end < IN_PLACE + 2 * MAX; end += 97) {
            byte[] bytes = ScaledGateway.bytes(end, 3);
            assertThat(gateway.write(PATH, bytes, end, false).abandon()).isInstanceOf(UploadEnd.Abandoned.class);
            assertThat(bucket.snapshot()).isEmpty();
            bucket.assertNoOpenUploads();

            UploadEnd parked = gateway.write(PATH, bytes, end, false).park();
            assertThat(parked).isInstanceOf(UploadEnd.Parked.class);
            gateway.files.ended(PATH, false);
            gateway.files.remove(PATH);
            assertThat(bucket.snapshot()).isEmpty();
            bucket.assertNoOpenUploads();

            Upload wrong = gateway.write(PATH, bytes, end, false);
            assertThatThrownBy(() -> wrong.write(0, ByteBuffer.wrap(bytes, 0, 5)))
                    .isInstanceOf(UploadFailedException.class);
            assertThat(bucket.snapshot()).isEmpty();
            bucket.assertNoOpenUploads();
        }
    }

    @Test
    void anUploadThatIsBegunAnewOrMadeByOtherMeansLeavesNoSegmentOfTheEarlierOne() throws Exception {
        byte[] bytes = ScaledGateway.bytes(IN_PLACE + 2 * MAX + 100, 3);
        byte[] other = ScaledGateway.bytes(IN_PLACE + 2 * MAX + 300, 4);
        UploadEnd parked = gateway.write(PATH, bytes, bytes.length, false).park();
        assertThat(parked).isInstanceOf(UploadEnd.Parked.class);
        gateway.files.ended(PATH, false);
        UploadEnd replaced = gateway.write(PATH, other, other.length, false).park();
        assertThat(replaced).isInstanceOf(UploadEnd.Parked.class);
        assertThat(bucket.listUploads("", null).uploads()).hasSize(2);
        gateway.files.ended(PATH, false);
        assertThat(gateway.write(PATH, other, other.length, true).finish()).isInstanceOf(UploadEnd.Published.class);
        assertAll(other);
    }

    @Test
    void aStoredFileOfManyPartsIsAddedTo() throws Exception {
        byte[] bytes = ScaledGateway.bytes(IN_PLACE + 5 * MAX + 100, 3);
        bucket.put(PutRequest.of(
                ScaledGateway.KEY,
                Content.of(Arrays.copyOf(bytes, IN_PLACE + 2 * MAX + 5)),
                "application/octet-stream"));
        assertThat(gateway.write(PATH, bytes, bytes.length, true).finish()).isInstanceOf(UploadEnd.Published.class);
        assertAll(bytes);
    }

    /** Copies of gigabytes take longer than a session is trusted. */
    @Test
    void aSegmentThatIsBeingCopiedWhenItsUploadIsTakenOverIsCopiedByWhoeverTookIt() throws Exception {
        byte[] bytes = ScaledGateway.bytes(IN_PLACE + 3 * MAX + 77, 3);
        for (int goneOn : new int[] {IN_PLACE + MAX + 10, IN_PLACE + 2 * MAX + 10, bytes.length}) {
            // it does nothing else while it copies
            ScaledGateway first = new ScaledGateway(counted, Runnable::run);
            ScaledGateway second = new ScaledGateway(counted, executor);
            second.meanwhile = () -> first.ahead = Partials.TRUST;
            AtomicReference<Upload> taken = new AtomicReference<>();
            counted.plan("copyPart", FaultyStore.before(() -> {
                try {
                    Upload upload = second.write(PATH, bytes, goneOn, true);
                    if (goneOn == bytes.length) {
                        assertThat(upload.finish()).isInstanceOf(UploadEnd.Published.class);
                    }
                    taken.set(upload);
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }));
            assertThatThrownBy(
                            () -> first.write(PATH, bytes, bytes.length, false).finish())
                    .isInstanceOf(UploadFailedException.class);
            assertThat(first.budget.used()).isZero();
            Upload upload = Objects.requireNonNull(taken.get());
            if (goneOn < bytes.length) {
                ScaledGateway.write(upload, bytes, bytes.length);
                assertThat(upload.finish()).isInstanceOf(UploadEnd.Published.class);
            }
            assertThat(ScaledGateway.isWhole(bucket, bytes)).isTrue();
            assertThat(second.budget.used()).isZero();
            gateway.files.ended(PATH, true);
            gateway.files.remove(PATH);
        }
    }

    @Test
    void aSecondSessionTakesTheUploadOverInsideASegmentAndTheFirstFails() throws Exception {
        byte[] bytes = ScaledGateway.bytes(IN_PLACE + 3 * MAX + 77, 3);
        for (int end = IN_PLACE + 1; end < bytes.length; end += 61) {
            Upload first = gateway.write(PATH, bytes, end, false);
            ScaledGateway second = new ScaledGateway(counted, executor);
            Upload taken = second.write(PATH, bytes, Math.min(bytes.length, end + MIN), true);
            gateway.ahead = gateway.ahead.plus(Partials.TRUST);
            assertThatThrownBy(first::finish).as("taken over at %d", end).isInstanceOf(UploadFailedException.class);
            ScaledGateway.write(taken, bytes, bytes.length);
            assertThat(taken.finish()).as("taken over at %d", end).isInstanceOf(UploadEnd.Published.class);
            assertThat(ScaledGateway.isWhole(bucket, bytes)).isTrue();
            gateway.files.ended(PATH, true);
            gateway.files.remove(PATH);
        }
    }
}
