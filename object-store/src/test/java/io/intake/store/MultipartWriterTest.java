package io.intake.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.intake.store.FaultyObjectStore.Operation;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A resumed writer that skips, repeats or reorders bytes delivers wrong rows to the engine. */
class MultipartWriterTest {
    private static final int PART = 64;
    private static final UploadRequest REQUEST = new UploadRequest("jobs/j/out", "text/csv", Map.of("write-id", "w"));
    private final InMemoryObjectStore memory = new InMemoryObjectStore(InstantSource.fixed(Instant.EPOCH), PART / 2);
    private final FaultyObjectStore store = FaultyObjectStore.around(memory);
    private final ObjectMapper json = new ObjectMapper();

    @Test
    void contentThatFitsOnePartIsOneConditionalPut() {
        for (int size : new int[] {0, 1, PART}) {
            memory.delete(REQUEST.key());
            MultipartWriter writer = MultipartWriter.start(store, REQUEST, PART);
            byte[] bytes = random(size, size);
            writer.write(bytes, 0, size);
            ObjectInfo done = writer.complete(Precondition.IF_ABSENT, Crc32.of(bytes));
            assertThat(memory.snapshot().get(REQUEST.key())).isEqualTo(bytes);
            assertThat(done.metadata()).containsEntry("write-id", "w");
        }
        assertThat(store.calls(Operation.START_UPLOAD)).isZero();
        assertThat(store.calls(Operation.PUT)).isEqualTo(3);
    }

    @Test
    void anObjectThatIsThereIsNotOverwrittenWhereAbsenceIsAskedFor() {
        memory.put(PutRequest.of(REQUEST.key(), Content.of(new byte[] {9}), "x"));
        for (int size : new int[] {10, 10 * PART}) {
            MultipartWriter writer = MultipartWriter.start(store, REQUEST, PART);
            writer.write(random(size, 1), 0, size);
            assertThatThrownBy(() -> writer.complete(Precondition.IF_ABSENT, null))
                    .isInstanceOf(AlreadyPresentException.class);
            writer.abort();
        }
        assertThat(memory.snapshot().get(REQUEST.key())).containsExactly(9);
        memory.assertNoOpenUploads();
    }

    @Test
    void theUploadsIdIsToldBeforeTheFirstPartIsSent() {
        List<MultipartWriter.State> told = new ArrayList<>();
        MultipartWriter writer = MultipartWriter.start(store, REQUEST, PART, state -> {
            assertThat(store.calls(Operation.UPLOAD_PART)).isZero();
            told.add(state);
        });
        writer.write(random(5 * PART, 2), 0, 5 * PART);
        assertThat(told).hasSize(1);
        assertThat(told.getFirst().uploadId())
                .isNotNull()
                .isEqualTo(writer.uploadId().orElseThrow());
        assertThat(told.getFirst().bytes()).isZero();
        writer.abort();
    }

    @Test
    void aHookThatFailsStopsTheWriterBeforeAnyPart() {
        MultipartWriter writer = MultipartWriter.start(store, REQUEST, PART, state -> {
            throw new TransientStoreException("put", "jobs/j/checkpoint", "not stored", null);
        });
        byte[] bytes = random(2 * PART, 3);
        assertThatThrownBy(() -> writer.write(bytes, 0, bytes.length)).isInstanceOf(TransientStoreException.class);
        assertThatThrownBy(() -> writer.write(bytes, 0, 1)).isInstanceOf(IllegalStateException.class);
        assertThat(store.calls(Operation.UPLOAD_PART)).isZero();
        writer.abort();
        memory.assertNoOpenUploads();
    }

    @Test
    void beginningEarlyGivesTheIdAndMayBeRepeated() {
        MultipartWriter writer = MultipartWriter.start(store, REQUEST, PART);
        UploadRef upload = writer.begin();
        assertThat(writer.begin()).isEqualTo(upload);
        assertThat(writer.state().upload()).contains(upload);
        writer.complete(Precondition.ALWAYS, Crc32.EMPTY);
        assertThat(memory.snapshot().get(REQUEST.key())).isEmpty();
        memory.assertNoOpenUploads();
    }

    @Test
    void aWrongChecksumIsNotPublished() {
        for (int size : new int[] {10, 3 * PART}) {
            MultipartWriter writer = MultipartWriter.start(store, REQUEST, PART);
            byte[] bytes = random(size, 4);
            writer.write(bytes, 0, size);
            assertThatThrownBy(() -> writer.complete(Precondition.ALWAYS, Crc32.of(bytes) ^ 1))
                    .isInstanceOf(PermanentStoreException.class);
            writer.abort();
        }
        assertThat(memory.snapshot()).isEmpty();
    }

