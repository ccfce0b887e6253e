package io.intake.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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

    @Test
    void beginnersLeaveAQuarterToUploadsThatGrow() {
        MemoryBudget large = new MemoryBudget(400L * MemoryBudget.SLAB_BYTES);
        long admitted = Stream.generate(large::admit)
                .limit(400)
                .filter(CompletableFuture::isDone)
                .count();
        assertThat(admitted).isEqualTo(300);
        assertThat(Stream.generate(() -> large.reserve(19)).limit(5)).allMatch(CompletableFuture::isDone);
    }

    @Test
    void aPartnerCannotTakeMoreThanItsShareAndTheOthersFindTheRest() {
        MemoryBudget shared = new MemoryBudget((long) SLABS * MemoryBudget.SLAB_BYTES, 50);
        MemoryBudget greedy = shared.forPartner("greedy");
        MemoryBudget modest = shared.forPartner("modest");
        List<CompletableFuture<Void>> many = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            many.add(greedy.admit());
        }
        assertThat(many.stream().filter(CompletableFuture::isDone)).hasSize(12);
        CompletableFuture<Void> grown = greedy.reserve(19);
        CompletableFuture<Void> more = greedy.reserve(19);
        assertThat(grown).isDone();
        assertThat(more).as("behind its own").isNotDone();
        assertThat(greedy.ownUse()).isEqualTo(31L * MemoryBudget.SLAB_BYTES);
        assertThat(greedy.tryTake()).isFalse();
        assertThat(greedy.isShort()).isTrue();
        assertThat(modest.isShort())
                .as("its memory would not help who waits for its own limit")
                .isFalse();
        assertThat(modest.admit()).isDone();
        assertThat(modest.reserve(19)).isDone();
        greedy.release(20);
        assertThat(more).isDone();
    }

    @Test
    void partnersTakeTurnsHoweverManyWaitOfEach() {
        MemoryBudget shared = new MemoryBudget((long) SLABS * MemoryBudget.SLAB_BYTES, 100);
        MemoryBudget first = shared.forPartner("first");
        MemoryBudget second = shared.forPartner("second");
        assertThat(shared.reserve(60)).isDone();
        List<CompletableFuture<Void>> many = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            many.add(first.reserve(20));
        }
        CompletableFuture<Void> one = second.reserve(20);
        shared.release(40);
        assertThat(many.get(0)).isDone();
        assertThat(one).as("the second in turn, not the hundred and first").isDone();
        assertThat(many.get(1)).isNotDone();
    }

    @Test
    void neverWaitsForItselfWhateverIsAskedForInWhateverOrder() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int slabs = SLABS + random.nextInt(200);
            MemoryBudget shared = new MemoryBudget((long) slabs * MemoryBudget.SLAB_BYTES, 1 + random.nextInt(100));
            List<Writer> writers = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                writers.add(new Writer(shared.forPartner("p" + random.nextInt(3)), 1 + random.nextInt(90)));
            }
            List<Writer> unfinished = new ArrayList<>(writers);
            while (!unfinished.isEmpty()) {
                Collections.shuffle(unfinished, random);
                boolean progress = false;
                for (Writer writer : unfinished) {
                    progress |= writer.step(random);
                }
                assertThat(progress).as("seed %d goes on", seed).isTrue();
                assertThat(shared.used()).as("seed %d", seed).isLessThanOrEqualTo(shared.capacity());
                unfinished.removeIf(Writer::isDone);
            }
            assertThat(shared.used()).as("seed %d", seed).isZero();
        }
    }

    /** An upload as far as memory goes: fills slabs, sends parts of the smallest size, never gives up. */
    private static final class Writer {
        private final MemoryBudget share;
        private int left;
        private int held;
        private int allowed;
        private @Nullable CompletableFuture<Void> waiting;
        private int asked;
        private boolean begun;
        private boolean done;

        Writer(MemoryBudget share, int slabs) {
            this.share = share;
            this.left = slabs;
        }

        boolean isDone() {
            return done;
        }

        /** Goes on; false if it has to wait. */
        boolean step(Random random) {
            if (waiting != null) {
                if (!waiting.isDone()) {
                    return false;
                }
                allowed = asked;
                waiting = null;
            }
            if (left == 0) {
                share.release(held + allowed);
                done = true;
                return true;
            }
            if (allowed > 0 || (held >= MemoryBudget.MIN_PART_SLABS && random.nextBoolean() && share.tryTake())) {
                allowed = Math.max(0, allowed - 1);
                held++;
                left--;
            } else if (held >= MemoryBudget.MIN_PART_SLABS) {
                share.release(held);
                held = 0;
            } else {
                asked = begun ? MemoryBudget.MIN_PART_SLABS - held : 1;
                waiting = begun ? share.reserve(asked) : share.admit();
                begun = true;
            }
            return true;
        }
    }
}
