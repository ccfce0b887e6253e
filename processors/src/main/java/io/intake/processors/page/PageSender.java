package io.intake.processors.page;

import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.page.Incidents.Ending;
import io.intake.processors.page.Incidents.Telling;
import io.intake.processors.page.Pager.Outcome;
import io.intake.processors.task.TimeBudget;
import io.intake.store.ObjectStore;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what lies in the outbox. What could not be sent stays there for the sweeper. Thread-safe. */
public final class PageSender {
    private static final Logger LOG = LoggerFactory.getLogger(PageSender.class);

    private final ObjectStore store;
    private final Records records;
    private final PageOrder order;
    private final Incidents incidents;
    private final Function<PageEvent, Optional<PageEvent>> policy;
    private final Supplier<Optional<Pager>> pager;

    /**
     * @param order of the pages of an engine
     * @param incidents of pages that are some of many
     * @param policy gives a page as it is to be sent; empty if it is not
     * @param pager loaded when the first page is sent; empty where nobody is to be paged
     */
    public PageSender(
            ObjectStore store,
            Records records,
            PageOrder order,
            Incidents incidents,
            Function<PageEvent, Optional<PageEvent>> policy,
            Supplier<Optional<Pager>> pager) {
        this.store = store;
        this.records = records;
        this.order = order;
        this.incidents = incidents;
        this.policy = policy;
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
        PageEvent event = page.get().event();
        Optional<Pager> receiver = pager.get();
        Optional<PageEvent> wanted = receiver.isEmpty() ? Optional.empty() : policy.apply(event);
        if (wanted.isEmpty() || order.isOver(key, event)) {
            store.delete(key);
            return Optional.empty();
        }
        if (order.mustWait(key, event)) {
            return Optional.of(Outcome.UNAVAILABLE);
        }
        Optional<Outcome> outcome = send(receiver.orElseThrow(), wanted.get(), budget);
        if (outcome.isEmpty() || outcome.get() == Outcome.ACCEPTED) {
            if (order.isOver(key, event)) {
                order.leaveEnd(key, event);
            }
            store.delete(key);
        } else {
            LOG.error(
                    "{\"page\":\"{}\",\"dedup_key\":\"{}\",\"round\":{}}",
                    outcome.get(),
                    event.dedupKey(),
                    page.get().round());
        }
        return outcome;
    }

    /** Empty if PagerDuty need not be told. */
    private Optional<Outcome> send(Pager receiver, PageEvent event, TimeBudget budget) {
        if (event.group() == null) {
            return Optional.of(receiver.send(event, budget));
        }
        return switch (event.action()) {
            case TRIGGER -> begin(receiver, event, budget);
            case ACKNOWLEDGE -> Optional.empty();
            case RESOLVE -> end(receiver, event, budget);
        };
    }

    private Optional<Outcome> begin(Pager receiver, PageEvent event, TimeBudget budget) {
        Optional<Telling> telling = incidents.add(event);
        if (telling.isEmpty()) {
            return Optional.empty();
        }
        Outcome outcome = receiver.send(telling.get().page(), budget);
        if (outcome == Outcome.ACCEPTED) {
            incidents.told(event, telling.get());
        }
        return Optional.of(outcome);
    }

    private Optional<Outcome> end(Pager receiver, PageEvent event, TimeBudget budget) {
        String opened = event.details().get(Incidents.OPENED);
        Optional<Ending> ending = opened == null ? incidents.end(event) : Optional.of(incidents.endOf(event, opened));
        if (ending.isEmpty()) {
            return Optional.empty();
        }
        Outcome outcome = receiver.send(ending.get().page(), budget);
        if (outcome != Outcome.ACCEPTED) {
            return Optional.of(outcome);
        }
        incidents.ended(ending.get());
        return opened == null ? end(receiver, event, budget).or(() -> Optional.of(outcome)) : Optional.of(outcome);
    }
}
