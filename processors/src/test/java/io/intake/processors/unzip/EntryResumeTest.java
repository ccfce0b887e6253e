package io.intake.processors.unzip;

import static io.intake.processors.unzip.Samples.FEED;
import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Json;
import io.intake.processors.job.Job;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.unzip.Samples.File;
import io.intake.processors.unzip.UnzipCursor.Resume;
import io.intake.processors.unzip.UnzipCursor.Upload;
import io.intake.store.ByteRange;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.ReadRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An entry that every invocation unpacks from its beginning is never done once it is large: a time-out that repeats itself. */
class EntryResumeTest {
    private static final int PART = 700 << 10;
    private static final int PARTS = 20;

    /** A decoder reads so much at a time, which a kill makes it read again. */
    private static final int BUFFER = 64 << 10;

    private final InMemoryObjectStore store = new InMemoryObjectStore(() -> Samples.NOW, PART);
    private final File file = File.lines("observations.csv", PART * PARTS, 1);

    /** Counts what is read of the archive, apart from its end, where the directory is. */
    private final class Meter {
        private final long tailStart;
        long bytes;
        long lowest = Long.MAX_VALUE;

        Meter(byte[] archive) {
            this.tailStart = (long) archive.length - RangedChannel.TAIL_BYTES;
        }

