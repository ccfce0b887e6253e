package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.processors.job.Hashes;
import io.intake.store.ConditionalWrites;
import io.intake.store.ObjectStore;
import io.intake.store.ReadRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A file and its marker are named by two functions, which must come to the same; somebody who guesses a name must not. */
class KeyedHashesTest {
    private static final String NAME = "st-marys\0DOE-JANE-19700101.zip";

    private final AtomicInteger ids = new AtomicInteger();
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(new TestClock());

    private KeyedHashes hashes(ObjectStore store) {
        ConditionalWrites writes = new ConditionalWrites(store, () -> "w" + ids.incrementAndGet(), pause -> {});
        return new KeyedHashes(new Records(store, writes), () -> "random" + ids.incrementAndGet());
    }

    @Test
    void allFunctionsOfABucketComeToTheSameAndThoseOfAnotherToSomethingElse() {
        KeyedHashes first = hashes(bucket);
        String hash = first.hex(NAME, 10);
        assertThat(hash).hasSize(20).isEqualTo(first.hex(NAME, 10));
        assertThat(hashes(bucket).hex(NAME, 10)).isEqualTo(hash);
        assertThat(hashes(bucket).hex(NAME + "x", 10)).isNotEqualTo(hash);
        assertThat(hashes(new InMemoryObjectStore(new TestClock())).hex(NAME, 10))
                .isNotEqualTo(hash)
                .isNotEqualTo(Hashes.hex(NAME, 10));
    }

    @Test
    void ofTwoThatMakeTheKeyAtOnceBothHaveTheFirstOnes() {
        KeyedHashes sooner = hashes(bucket);
        AtomicInteger reads = new AtomicInteger();
        KeyedHashes later = hashes(Intercepted.store(bucket, new Intercepted.Around() {
            @Override
            public void after(String operation, Object[] arguments, Object result) {}

            @Override
            public void before(String operation, Object[] arguments) {
                if (operation.equals("put") && reads.getAndIncrement() == 0) {
                    sooner.hex(NAME, 10);
                }
            }
        }));
        assertThat(later.hex(NAME, 10)).isEqualTo(sooner.hex(NAME, 10));
        assertThat(reads).hasPositiveValue();
    }

    @Test
    void theKeyIsReadOnceAndIsNotTold() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        KeyedHashes hashes = hashes(Intercepted.store(bucket, new Intercepted.Around() {
            @Override
            public void before(String operation, Object[] arguments) {
                calls.incrementAndGet();
            }

            @Override
            public void after(String operation, Object[] arguments, Object result) {}
        }));
        hashes.hex(NAME, 10);
        int first = calls.get();
        hashes.hex("another", 10);
        assertThat(calls).hasValue(first);
        try (var content = bucket.read(ReadRequest.whole(BucketLayout.HASH_KEY))) {
            assertThat(new String(content.stream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                    .contains("random");
        }
        assertThat(new KeyedHashes.Key("random1").toString()).doesNotContain("random");
    }
}
