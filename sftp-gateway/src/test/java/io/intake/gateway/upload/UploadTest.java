package io.intake.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.gateway.FaultyStore;
import io.intake.store.PermanentStoreException;
import io.intake.store.TransientStoreException;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An object that differs from what the hospital sent, by one byte, is somebody's wrong record. */
class UploadTest {
    private static final int MIB = 1 << 20;
    private static final String KEY = "inbound/p/x.zip";

    private final InMemoryObjectStore twin = new InMemoryObjectStore(InstantSource.system());
    private final FaultyStore store = new FaultyStore(twin);
    private final MemoryBudget budget = new MemoryBudget(32L * MIB);
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger ids = new AtomicInteger();
    private final UploadServices services = new UploadServices(
            store,
            new Partials(store, _ -> {}, () -> "write-" + ids.incrementAndGet()),
            budget,
            PartSchedule.forMemory(32L * MIB),
            executor,
            _ -> {},
            () -> "id-" + ids.incrementAndGet(),
            InstantSource.system());

    @AfterEach
    void nothingStaysInMemoryOrInTheStore() {
        assertThat(budget.used()).isZero();
        twin.assertNoOpenUploads();
        executor.close();
    }

    private Upload upload() {
        return new Upload(services, new Cancellation(), UploadTarget.of("p", "inbound/p/", KEY), null);
    }

    private static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void writeAll(Upload upload, byte[] bytes, int chunk) throws Exception {
        for (int at = 0; at < bytes.length; at += chunk) {
            upload.write(at, ByteBuffer.wrap(bytes, at, Math.min(chunk, bytes.length - at)));
        }
    }

    private static Supplier<RuntimeException> busy(String operation) {
        return () -> new TransientStoreException(operation, KEY, "503", null);
    }

    @Test
    void whatIsWrittenInOrderIsWhatIsStored() throws Exception {
        for (int size :
                new int[] {0, 1, 262_143, 262_144, 262_145, 5 * MIB, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 33 * MIB}) {
            byte[] bytes = bytes(size, size);
            Upload upload = upload();
            writeAll(upload, bytes, 261_120);
            assertThat(upload.size()).isEqualTo(size);
            UploadEnd.Published end = (UploadEnd.Published) upload.finish();
            assertThat(end.size()).isEqualTo(size);
            assertThat(end.crc32()).isEqualTo(crc(bytes));
            assertThat(twin.snapshot().get(KEY)).as("size %d", size).isEqualTo(bytes);
            assertThat(budget.used()).as("memory after size %d", size).isZero();
        }
    }

    @Test
    void aFileOfOneFirstPartIsOneRequestAndALargerOneIsAMultipartUpload() throws Exception {
        Upload small = upload();
        writeAll(small, bytes(8 * MIB, 1), 100_000);
        small.finish();
        assertThat(store.calls()).isEqualTo(1);
        store.resetCalls();
        Upload large = upload();
        writeAll(large, bytes(17 * MIB, 1), 100_000);
        large.finish();
        assertThat(store.calls("uploadPart")).isEqualTo(3);
        assertThat(store.calls()).as("parts, start and complete").isEqualTo(5);
    }

    @Test
    void everyObjectCarriesItsUploadsIdAndAPutItsChecksum() throws Exception {
        Upload small = upload();
        small.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        small.finish();
        Map<String, String> metadata = twin.head(KEY).orElseThrow().metadata();
        assertThat(metadata).containsEntry("upload-id", "id-1").containsEntry("crc32", "55bc801d");
        Upload large = upload();
        writeAll(large, bytes(9 * MIB, 1), MIB);
        large.finish();
        assertThat(twin.head(KEY).orElseThrow().metadata()).containsEntry("upload-id", "id-2");
    }

    @Test
    void anySequenceOfWritesEndsByteIdenticalOrRefused() throws Exception {
        int published = 0;
        for (long seed = 0; seed < 300; seed++) {
            Random random = RandomWrites.random(seed);
            RandomWrites model = new RandomWrites(random);
            Upload upload = upload();
            boolean refused = false;
            try {
                for (RandomWrites.Write write : model.writes()) {
                    upload.write(write.offset(), ByteBuffer.wrap(write.bytes()));
                }
                upload.finish();
            } catch (UploadFailedException e) {
                refused = true;
            }
            upload.abandon();
            if (refused) {
                assertThat(twin.head(KEY)).as("seed %d", seed).isEmpty();
            } else {
                published++;
                assertThat(Arrays.equals(twin.snapshot().get(KEY), model.content()))
                        .as("seed %d", seed)
                        .isTrue();
                twin.delete(KEY);
            }
            assertThat(budget.used()).as("seed %d", seed).isZero();
        }
        assertThat(published).as("sequences that could be stored").isBetween(50, 290);
    }

