package io.intake.gateway.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.gateway.FaultyStore;
import io.intake.store.PermanentStoreException;
import io.intake.store.memory.InMemoryObjectStore;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A probe that piles up requests on a store that hangs makes the outage worse. */
class StoreProbeTest {
    private static final int SECONDS = 30;

    private final FaultyStore store = new FaultyStore(new InMemoryObjectStore(InstantSource.system()));
    private final StoreHealth health = new StoreHealth();
    private final CountDownLatch twice = new CountDownLatch(2);

    @Test
    void aStoreThatHasNoSuchObjectAnswers() throws InterruptedException {
        store.always("head", FaultyStore.before(twice::countDown));
        store.plan("head", FaultyStore.failBefore(() -> new PermanentStoreException("head", "k", "403", null)));
        StoreProbe probe = StoreProbe.start(store, health);
        try {
            assertThat(twice.await(SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(health.answers())
                    .as("the first of these two was answered")
                    .isTrue();
        } finally {
            probe.close();
        }
    }

    @Test
    void aStoreThatRefusesIsAskedAgainAndDoesNotCountAsAnswering() throws InterruptedException {
        store.always("head", FaultyStore.before(() -> {
            twice.countDown();
            throw new PermanentStoreException("head", "k", "403", null);
        }));
        StoreProbe probe = StoreProbe.start(store, health);
        try {
            assertThat(twice.await(SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(health.answers()).isFalse();
        } finally {
            probe.close();
        }
    }
}
