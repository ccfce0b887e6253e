package io.intake.processors.page;

/**
 * A page that is to be sent; its object under {@code tasks/page/} is the outbox: deleted once PagerDuty has accepted it.
 *
 * @param event what to send
 * @param round how often the object was written
 */
public record PageTask(PageEvent event, int round) {

    public PageTask nextRound() {
        return new PageTask(event, round + 1);
    }
}