    @Test
    void closingNeitherPublishesNorAborts() {
        MultipartWriter writer = MultipartWriter.start(store, REQUEST, PART);
        byte[] bytes = random(3 * PART, 5);
        writer.write(bytes, 0, bytes.length);
        MultipartWriter.State state = writer.state();
        writer.close();
        assertThat(memory.snapshot()).isEmpty();
        assertThat(memory.listParts(state.upload().orElseThrow()))
                .hasSize(state.parts().size());
        MultipartWriter resumed = MultipartWriter.resume(store, state);
        resumed.write(bytes, (int) state.bytes(), bytes.length - (int) state.bytes());
        resumed.complete(Precondition.IF_ABSENT, Crc32.of(bytes));
        assertThat(memory.snapshot().get(REQUEST.key())).isEqualTo(bytes);
    }

    @Test
    void aFlushSendsOnlyWhatIsLargeEnoughToBeAPart() {
        MultipartWriter writer = MultipartWriter.start(store, REQUEST, PART);
        writer.write(new byte[PART - 1], 0, PART - 1);
        assertThat(writer.flushPart()).isFalse();
        assertThat(writer.state().bytes()).isZero();
        writer.write(new byte[1], 0, 1);
        assertThat(writer.flushPart()).isTrue();
        assertThat(writer.state().bytes()).isEqualTo(PART);
        assertThat(writer.flushPart()).isTrue();
        assertThat(writer.state().parts()).hasSize(1);
        writer.abort();
    }

    @Test
    void partsGrowSoThatTheirNumberIsNotTheLimit() {
        InMemoryObjectStore tiny = new InMemoryObjectStore(InstantSource.fixed(Instant.EPOCH), 1);
        MultipartWriter writer = MultipartWriter.start(tiny, REQUEST, 4);
        byte[] bytes = random(4 * 11_000, 6);
        writer.write(bytes, 0, bytes.length);
        assertThat(writer.state().parts()).hasSizeLessThan(10_000);
        assertThat(writer.state().parts().getLast().size()).isGreaterThan(4 * 4);
        writer.complete(Precondition.ALWAYS, Crc32.of(bytes));
        assertThat(tiny.snapshot().get(REQUEST.key())).isEqualTo(bytes);
    }

    /** Random writes, flushes, crashes with lost answers, and resumes from the last checkpoint that was kept as JSON. */
    @Test
    void whateverHappensTheObjectIsByteForByteWhatWasWritten() throws IOException {
        for (long seed = 0; seed < 1_000; seed++) {
            Random random = new Random(seed);
            InMemoryObjectStore bucket = new InMemoryObjectStore(InstantSource.fixed(Instant.EPOCH), 16);
            FaultyObjectStore faulty = FaultyObjectStore.around(bucket).onCall(call -> {
                if (random.nextInt(12) == 0) {
                    throw new TransientStoreException("any", call.key(), "lost", null);
                }
            });
            byte[] bytes = random(random.nextInt(2_000), seed);
            run(random, faulty, bytes);
            assertThat(bucket.snapshot().get(REQUEST.key())).as("seed %d", seed).isEqualTo(bytes);
        }
    }

    private void run(Random random, FaultyObjectStore faulty, byte[] bytes) throws IOException {
        MultipartWriter.State checkpoint =
                MultipartWriter.start(faulty, REQUEST, 16 + random.nextInt(50)).state();
        while (true) {
            MultipartWriter writer = MultipartWriter.resume(faulty, copy(checkpoint));
            try (writer) {
                while (writer.bytes() < bytes.length) {
                    int from = (int) writer.bytes();
                    int length = Math.min(bytes.length - from, random.nextInt(200));
                    writer.write(bytes, from, length);
                    if (random.nextInt(4) == 0) {
                        writer.flushPart();
                    }
                    if (random.nextInt(3) == 0) {
                        checkpoint = writer.state();
                    }
                    assertThat(writer.state().crc32())
                            .isEqualTo(Crc32.of(bytes, 0, (int) writer.state().bytes()));
                }
                writer.complete(Precondition.ALWAYS, Crc32.of(bytes));
                return;
            } catch (TransientStoreException _) {
                if (random.nextBoolean()) {
                    checkpoint = writer.state();
                }
            } catch (AbsentException _) {
                // the answer to the completion was lost; a caller looks at the object
                return;
            }
        }
    }

    private MultipartWriter.State copy(MultipartWriter.State state) throws IOException {
        MultipartWriter.State copy = json.readValue(json.writeValueAsBytes(state), MultipartWriter.State.class);
        assertThat(copy).isEqualTo(state);
        return copy;
    }

    @Test
    void bytesAreTakenFromTheGivenRunOnly() {
        MultipartWriter writer = MultipartWriter.start(store, REQUEST, PART);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        byte[] bytes = random(500, 7);
        for (int i = 0; i + 33 < bytes.length; i += 33) {
            writer.write(bytes, i, 20);
            expected.write(bytes, i, 20);
        }
        writer.complete(Precondition.ALWAYS, null);
        assertThat(memory.snapshot().get(REQUEST.key())).isEqualTo(expected.toByteArray());
        assertThatThrownBy(() -> writer.write(bytes, 0, 1)).isInstanceOf(IllegalStateException.class);
        assertThat(Arrays.equals(bytes, random(500, 7))).isTrue();
    }

    private static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
