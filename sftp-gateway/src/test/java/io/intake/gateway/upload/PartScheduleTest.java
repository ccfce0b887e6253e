package io.intake.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.store.ObjectStore;
import org.junit.jupiter.api.Test;

/** With parts of one size, part 10,001 of a file that took a night to send would be refused. */
class PartScheduleTest {
    @Test
    void partsNeverShrinkAndKeepWithinS3sLimits() {
        for (long memory : new long[] {16L << 20, 256L << 20, 4L << 30, 64L << 30}) {
            PartSchedule schedule = PartSchedule.forMemory(memory);
            long before = ObjectStore.Limits.MIN_PART_BYTES;
            for (int number = 1; number <= ObjectStore.Limits.MAX_PARTS; number++) {
                long size = schedule.partSize(number);
                assertThat(size).isBetween(before, ObjectStore.Limits.MAX_PART_BYTES);
                assertThat(size % MemoryBudget.SLAB_BYTES).isZero();
                before = size;
            }
        }
    }

    @Test
    void theLargestFileGrowsWithTheMemory() {
        assertThat(PartSchedule.forMemory(16L << 20).capacity()).isEqualTo(10_000L * (8 << 20));
        assertThat(PartSchedule.forMemory(256L << 20).capacity()).isGreaterThan(490L << 30);
        assertThat(PartSchedule.forMemory(4L << 30).capacity()).isGreaterThan(3L << 40);
        assertThat(PartSchedule.forMemory(256L << 20).partSize(1)).isEqualTo(8 << 20);
    }
}
