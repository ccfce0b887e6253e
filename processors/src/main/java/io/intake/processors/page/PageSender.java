package io.intake.processors.page;

import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.page.Pager.Outcome;
import io.intake.processors.task.TimeBudget;
import io.intake.store.ObjectStore;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what lies in the outbox. What could not be sent stays there for the sweeper. Thread-safe. */
public final class PageSender {
    private static final Logger LOG = LoggerFactory.getLogger(PageSender.class);

    private final ObjectStore store;
    private final Records records;
    private final PageOrder order;
    private final Supplier<Optional<Pager>> pager;

    /**
     * @param order of the pages of an engine
     * @param pager loaded when the first page is sent; empty where nobody is to be paged
     */
    public PageSender(ObjectStore store, Records records, PageOrder order, Supplier<Optional<Pager>> pager) {
        this.store = store;
        this.records = records;
        this.order = order;
        this.pager = pager;
    }

    /**
     * Sends the page at a key, unless it was sent already.
     *
     * @return what came of it; empty if there is nothing to send
     */
    public Optional<Outcome> send(String key, TimeBudget budget) {
        Optional<PageTask> page = records.find(key, PageTask.class).map(Versioned::value);
        if (page.isEmpty()) {
            return Optional.empty();
        }
        Optional<Pager> receiver = pager.get();
        if (receiver.isEmpty()) {
            store.delete(key);
            return Optional.empty();
        }
        if (order.isOver(key, page.get().event())) {
            store.delete(key);
            return Optional.empty();
        }
        if (order.mustWait(key, page.get().event())) {
            return Optional.of(Outcome.UNAVAILABLE);
        }
        Outcome outcome = receiver.get().send(page.get().event(), budget);
        if (outcome == Outcome.ACCEPTED) {
            store.delete(key);
        } else {
            LOG.error(
                    "{\"page\":\"{}\",\"dedup_key\":\"{}\",\"round\":{}}",
                    outcome,
                    page.get().event().dedupKey(),
                    page.get().round());
        }
        return Optional.of(outcome);
    }
}
