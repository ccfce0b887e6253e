package io.intake.processors.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.NaturalNaming;
import io.intake.bucket.Stage;
import io.intake.bucket.TemporaryNames;
import io.intake.config.ArchiveLimits;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.processors.CountedStore;
import io.intake.processors.Records;
import io.intake.processors.TestClock;
import io.intake.processors.hold.HoldReasons;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.query.JobQuery.Page;
import io.intake.processors.task.TaskStore;
import io.intake.store.ConditionalWrites;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

/** A file that nobody can find is as good as lost; a search that reads the whole bucket is no search at 3 a.m. */
class JobQueryTest {
    private static final LocalDate DAY = LocalDate.of(2026, 3, 4);

    private final TestClock clock = new TestClock();
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    private final CountedStore counted = new CountedStore();
    private final ObjectStore store = counted.around(bucket);
    private final JobStore written = new JobStore(records(bucket));
    private final JobQuery query = new JobQuery(store, new JobStore(records(store)));

    private static Records records(ObjectStore store) {
        return new Records(
                store, new ConditionalWrites(store, () -> UUID.randomUUID().toString(), pause -> {}));
    }

    private void job(String id, String partner, String feed, UnaryOperator<Job> change) {
        Feed its = new Feed(feed, ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "e", 10, Set.of());
        Input input = new Input("inbound/" + partner + "/daily/" + id, null, "e-" + id, 7, "0a0b0c0d", clock.instant());
        written.open(change.apply(Job.open(id, partner, input, its, clock.instant())));
        bucket.put(PutRequest.of(BucketLayout.entry(id, 0), Content.of(new byte[3]), "text/plain"));
    }

    private Job failed(Job job) {
        return job.fail(Failure.broken("X", "", ""), clock.instant()).asSettled();
    }

    private static List<String> ids(Page page) {
        return page.jobs().stream().map(JobSummary::id).toList();
    }

    @Test
    void aDaysJobsAreFoundByPagesAndEachIsFoundOnce() {
        for (int i = 0; i < 25; i++) {
            job("20260304-%02d".formatted(i), "p", "f", UnaryOperator.identity());
        }
        job("20260303-99", "p", "f", UnaryOperator.identity());
        job("20260305-00", "p", "f", UnaryOperator.identity());
        List<String> seen = new ArrayList<>();
        String after = null;
        do {
            Page page = query.page(JobFilter.of(DAY), after, 10);
            seen.addAll(ids(page));
            after = page.next();
        } while (after != null);
        assertThat(seen).hasSize(25).isSorted().doesNotHaveDuplicates();
        assertThat(ids(query.page(JobFilter.between(DAY.minusDays(1), DAY.plusDays(1)), null, 100)))
                .hasSize(27);
    }

    @Test
    void aPageCanEndWithADayAndTheNextOneGoesOnWithTheDayBehindIt() {
        job("20260303-00", "p", "f", UnaryOperator.identity());
        job("20260303-01", "p", "f", UnaryOperator.identity());
        job("20260304-00", "p", "f", UnaryOperator.identity());
        JobFilter filter = JobFilter.between(DAY.minusDays(1), DAY);
        Page first = query.page(filter, null, 2);
        assertThat(ids(first)).containsExactly("20260303-00", "20260303-01");
        Page second = query.page(filter, first.next(), 2);
        assertThat(ids(second)).containsExactly("20260304-00");
        assertThat(second.next()).isNull();
    }

    @Test
    void jobsAreFoundByPartnerFeedAndState() {
        job("20260304-00", "a", "daily", UnaryOperator.identity());
        job("20260304-01", "a", "weekly", this::failed);
        job("20260304-02", "b", "daily", this::failed);
        JobFilter day = JobFilter.of(DAY);
        assertThat(ids(query.page(day.ofPartner("a"), null, 9))).containsExactly("20260304-00", "20260304-01");
        assertThat(ids(query.page(day.ofFeed("daily"), null, 9))).containsExactly("20260304-00", "20260304-02");
        assertThat(ids(query.page(day.in(Set.of(JobState.FAILED)).ofPartner("b"), null, 9)))
                .containsExactly("20260304-02");
    }

