package io.intake.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** What all chapters of the contract need: the store, what it can do, a prefix of one's own, and short ways to ask. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ContractBucket {
    /** The smallest part that may have parts behind it. */
    protected static final int PART = ObjectStore.Limits.MIN_PART_BYTES;

    static final String TEXT = "text/plain";
    private static int runs;

    /** Everything of one test lies under this prefix, so that a bucket that holds other things can be used. */
    String prefix = "";

    /** The store to test, the same for all tests; they leave other prefixes alone. */
    protected abstract ObjectStore store();

    /** Whether {@code x} and {@code x/y} can both be objects, and empty path segments can be part of a key. */
    protected boolean takesAnyKey() {
        return true;
    }

    /** Whether content with a wrong CRC32 is refused. */
    protected boolean verifiesChecksums() {
        return true;
    }

    /** Whether the parts of an unknown upload are an error, not an empty list. */
    protected boolean knowsUnknownUploads() {
        return true;
    }

    /** Whether a part cannot be added to an upload that was aborted. */
    protected boolean refusesPartsOfUnknownUploads() {
        return true;
    }

    /** Whether listed parts have their CRC32. */
    protected boolean listsPartChecksums() {
        return true;
    }

    /** Whether keys with characters beyond the Basic Multilingual Plane are listed in UTF-8's order, not UTF-16's. */
    protected boolean ordersSupplementaryCharacters() {
        return true;
    }

    /** Where the tests may write. */
    protected String root() {
        return "jobs/contract/";
    }

    @BeforeEach
    void choosePrefix() {
        prefix = root() + Long.toHexString(System.nanoTime()) + "-" + runs++ + "/";
    }

    @AfterEach
    void removeWhatWasMade() {
        for (UploadPage.Unfinished upload : unfinished()) {
            store().abortUpload(upload.ref());
        }
        for (String key : keys(ListRequest.under(prefix))) {
            store().delete(key);
        }
    }

    /** A key under this test's own prefix. */
    protected final String key(String name) {
        return prefix + name;
    }

    protected final UploadRef start(String name) {
        return store().startUpload(new UploadRequest(key(name), TEXT, Map.of()));
    }

    protected final ObjectInfo put(String name, String text) {
        return store().put(PutRequest.of(key(name), Content.of(text.getBytes(StandardCharsets.UTF_8)), TEXT));
    }

    protected static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    protected final byte[] bytes(String key) {
        try (ObjectContent content = store().read(ReadRequest.whole(key))) {
            return all(content);
        }
    }

    PutRequest conditional(String name, String text, Precondition precondition) {
        return new PutRequest(
                key(name), Content.of(text.getBytes(StandardCharsets.UTF_8)), TEXT, Map.of(), precondition);
    }

    String text(String key) {
        return new String(bytes(key), StandardCharsets.UTF_8);
    }

    static byte[] all(ObjectContent content) {
        try (InputStream stream = content.stream()) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    Part part(UploadRef upload, int number, byte[] bytes, int offset, int length) {
        Part part = store().uploadPart(upload, number, Content.of(ByteBuffer.wrap(bytes, offset, length)));
        assertThat(part.number()).isEqualTo(number);
        assertThat(part.size()).isEqualTo(length);
        assertThat(part.crc32()).isEqualTo(Crc32.of(bytes, offset, length));
        return part;
    }

    List<String> keys(ListRequest request) {
        List<String> keys = new ArrayList<>();
        ListPage page = store().list(request);
        page.objects().forEach(object -> keys.add(object.key()));
        while (page.continuation() != null) {
            assertThat(page.objects().size() + page.commonPrefixes().size()).isLessThanOrEqualTo(request.limit());
            page = store().list(request.after(page.continuation()));
            page.objects().forEach(object -> keys.add(object.key()));
        }
        return keys;
    }

    List<UploadPage.Unfinished> unfinished() {
        return unfinished("");
    }

    List<UploadPage.Unfinished> unfinished(String name) {
        List<UploadPage.Unfinished> all = new ArrayList<>();
        UploadPage page = store().listUploads(prefix + name, null);
        all.addAll(page.uploads());
        while (page.continuation() != null) {
            page = store().listUploads(prefix + name, page.continuation());
            all.addAll(page.uploads());
        }
        return all;
    }

    @FunctionalInterface
    interface Racer {
        ObjectInfo run(int number);
    }

    List<Integer> race(Racer racer) throws Exception {
        return race(16, racer);
    }

    /** The numbers of those that won; losers must lose by conflict, or not know. */
    static List<Integer> race(int racers, Racer racer) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(racers)) {
            java.util.concurrent.CountDownLatch start = new java.util.concurrent.CountDownLatch(1);
            List<Future<Optional<Integer>>> running = new ArrayList<>();
            for (int i = 0; i < racers; i++) {
                int number = i;
                Callable<Optional<Integer>> run = () -> {
                    start.await();
                    try {
                        racer.run(number);
                        return Optional.of(number);
                    } catch (ConflictException | AlreadyPresentException | TransientStoreException _) {
                        return Optional.empty();
                    }
                };
                running.add(threads.submit(run));
            }
            start.countDown();
            List<Integer> winners = new ArrayList<>();
            for (Future<Optional<Integer>> one : running) {
                one.get().ifPresent(winners::add);
            }
            return winners;
        }
    }
}
