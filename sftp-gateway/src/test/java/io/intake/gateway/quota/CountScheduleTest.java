package io.intake.gateway.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.gateway.upload.Cancellation;
import io.intake.gateway.upload.SessionLostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Counting too often makes each upload wait for a listing of all files; too seldom, it refuses what there is room for. */
class CountScheduleTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-01T00:00:00Z"));
    private final AtomicInteger counts = new AtomicInteger();
    private final AtomicBoolean answers = new AtomicBoolean(true);
    private final CountSchedule schedule = new CountSchedule(this::count, now::get, Runnable::run);
    private final Cancellation session = new Cancellation();

    private void count() {
        counts.incrementAndGet();
        if (answers.get()) {
            schedule.succeeded();
        }
    }

    private void pass(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    @Test
    void theFirstUseCountsAndLaterOnesEveryTenMinutes() throws Exception {
        for (int i = 0; i < 5; i++) {
            schedule.awaitFirst(session);
        }
        assertThat(counts).hasValue(1);
        pass(Duration.ofMinutes(10));
        schedule.awaitFirst(session);
        assertThat(counts).hasValue(1);
        pass(Duration.ofSeconds(1));
        schedule.awaitFirst(session);
        assertThat(counts).hasValue(2);
    }

    @Test
    void nobodyIsRefusedByAnOldCountNorByOneFromBeforeADeletion() throws Exception {
        schedule.awaitFirst(session);
        schedule.refresh(session);
        assertThat(counts).hasValue(1);
        pass(Duration.ofSeconds(31));
        schedule.refresh(session);
        assertThat(counts).hasValue(2);
        schedule.freed();
        schedule.refresh(session);
        schedule.refresh(session);
        assertThat(counts).hasValue(3);
    }

    @Test
    void aCountThatFailedIsNone() throws Exception {
        answers.set(false);
        schedule.awaitFirst(session);
        assertThat(schedule.isCounted()).isFalse();
        answers.set(true);
        schedule.awaitFirst(session);
        assertThat(schedule.isCounted()).isTrue();
        assertThat(counts).hasValue(2);
    }

    @Test
    void aSessionThatEndsWhileItWaitsEndsNobodyElsesWait() throws Exception {
        Deque<Runnable> tasks = new ArrayDeque<>();
        AtomicReference<CountSchedule> self = new AtomicReference<>();
        Runnable counting = () -> {
            counts.incrementAndGet();
            Objects.requireNonNull(self.get())
                    .succeeded(); // so that it is no matter whether the other comes before or after
        };
        CountSchedule slow = new CountSchedule(counting, now::get, tasks::add);
        self.set(slow);
        session.cancel();
        assertThatThrownBy(() -> slow.awaitFirst(session)).isInstanceOf(SessionLostException.class);
        Thread other = Thread.ofVirtual().start(() -> {
            try {
                slow.awaitFirst(new Cancellation());
            } catch (SessionLostException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(tasks).as("one count for both").hasSize(1);
        tasks.remove().run();
        other.join();
        assertThat(counts).hasValue(1);
    }
}
