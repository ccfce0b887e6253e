package io.intake.processors;

import io.intake.processors.Processors.Outside;
import io.intake.processors.page.PageEvent;
import io.intake.processors.page.PageLinks;
import io.intake.processors.page.PageOrder;
import io.intake.processors.page.PagePolicy;
import io.intake.processors.page.PageSender;
import io.intake.processors.page.Pager;
import io.intake.processors.page.PagerDutyPager;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How pages are sent. */
final class Paging {
    private Paging() {}

    static PageSender sender(Foundations on) {
        return new PageSender(
                on.store,
                on.records,
                new PageOrder(on.store, on.records, on.jobs, on.outbox, on.gate.incidents()),
                on.incidents,
                page -> policy(on.configuration.get().pager(), page),
                pager(on));
    }

    /** Built for each page, so that a changed routing key counts; PagerDuty's client is loaded with the first. */
    private static Supplier<Optional<Pager>> pager(Foundations on) {
        Outside outside = on.outside;
        Pager simulated = on.workings.pager();
        if (simulated != null) {
            return () -> Optional.of(simulated);
        }
        return () -> Optional.ofNullable(on.configuration.get().pager())
                .map(pager -> new PagerDutyPager(
                        on.secrets.resolve(pager.routingKey()),
                        pager.endpoint(),
                        pager.proxy(),
                        outside.settings().source(),
                        links(outside, pager.runbook()),
                        outside.random(),
                        outside.pause()));
    }

    /** Where nobody is paged by the configuration, a simulation may be. */
    private static Optional<PageEvent> policy(io.intake.config.@Nullable Pager pager, PageEvent page) {
        return pager == null ? Optional.of(page) : PagePolicy.apply(pager, page);
    }

    private static PageLinks links(Outside outside, @Nullable URI runbook) {
        String region = outside.environment().apply("AWS_REGION");
        String groups = outside.environment().apply("INTAKE_LOG_GROUPS");
        return new PageLinks(
                region == null || region.isBlank() ? null : region,
                outside.bucket(),
                groups == null || groups.isBlank()
                        ? List.of()
                        : Stream.of(groups.split(",")).map(String::strip).toList(),
                runbook);
    }
}
