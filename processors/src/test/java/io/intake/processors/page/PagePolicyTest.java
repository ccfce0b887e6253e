package io.intake.processors.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.PageKind;
import io.intake.config.PageSeverity;
import io.intake.config.Pager;
import io.intake.processors.forward.Deliverable;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.page.PageEvent.Action;
import io.intake.processors.page.PageEvent.Severity;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A page that is worth more or less than was agreed wakes the wrong person, or none. */
class PagePolicyTest {
    private static final Pager PAGER = new Pager(
            "key",
            null,
            Map.of(PageKind.QUARANTINED, PageSeverity.CRITICAL, PageKind.UNMATCHED, PageSeverity.NONE),
            null,
            null,
            Duration.ofHours(6),
            Duration.ofDays(2));

    private static PageEvent page(Action action, @Nullable PageKind kind, String mode) {
        return new PageEvent(action, "k", Severity.WARNING, "s", "job", Map.of("mode", mode), kind, null);
    }

    private static Severity worth(@Nullable PageKind kind, String mode) {
        return PagePolicy.apply(PAGER, page(Action.TRIGGER, kind, mode))
                .orElseThrow()
                .severity();
    }

    @Test
    void whatTheConfigurationSaysCountsElseWhatIsUsualElseWhatThePageSays() {
        assertThat(worth(PageKind.QUARANTINED, "live")).isEqualTo(Severity.CRITICAL);
        assertThat(worth(PageKind.LATE, "live")).isEqualTo(Severity.ERROR);
        assertThat(worth(null, "live")).isEqualTo(Severity.WARNING);
    }

    @Test
    void whatIsWorthNothingIsNotSentButItsEndIs() {
        assertThat(PagePolicy.apply(PAGER, page(Action.TRIGGER, PageKind.UNMATCHED, "live")))
                .isEmpty();
        assertThat(PagePolicy.apply(PAGER, page(Action.RESOLVE, PageKind.UNMATCHED, "live")))
                .isPresent();
    }

    @Test
    void ofATestNothingIsWorthMoreThanATest() {
        assertThat(worth(PageKind.QUARANTINED, "test")).isEqualTo(Severity.INFO);
        assertThat(worth(null, "test")).isEqualTo(Severity.INFO);
    }

    @Test
    void pagesAboutOneFilesTroubleWithItsEngineAndAboutWhatGoesOnHaveKindsOfTheirOwn() {
        Job job = Deliverable.job();
        PageEvent stuck = Pages.stuck(job, "lab", "HTTP_500");
        PageEvent warned = Pages.warned(job, Failure.broken("SEQUENCE_GAP", "A number is missing.", "Look."));
        assertThat(PagePolicy.apply(PAGER, stuck)).map(PageEvent::severity).contains(Severity.ERROR);
        assertThat(PagePolicy.apply(PAGER, warned)).map(PageEvent::severity).contains(Severity.WARNING);
        Pager other = new Pager(
                "k",
                null,
                Map.of(PageKind.NOT_TAKEN, PageSeverity.CRITICAL, PageKind.NOTICED, PageSeverity.NONE),
                null,
                null,
                Pager.STUCK_AFTER,
                Pager.PARKED_AFTER);
        assertThat(PagePolicy.apply(other, stuck)).map(PageEvent::severity).contains(Severity.CRITICAL);
        assertThat(PagePolicy.apply(other, warned)).isEmpty();
        assertThat(PagePolicy.apply(other, Pages.stuckNoMore(job))).isPresent();
    }
}
