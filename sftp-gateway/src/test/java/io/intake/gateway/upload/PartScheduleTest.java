package io.intake.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** With parts of one size, part 10,001 of a file that took a night to send would be refused. */
class PartScheduleTest {
    private static final long GIB = 1L << 30;
    private static final long TIB = 1L << 40;
    private static final long[] MEMORIES = {16L << 20, 256L << 20, 4 * GIB, 64 * GIB};

    @Test
    void partsNeverShrinkAndKeepWithinS3sLimits() {
        for (long memory : MEMORIES) {
            PartSchedule schedule = PartSchedule.forMemory(memory);
            long before = PartLimits.S3.minPartBytes();
            for (int number = 1; number <= PartLimits.S3.maxParts(); number++) {
                long size = schedule.partSize(number);
                assertThat(size).isBetween(before, PartLimits.S3.maxPartBytes());
                assertThat(size % MemoryBudget.SLAB_BYTES).isZero();
                before = size;
            }
        }
        assertThat(PartSchedule.forMemory(256L << 20).partSize(1)).isEqualTo(8 << 20);
        assertThat(PartLimits.S3.slabBytes()).isEqualTo(MemoryBudget.SLAB_BYTES);
    }

    @Test
    void aFileThatPartsInPlaceHoldTakesNoSegment() {
        assertThat(PartSchedule.forMemory(16L << 20).inPlaceCapacity()).isEqualTo(2_000L * (8 << 20));
        assertThat(PartSchedule.forMemory(256L << 20).inPlaceCapacity()).isBetween(90 * GIB, 100 * GIB);
        assertThat(PartSchedule.forMemory(GIB).inPlaceCapacity()).isGreaterThan(200 * GIB);
    }

    /** How many parts a file takes, and how many the largest of its segments does. */
    private record Plan(int parts, int partsOfSegment) {}

    private static Plan plan(PartSchedule schedule, long size, boolean memoryIsShort) {
        long minPart = schedule.limits().minPartBytes();
        long left = size;
        int parts = 0;
        int most = 0;
        for (; left > 0 && parts < schedule.limits().inPlaceParts(); parts++) {
            left -= Math.min(left, memoryIsShort ? minPart : schedule.partSize(parts + 1));
        }
        for (; left > 0; parts++) {
            long filled = 0;
            int ofSegment = 0;
            for (; left > 0 && !schedule.limits().isFull(filled); ofSegment++) {
                long part = Math.min(left, memoryIsShort ? minPart : schedule.segmentPart(filled));
                assertThat(part).isGreaterThanOrEqualTo(Math.min(left, minPart));
                filled += part;
                left -= part;
            }
            assertThat(filled).isLessThanOrEqualTo(schedule.limits().maxPartBytes());
            most = Math.max(most, ofSegment);
        }
        return new Plan(parts, most);
    }

    @Test
    void thePartsOfTheLargestFileAreNeverMoreThan10000HoweverLittleMemoryThereIs() {
        for (long memory : MEMORIES) {
            PartSchedule schedule = PartSchedule.forMemory(memory);
            assertThat(schedule.capacity()).isGreaterThan(39 * TIB);
            assertThat(plan(schedule, schedule.capacity(), false))
                    .isEqualTo(new Plan(9_999, plan(schedule, 2 * TIB, false).partsOfSegment()));
            assertThat(plan(schedule, 39 * TIB, true).parts()).isLessThan(10_000);
            assertThat(plan(schedule, 39 * TIB, true).partsOfSegment()).isLessThan(10_000);
            assertThat(plan(schedule, schedule.limits().leastCapacity(), true).parts())
                    .isLessThan(10_000);
        }
    }

    /** S3's largest object is 10,000 parts of 5 GiB: each part that is smaller, because memory is, takes a place in it. */
    @Test
    void noUploadWhoseFirstPartsFitIntoMemoryCanReachTheLargestObjectS3Has() {
        long largest = PartLimits.S3.maxParts() * PartLimits.S3.maxPartBytes();
        assertThat(largest).isEqualTo(50_000 * GIB);
        for (long memory : MEMORIES) {
            PartSchedule schedule = PartSchedule.forMemory(memory);
            long places = PartLimits.S3.inPlaceParts() + 1L;
            assertThat(largest - schedule.capacity())
                    .isEqualTo(places * PartLimits.S3.maxPartBytes() - schedule.inPlaceCapacity());
        }
    }

    @Test
    void limitsThatNothingFitsIntoAreRefused() {
        assertThatThrownBy(() -> new PartLimits(30, 100, 10, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PartLimits(40, 20, 10, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PartLimits(40, 81, 10, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PartLimits(40, 80, 10, 10)).isInstanceOf(IllegalArgumentException.class);
    }
}
