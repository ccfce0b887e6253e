package io.intake.processors.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.ArchiveLimits;
import io.intake.config.Controls;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.processors.Records;
import io.intake.processors.TestClock;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.store.ConditionalWrites;
import io.intake.store.Content;
import io.intake.store.ObjectInfo;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A file that is taken for another one is lost. */
class SameBytesTest {
    private static final int END = SameBytes.END_BYTES;

    private final TestClock clock = new TestClock();
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    private final Records records = new Records(bucket, new ConditionalWrites(bucket, () -> "w", pause -> {}));
    private final JobStore jobs = new JobStore(records);
    private final SameBytes sameBytes = new SameBytes(bucket, records, jobs);
    private int uploads;

    private Job job(byte[] content, @Nullable String crc32) {
        String key = "inbound/p/" + ++uploads;
        ObjectInfo info = bucket.put(PutRequest.of(key, Content.of(content), "x/y"));
        Controls controls = new Controls(null, null, Controls.SameBytes.SKIP, 30);
        Feed feed =
                new Feed("f", ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "e", 10, Set.of()).with(controls);
        Input input = new Input(key, null, info.etag(), content.length, crc32, clock.instant());
        return jobs.open(Job.open("20260304-" + uploads, "p", input, feed, clock.instant()));
    }

    private static byte[] bytes(int size, int changed) {
        byte[] bytes = new byte[size];
        if (changed >= 0) {
            bytes[changed] = 1;
        }
        return bytes;
    }

    @Test
    void shortFilesAreComparedWholeWhateverIsSaidOfThem() {
        for (int size : new int[] {0, 1, 1_000, 2 * END}) {
            SameBytesTest each = new SameBytesTest();
            Job first = each.job(bytes(size, -1), null);
            assertThat(each.sameBytes.earlier(first)).as("%d", size).isEmpty();
            assertThat(each.sameBytes.earlier(each.job(bytes(size, -1), "0badcafe")))
                    .as("%d", size)
                    .contains(first.id());
            if (size > 0) {
                assertThat(each.sameBytes.earlier(each.job(bytes(size, size / 2), null)))
                        .as("%d", size)
                        .isEmpty();
            }
        }
    }

    @Test
    void longFilesAreTheSameIfSizeChecksumAndBothEndsAre() {
        int size = 2 * END + 1;
        Job first = job(bytes(size, -1), "0badcafe");
        assertThat(sameBytes.earlier(first)).isEmpty();
        assertThat(sameBytes.earlier(first)).as("asked again").isEmpty();
        assertThat(sameBytes.earlier(job(bytes(size, -1), "0badcafe"))).contains(first.id());
        assertThat(sameBytes.earlier(job(bytes(size, -1), "0badcaff"))).isEmpty();
        assertThat(sameBytes.earlier(job(bytes(size, 0), "0badcafe"))).isEmpty();
        assertThat(sameBytes.earlier(job(bytes(size, size - 1), "0badcafe"))).isEmpty();
        assertThat(sameBytes.earlier(job(bytes(size + 1, -1), "0badcafe"))).isEmpty();
    }

    @Test
    void aLongFileWithoutAChecksumIsNeverTakenForAnother() {
        assertThat(sameBytes.earlier(job(bytes(2 * END + 1, -1), null))).isEmpty();
        assertThat(sameBytes.earlier(job(bytes(2 * END + 1, -1), null))).isEmpty();
    }

    @Test
    void whatWasRefusedOrIsLongAgoDoesNotCount() {
        Job first = job(bytes(9, -1), null);
        assertThat(sameBytes.earlier(first)).isEmpty();
        jobs.update(first.id(), job -> job.fail(Failure.badData("X", "y", "z"), clock.instant()));
        Job second = job(bytes(9, -1), null);
        assertThat(sameBytes.earlier(second)).isEmpty();
        assertThat(sameBytes.earlier(job(bytes(9, -1), null))).contains(second.id());
        clock.advance(Duration.ofDays(31));
        assertThat(sameBytes.earlier(job(bytes(9, -1), null))).isEmpty();
        assertThat(second.state()).isEqualTo(JobState.RECEIVED);
    }

    @Test
    void shrinkingIsMeasuredAgainstTheMedianExactly() {
        assertThat(FeedSizes.shrunk(70, 100, 30)).isFalse();
        assertThat(FeedSizes.shrunk(69, 100, 30)).isTrue();
        assertThat(FeedSizes.shrunk(0, 0, 30)).isFalse();
        assertThat(FeedSizes.shrunk(50L << 40, 100L << 40, 49)).isTrue();
    }
}
