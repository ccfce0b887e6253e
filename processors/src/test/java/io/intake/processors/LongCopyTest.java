package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.Engine;
import io.intake.config.S3Target;
import io.intake.processors.forward.Deliverable;
import io.intake.processors.forward.HandOver.Form;
import io.intake.processors.forward.HandOver.Handed;
import io.intake.processors.forward.HandOver.Piece;
import io.intake.processors.forward.HandOver.Rows;
import io.intake.processors.forward.s3.S3HandOver;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import io.intake.store.ReadRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A copy of 200 GiB that begins anew with each function never ends. */
class LongCopyTest {
    private static final int PART = 6 << 20;
    private static final int PARTS = 4;
    private static final byte[] CONTENT = new byte[PARTS * PART - 1_000_000];
    private static final String TARGET = "in/20260304-aa/files/000000";

    static {
        new Random(5).nextBytes(CONTENT);
    }

    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final TestClock clock = new TestClock();
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    private final InMemoryObjectStore lake = new InMemoryObjectStore(clock).beside("bucket", bucket);
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger copied = new AtomicInteger();
    private int kill;

    LongCopyTest() {
        bucket.put(PutRequest.of("jobs/x", Content.of(CONTENT), "application/pdf"));
    }

    private ObjectStore watched(ObjectStore store) {
        return Intercepted.store(store, new Intercepted.Around() {
            @Override
            public void before(String operation, Object[] arguments) {
                call();
            }

            @Override
            public void after(String operation, Object[] arguments, Object result) {
                if (operation.equals("copyPart")) {
                    copied.incrementAndGet();
                }
                call();
            }
        });
    }

    private void call() {
        if (calls.incrementAndGet() == kill) {
            throw new Killed();
        }
    }

    private S3HandOver adapter() {
        return new S3HandOver(
                watched(bucket),
                "bucket",
                target -> watched(lake),
                (key, offset) -> new Rows(new byte[0], 0, offset, true),
                clock,
                PART);
    }

    /** As functions one after another, each with what the last one saved. */
    private boolean run() {
        S3Target target = new S3Target("lake-house", null, "in/{job}/", false);
        Engine engine = new Engine("lake", target, Duration.ofSeconds(20));
        S3HandOver adapter = adapter();
        boolean killed = false;
        long offset = 0;
        for (int step = 0; step < 4 * PARTS; step++) {
            Piece piece = new Piece(
                    Deliverable.fileJob("application/pdf"),
                    0,
                    "DOE.pdf",
                    bucket.head("jobs/x").orElseThrow(),
                    Form.FILE,
                    offset,
                    0);
            try {
                switch (adapter.hand(engine, target, piece)) {
                    case Handed.More more -> offset = more.offset();
                    case Handed.Done ignored -> {
                        return killed;
                    }
                    case Handed.Not not ->
                        assertThat(not.answer().code()).as("kill at " + kill).isEqualTo("S3_UPLOAD_GONE");
                }
            } catch (Killed ignored) {
                killed = true;
                adapter = adapter();
            }
        }
        throw new AssertionError("no end, kill at " + kill);
    }

    private void assertThere() throws IOException {
        try (var content = lake.read(ReadRequest.whole(TARGET))) {
            assertThat(content.stream().readAllBytes()).as("kill at " + kill).isEqualTo(CONTENT);
            assertThat(content.info().contentType()).isEqualTo("application/pdf");
        }
        assertThat(bucket.snapshot().keySet()).anyMatch(key -> key.contains("/handover/"));
    }

    @Test
    void aKillCostsOnePartAtMost() throws IOException {
        boolean killed = true;
        for (kill = 1; killed; kill++) {
            calls.set(0);
            copied.set(0);
            bucket.snapshot().keySet().stream()
                    .filter(key -> !key.equals("jobs/x"))
                    .forEach(bucket::delete);
            lake.delete(TARGET);
            killed = run();
            assertThat(copied.get()).as("kill at " + kill).isBetween(PARTS, PARTS + 1);
            assertThere();
        }
        assertThat(kill).isGreaterThan(20);
        // Where it was killed between beginning an upload and noting it
        assertThat(lake.listUploads("", null).uploads().size()).isLessThanOrEqualTo(2);
    }

    @Test
    void anUploadThatWasThrownAwayIsBegunAnew() throws IOException {
        AtomicInteger once = new AtomicInteger();
        S3Target target = new S3Target("lake-house", null, "in/{job}/", false);
        Engine engine = new Engine("lake", target, Duration.ofSeconds(20));
        try (S3HandOver adapter = adapter()) {
            Piece piece = new Piece(
                    Deliverable.fileJob("application/pdf"),
                    0,
                    "DOE.pdf",
                    bucket.head("jobs/x").orElseThrow(),
                    Form.FILE,
                    0,
                    0);
            assertThat(adapter.hand(engine, target, piece)).isEqualTo(new Handed.More(PART, 0));
            lake.listUploads("", null).uploads().forEach(upload -> {
                once.incrementAndGet();
                lake.abortUpload(upload.ref());
            });
            assertThat(once).hasValue(1);
        }
        assertThat(run()).isFalse();
        assertThere();
    }
}
