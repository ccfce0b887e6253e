package io.intake.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.store.FaultyObjectStore.Moment;
import io.intake.store.FaultyObjectStore.Operation;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * A write that landed but looks lost makes its owner give up a job that nobody else has; a write that looks won but was lost
 * makes two owners of one job.
 */
class ConditionalWritesTest {
    private static final String KEY = "jobs/j/job.json";
    private final InMemoryObjectStore memory = new InMemoryObjectStore(InstantSource.fixed(Instant.EPOCH));
    private final FaultyObjectStore store = FaultyObjectStore.around(memory);
    private final AtomicInteger ids = new AtomicInteger();
    private final List<Duration> pauses = new ArrayList<>();
    private final ConditionalWrites writes =
            new ConditionalWrites(store, () -> "w" + ids.incrementAndGet(), pauses::add);

    @Test
    void creationSucceedsOnceAndSaysSo() {
        assertThat(create("one")).isPresent();
        assertThat(create("two")).isEmpty();
        assertThat(content()).isEqualTo("one");
        assertThat(pauses).isEmpty();
    }

    @Test
    void aCreationWhoseAnswerWasLostIsKnownAsOnesOwn() {
        store.failAfter(Operation.PUT, 1);
        Optional<ObjectInfo> mine = create("one");
        assertThat(mine).isPresent();
        assertThat(mine.orElseThrow().etag())
                .isEqualTo(memory.head(KEY).orElseThrow().etag());
        assertThat(store.calls(Operation.PUT)).isEqualTo(2);
    }

    @Test
    void aCreationThatFailedBeforeItTookEffectIsTriedAgain() {
        store.failBefore(Operation.PUT, 1).failBefore(Operation.PUT, 2);
        assertThat(create("one")).isPresent();
        assertThat(pauses).hasSize(2);
        assertThat(pauses.get(1)).isGreaterThan(pauses.get(0));
    }

    @Test
    void aCreationThatFailedAndThenFindsAnothersObjectHasLost() {
        store.failBefore(Operation.PUT, 1).onCall(call -> {
            if (call.operation() == Operation.PUT && call.nth() == 1 && call.moment() == Moment.BEFORE) {
                throw new AssertionError("asked after the failure");
            }
            if (call.operation() == Operation.PUT && call.nth() == 2 && call.moment() == Moment.BEFORE) {
                put("theirs");
            }
        });
        assertThat(create("mine")).isEmpty();
        assertThat(content()).isEqualTo("theirs");
    }

    @Test
    void aSwapWhoseAnswerWasLostIsKnownAsOnesOwn() {
        String etag = create("one").orElseThrow().etag();
        store.failAfter(Operation.PUT, 2);
        assertThat(replace(etag, "two")).isPresent();
        assertThat(content()).isEqualTo("two");
    }

    @Test
    void aSwapOnAReplacedObjectHasLost() {
        String etag = create("one").orElseThrow().etag();
        assertThat(replace(etag, "two")).isPresent();
        assertThat(replace(etag, "three")).isEmpty();
        assertThat(content()).isEqualTo("two");
    }

    @Test
    void aSwapOnADeletedObjectHasLost() {
        String etag = create("one").orElseThrow().etag();
        memory.delete(KEY);
        assertThat(replace(etag, "two")).isEmpty();
        assertThat(memory.head(KEY)).isEmpty();
    }

    @Test
    void aWriteThatNeverGetsAnAnswerSaysThatItDoesNotKnow() {
        for (int nth = 1; nth <= 20; nth++) {
            store.failBefore(Operation.PUT, nth);
        }
        assertThatThrownBy(() -> create("one")).isInstanceOf(TransientStoreException.class);
        assertThat(memory.head(KEY)).isEmpty();
    }

    @Test
    void aReadBackThatFailsSaysThatItIsNotKnown() {
        create("theirs");
        store.failBefore(Operation.HEAD, 1);
        assertThatThrownBy(() -> create("mine")).isInstanceOf(TransientStoreException.class);
    }

    /** Whatever is lost on the way: who is told of success has written, who is told of loss has not, the rest do not know. */
    @Test
    void theAnswerIsNeverWrongWhateverIsLost() {
        for (long seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            InMemoryObjectStore bucket = new InMemoryObjectStore(InstantSource.fixed(Instant.EPOCH));
            FaultyObjectStore faulty = FaultyObjectStore.around(bucket).onCall(call -> {
                if (random.nextInt(3) == 0) {
                    throw new TransientStoreException("any", KEY, "lost", null);
                }
            });
            AtomicInteger next = new AtomicInteger();
            ConditionalWrites mine = new ConditionalWrites(faulty, () -> "w" + next.incrementAndGet(), pause -> {});
            boolean other = random.nextBoolean();
            if (other) {
                bucket.put(PutRequest.of(KEY, Content.of(new byte[] {1}), "text/plain"));
            }
            try {
                boolean won = mine.create(KEY, new byte[] {2}, "text/plain").isPresent();
                assertThat(won).as("seed %d", seed).isEqualTo(!other);
                assertThat(bucket.snapshot().get(KEY)).as("seed %d", seed).containsExactly(other ? 1 : 2);
            } catch (TransientStoreException _) {
                // not known, and said so
            }
        }
    }

    private Optional<ObjectInfo> create(String text) {
        return writes.create(KEY, text.getBytes(StandardCharsets.UTF_8), "text/plain");
    }

    private Optional<ObjectInfo> replace(String etag, String text) {
        return writes.replace(KEY, etag, text.getBytes(StandardCharsets.UTF_8), "text/plain");
    }

    private void put(String text) {
        memory.put(PutRequest.of(KEY, Content.of(text.getBytes(StandardCharsets.UTF_8)), "text/plain"));
    }

    private String content() {
        return new String(memory.snapshot().get(KEY), StandardCharsets.UTF_8);
    }
}