    @Test
    void askingAgainReadsOnlyWhatIsNotOverYet() {
        for (int i = 0; i < 40; i++) {
            job("20260304-%02d".formatted(i), "p", "f", i < 37 ? this::failed : UnaryOperator.identity());
        }
        assertThat(ids(query.page(JobFilter.of(DAY), null, 100))).hasSize(40);
        assertThat(counted.calls).containsEntry("list", 1).containsEntry("read", 40);
        assertThat(counted.most).hasValueLessThanOrEqualTo(JobQuery.WINDOW);
        counted.calls.clear();
        assertThat(ids(query.page(JobFilter.of(DAY), null, 100))).hasSize(40);
        assertThat(counted.calls).containsEntry("list", 1).containsEntry("read", 3);
    }

    @Test
    void whoStopsEarlyDoesNotPayForTheRest() {
        for (int i = 0; i < 300; i++) {
            job("20260304-%03d".formatted(i), "p", "f", UnaryOperator.identity());
        }
        List<String> seen = new ArrayList<>();
        query.each(JobFilter.between(DAY, DAY.plusDays(30)), job -> {
            seen.add(job.id());
            return seen.size() < 5;
        });
        assertThat(seen).hasSize(5);
        assertThat(counted.calls).containsEntry("list", 1);
        assertThat(counted.calls.get("read")).isLessThanOrEqualTo(JobQuery.WINDOW + 5);
    }

    @Test
    void filesAreFoundByNameAndByContent() {
        NaturalNaming naming = new NaturalNaming(TemporaryNames.DEFAULT);
        job("20260304-00", "p", "f", UnaryOperator.identity());
        job("20260304-01", "p", "f", UnaryOperator.identity());
        JobFilter day = JobFilter.of(DAY);
        assertThat(ids(query.page(day.and(JobConditions.named(naming, "/inbound/daily/20260304-01")), null, 9)))
                .containsExactly("20260304-01");
        assertThat(ids(query.page(day.and(JobConditions.named(naming, "daily/20260304-01")), null, 9)))
                .containsExactly("20260304-01");
        assertThat(ids(query.page(day.and(JobConditions.namedLike(naming, "/inbound/daily/2026")), null, 9)))
                .hasSize(2);
        assertThat(ids(query.page(day.and(JobConditions.namedLike(naming, "daily/2027")), null, 9)))
                .isEmpty();
        assertThat(ids(query.page(day.and(JobConditions.withContent("0A0B0C0D")), null, 9)))
                .hasSize(2);
        assertThat(ids(query.page(day.and(JobConditions.withContent("e-20260304-01")), null, 9)))
                .containsExactly("20260304-01");
        assertThat(ids(query.page(day.and(JobConditions.withContent(8, "0a0b0c0d")), null, 9)))
                .isEmpty();
    }

    @Test
    void heldRefusedAndUnfinishedJobsAreFoundByTheirMarksWhateverTheirDay() {
        job("20260101-00", "p", "f", job -> job.hold(HoldReasons.sameBytes(), clock.instant()));
        job("20260101-01", "p", "f", UnaryOperator.identity());
        job("20260304-00", "p", "f", this::failed);
        for (String held : List.of("20260101-00", "20260101-01", "20250101-00")) {
            bucket.put(PutRequest.of(BucketLayout.held(held), Content.of(new byte[0]), "text/plain"));
        }
        bucket.put(PutRequest.of(BucketLayout.quarantine("20260304-00"), Content.of(new byte[0]), "text/plain"));
        TaskStore tasks = new TaskStore(bucket, records(bucket));
        tasks.open(Stage.UNZIP, "20260101-01", 0);
        tasks.open(Stage.UNZIP, "20260101-01", 1);
        tasks.open(Stage.PAGE, "20260304-00", 1);
        assertThat(query.held()).extracting(JobSummary::id).containsExactly("20260101-00");
        assertThat(query.unfinished()).extracting(JobSummary::id).containsExactly("20260101-01");
        assertThat(query.quarantined(DAY.minusDays(3), DAY, 10))
                .extracting(JobSummary::id, JobSummary::code)
                .containsExactly(Tuple.tuple("20260304-00", "X"));
    }
}