    @Test
    void bytesNotSentYetMayBeWrittenAgainAndSentOnesNot() throws Exception {
        byte[] bytes = bytes(3 * MIB, 7);
        Upload upload = upload();
        writeAll(upload, bytes, 100_000);
        upload.write(3, ByteBuffer.wrap("HEADER".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
        upload.finish();
        System.arraycopy("HEADER".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, bytes, 3, 6);
        assertThat(twin.snapshot().get(KEY)).isEqualTo(bytes);

        Upload large = upload();
        writeAll(large, bytes(9 * MIB, 8), 100_000);
        assertThatThrownBy(() -> large.write(3, ByteBuffer.wrap(new byte[6])))
                .isInstanceOf(UploadFailedException.class)
                .hasMessageContaining("cannot be written again");
        assertThatThrownBy(() -> large.write(9L * MIB, ByteBuffer.wrap(new byte[6])))
                .isInstanceOf(UploadFailedException.class);
        assertThatThrownBy(large::finish).isInstanceOf(UploadFailedException.class);
        assertThat(twin.snapshot().get(KEY)).isEqualTo(bytes);
    }

    @Test
    void aGapAtTheEndIsAFailure() throws Exception {
        Upload upload = upload();
        upload.write(10, ByteBuffer.wrap(new byte[5]));
        assertThatThrownBy(upload::finish).hasMessageContaining("bytes are missing");
        assertThat(twin.snapshot()).isEmpty();
    }

    @Test
    void anAbandonedUploadPublishesNothing() throws Exception {
        Upload upload = upload();
        writeAll(upload, bytes(20 * MIB, 1), 100_000);
        assertThat(upload.abandon()).isEqualTo(new UploadEnd.Abandoned(20 * MIB));
        assertThat(twin.snapshot()).isEmpty();
    }

    @Test
    void aBusyStoreIsAskedAgainAndABrokenOneFailsTheUpload() throws Exception {
        for (String method : new String[] {"startUpload", "uploadPart", "completeUpload"}) {
            store.plan(method, FaultyStore.failBefore(busy(method)));
            Upload upload = upload();
            byte[] bytes = bytes(17 * MIB, 3);
            writeAll(upload, bytes, 200_000);
            upload.finish();
            assertThat(twin.snapshot().get(KEY)).as(method).isEqualTo(bytes);
            twin.delete(KEY);
        }
        store.plan(
                "uploadPart",
                FaultyStore.failBefore(() -> new PermanentStoreException("uploadPart", KEY, "403", null)));
        Upload upload = upload();
        assertThatThrownBy(() -> {
                    writeAll(upload, bytes(17 * MIB, 3), 200_000);
                    upload.finish();
                })
                .isInstanceOf(UploadFailedException.class);
        assertThat(twin.snapshot()).isEmpty();
    }

    @Test
    void aPublicationWhoseAnswerWasLostIsSettledByAskingTheStore() throws Exception {
        store.plan("put", FaultyStore.failAfter(busy("put")));
        Upload small = upload();
        small.write(0, ByteBuffer.wrap(new byte[10]));
        small.finish();
        assertThat(store.calls("put")).isEqualTo(1);

        store.plan("completeUpload", FaultyStore.failAfter(busy("completeUpload")));
        Upload large = upload();
        writeAll(large, bytes(9 * MIB, 1), MIB);
        assertThat(large.finish().size()).isEqualTo(9 * MIB);
        assertThat(store.calls("completeUpload")).isEqualTo(1);
    }

    @Test
    void aPublicationThatCannotBeSettledIsNoSuccess() throws Exception {
        store.always("completeUpload", FaultyStore.failBefore(busy("completeUpload")));
        Upload upload = upload();
        writeAll(upload, bytes(9 * MIB, 1), MIB);
        assertThatThrownBy(upload::finish).isInstanceOf(UploadFailedException.class);
        assertThat(twin.snapshot()).isEmpty();
        // what was sent stays, to be gone on with
        twin.listUploads("", null).uploads().forEach(left -> twin.abortUpload(left.ref()));
    }

    @Test
    void anotherUploadsObjectIsNotMistakenForThisOne() throws Exception {
        Upload other = upload();
        other.write(0, ByteBuffer.wrap(new byte[9]));
        other.finish();
        store.always("put", FaultyStore.failBefore(busy("put")));
        Upload upload = upload();
        upload.write(0, ByteBuffer.wrap(new byte[9]));
        assertThatThrownBy(upload::finish).isInstanceOf(UploadFailedException.class);
    }

    private static long crc(byte[] bytes) {
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(bytes);
        return crc.getValue();
    }
}
