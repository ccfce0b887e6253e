package io.intake.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Memory that is counted wrongly ends in a gateway that waits for itself, or that dies with everybody's uploads in it. */
class MemoryBudgetTest {
    private static final int SLABS = 64;
    private final MemoryBudget budget = new MemoryBudget((long) SLABS * MemoryBudget.SLAB_BYTES);

    @Test
    void newcomersLeaveRoomForOneWholePart() {
        List<CompletableFuture<Void>> admitted = new ArrayList<>();
        for (int i = 0; i < SLABS; i++) {
            admitted.add(budget.admit());
        }
        assertThat(admitted.stream().filter(CompletableFuture::isDone)).hasSize(SLABS - MemoryBudget.MIN_PART_SLABS);
        CompletableFuture<Void> growth = budget.reserve(MemoryBudget.MIN_PART_SLABS - 1);
        assertThat(growth).isDone();
        assertThat(budget.tryTake()).isFalse();
    }

    @Test
    void whoGrowsGoesBeforeNewcomersAndInTurn() {
        assertThat(budget.reserve(60)).isDone();
        CompletableFuture<Void> newcomer = budget.admit();
        CompletableFuture<Void> first = budget.reserve(19);
        CompletableFuture<Void> second = budget.reserve(1);
        assertThat(second).as("does not overtake").isNotDone();
        budget.release(60);
        assertThat(first).isDone();
        assertThat(second).isDone();
        assertThat(newcomer).isDone();
    }

    @Test
    void whoStopsWaitingTakesNothingAndBlocksNobody() {
        assertThat(budget.reserve(60)).isDone();
        CompletableFuture<Void> gone = budget.reserve(20);
        CompletableFuture<Void> next = budget.reserve(4);
        assertThat(next).isNotDone();
        gone.cancel(false);
        budget.serve();
        assertThat(next).isDone();
        budget.release(60);
        budget.release(4);
        assertThat(budget.used()).isZero();
    }

    @Test
    void givingBackMoreThanTakenIsAnError() {
        assertThatThrownBy(() -> budget.release(1)).isInstanceOf(IllegalStateException.class);
    }
}