        ObjectStore metered() {
            return (ObjectStore) Proxy.newProxyInstance(
                    ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (self, method, given) -> {
                        try {
                            Object result = method.invoke(store, given);
                            // a store that does not say what it copied, so that entries pass through us
                            if (result instanceof Part part && method.getName().equals("copyPart")) {
                                return new Part(part.number(), -1, part.etag(), null);
                            }
                            return result instanceof ObjectContent content && given[0] instanceof ReadRequest request
                                    ? count(content, request)
                                    : result;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }

        private ObjectContent count(ObjectContent content, ReadRequest request) {
            ByteRange range = request.range();
            if (!request.key().equals(Samples.KEY) || range == null || range.offset() >= tailStart) {
                return content;
            }
            lowest = Math.min(lowest, range.offset());
            InputStream counting = new FilterInputStream(content.stream()) {
                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    int count = super.read(target, offset, length);
                    bytes += Math.max(0, count);
                    return count;
                }
            };
            return new ObjectContent() {
                @Override
                public ObjectInfo info() {
                    return content.info();
                }

                @Override
                public InputStream stream() {
                    return counting;
                }

                @Override
                public void close() {
                    content.close();
                }
            };
        }
    }

    private static UnzipCursor planned(ObjectStore store, Job job) {
        UnzipWork work = new UnzipWork(store, Samples.NAMING, Samples.OWNERS, PART);
        assertThat(work.step(job, new Driver(job).task(0), UnzipCursor.start(), Driver.AMPLE))
                .isInstanceOf(StepOutcome.Finished.class);
        return UnzipCursor.start();
    }

    /** One invocation whose time is up after the first step with progress; null when the task is finished. */
    private static StepOutcome<UnzipCursor> invocation(ObjectStore store, Job job, UnzipCursor from) {
        UnzipWork work = new UnzipWork(store, Samples.NAMING, Samples.OWNERS, PART);
        UnzipCursor cursor = from;
        for (int idle = 0; idle < 3; idle++) {
            StepOutcome<UnzipCursor> outcome = work.step(job, new Driver(job).task(1), cursor, Driver.AMPLE);
            if (!(outcome instanceof StepOutcome.Advanced<UnzipCursor> advanced)) {
                return outcome;
            }
            cursor = Json.read(Json.bytes(advanced.cursor()), UnzipCursor.class);
            if (advanced.progress()) {
                return new StepOutcome.Advanced<>(cursor, true);
            }
        }
        throw new AssertionError("an invocation got nowhere");
    }

    private void assertLinear(byte[] archive) {
        Job job = Samples.job(store, archive, FEED);
        UnzipCursor cursor = planned(store, job);
        long total = 0;
        long before = -1;
        int invocations = 0;
        while (true) {
            Meter meter = new Meter(archive);
            StepOutcome<UnzipCursor> outcome = invocation(meter.metered(), job, cursor);
            total += meter.bytes;
            invocations++;
            if (!(outcome instanceof StepOutcome.Advanced<UnzipCursor> advanced)) {
                break;
            }
            assertThat(meter.bytes).as("read by invocation " + invocations).isLessThan(PART + 2 * BUFFER);
            if (meter.lowest < Long.MAX_VALUE) {
                assertThat(meter.lowest)
                        .as("where invocation %d began", invocations)
                        .isGreaterThan(before);
                before = meter.lowest;
            }
            cursor = advanced.cursor();
        }
        assertThat(invocations).isEqualTo(PARTS + 2);
        assertThat(total).as("read in all").isLessThan(archive.length + (long) PARTS * BUFFER);
        assertThat(store.snapshot().get(BucketLayout.entry(job.id(), 0))).isEqualTo(file.bytes());
        store.assertNoOpenUploads();
    }

    @Test
    void anEntryOfTwentyPartsWithTimeForOnePartAtATimeIsReadOnce() {
        byte[] archive = Samples.zip(file);
        assertThat(archive.length).isGreaterThan(3 * RangedChannel.TAIL_BYTES);
        assertLinear(archive);
    }

    @Test
    void anEntryThatIsNotCompressedIsReadOnceToo() {
        assertLinear(Samples.stored(file));
    }

    private Upload afterTwoParts(Job job) {
        UnzipCursor cursor = planned(store, job);
        for (int i = 0; i < 2; i++) {
            cursor = ((StepOutcome.Advanced<UnzipCursor>) invocation(store, job, cursor)).cursor();
        }
        return Objects.requireNonNull(cursor.upload());
    }

    /** Ends a job from a cursor. */
    private void finish(Job job, UnzipCursor from) {
        UnzipWork work = new UnzipWork(store, Samples.NAMING, Samples.OWNERS, PART);
        UnzipCursor cursor = from;
        while (true) {
            StepOutcome<UnzipCursor> outcome = work.step(job, new Driver(job).task(1), cursor, Driver.AMPLE);
            if (!(outcome instanceof StepOutcome.Advanced<UnzipCursor> advanced)) {
                assertThat(outcome).isInstanceOf(StepOutcome.Finished.class);
                assertThat(store.snapshot().get(BucketLayout.entry(job.id(), 0)))
                        .isEqualTo(file.bytes());
                return;
            }
            cursor = advanced.cursor();
        }
    }

    @Test
    void aStateThatIsMissingDamagedOrOfAnotherPlaceIsNotUsed() {
        Job job = Samples.job(store, Samples.zip(file), FEED);
        for (int what = 0; what < 3; what++) {
            store.delete(BucketLayout.entry(job.id(), 0));
            Upload upload = afterTwoParts(job);
            Resume saved = Objects.requireNonNull(upload.resume());
            Resume damaged = new Resume(saved.dataOffset(), saved.crc32(), "AQID");
            Upload unusable = switch (what) {
                case 0 -> with(upload, 2, null);
                case 1 -> with(upload, 2, damaged);
                default -> with(upload, 1, saved);
            };
            finish(job, new UnzipCursor(0, UnzipCursor.Phase.WRITING, unusable));
        }
    }

    @Test
    void anEntryThatWasInterruptedSoOftenThatItsPartsAreUsedUpIsRefusedAndNotCutOff() {
        Job job = Samples.job(store, Samples.zip(file), FEED);
        Upload upload = afterTwoParts(job);
        Upload full = new Upload(
                upload.id(),
                upload.owner(),
                ObjectStore.Limits.MAX_PARTS + 1,
                upload.offset(),
                upload.parts(),
                upload.resume());
        UnzipWork work = new UnzipWork(store, Samples.NAMING, () -> upload.owner(), PART);
        StepOutcome<UnzipCursor> outcome = work.step(
                job, new Driver(job).task(1), new UnzipCursor(0, UnzipCursor.Phase.WRITING, full), Driver.AMPLE);
        // Another worker's upload is taken over first
        if (outcome instanceof StepOutcome.Advanced<UnzipCursor> taken) {
            outcome = work.step(job, new Driver(job).task(1), taken.cursor(), Driver.AMPLE);
        }
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        StepOutcome.Refused.class,
                        refused -> assertThat(refused.failure().code()).isEqualTo("TOO_MANY_PARTS"));
    }

    private static Upload with(Upload upload, int parts, @Nullable Resume resume) {
        List<Part> kept = upload.parts().subList(0, parts);
        return new Upload(upload.id(), upload.owner(), parts + 1, (long) PART * parts, kept, resume);
    }

    @Test
    void theCursorShowsNothingOfTheFileAndKeepsNothingOfADoneEntry() {
        Job job = Samples.job(store, Samples.zip(file), FEED);
        UnzipCursor cursor = new UnzipCursor(0, UnzipCursor.Phase.WRITING, afterTwoParts(job));

        assertThat(cursor.toString()).hasSizeLessThan(1_000);
        assertThat(Json.bytes(cursor)).hasSizeBetween(40_000, 50_000);
        for (int i = 2; i < PARTS; i++) {
            cursor = ((StepOutcome.Advanced<UnzipCursor>) invocation(store, job, cursor)).cursor();
        }
        assertThat(cursor.phase()).isEqualTo(UnzipCursor.Phase.COMMITTING);
        assertThat(Objects.requireNonNull(cursor.upload()).resume()).isNull();
    }
}
