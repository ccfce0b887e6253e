package io.intake.processors.page;

import com.github.dikhan.pagerduty.client.events.PagerDutyEventsClient;
import com.github.dikhan.pagerduty.client.events.domain.EventResult;
import com.github.dikhan.pagerduty.client.events.domain.Payload;
import com.github.dikhan.pagerduty.client.events.domain.ResolveIncident;
import com.github.dikhan.pagerduty.client.events.domain.Severity;
import com.github.dikhan.pagerduty.client.events.domain.TriggerIncident;
import com.github.dikhan.pagerduty.client.events.exceptions.NotifyEventException;
import io.intake.processors.task.TimeBudget;
import io.intake.store.ConditionalWrites.Pause;
import java.net.URI;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.json.JSONObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pages through PagerDuty's Events API v2 with com.github.dikhan:pagerduty-client 3.1.2. The client is from 2021, so it is
 * kept to this class and what was found of it is handled here: its own retries block for up to 90 s or are ignored, so they
 * are off; 429 and 5xx come back as a status and are not thrown; odd answers throw unchecked; nothing checks the API's
 * length limits. Its debug log would print the routing key: the deployed logger is at INFO. Thread-safe.
 */
public final class PagerDutyPager implements Pager {
    /** Events API v2's limits, in characters. */
    static final int MAX_SUMMARY = 1_024;

    static final int MAX_DEDUP_KEY = 255;

    private static final Logger LOG = LoggerFactory.getLogger(PagerDutyPager.class);
    private static final String US = "https://events.pagerduty.com/v2/enqueue";
    private static final int TRIES = 4;

    private final PagerDutyEventsClient client;
    private final String routingKey;
    private final String source;
    private final RandomGenerator random;
    private final Pause pause;

    /**
     * @param endpoint of the Events API v2; null for PagerDuty's own in the US
     * @param source what PagerDuty shows as the affected system
     */
    public PagerDutyPager(
            String routingKey, @Nullable URI endpoint, String source, RandomGenerator random, Pause pause) {
        String events = endpoint == null ? US : endpoint.toString();
        this.client = PagerDutyEventsClient.create(events, events.replace("/v2/enqueue", "/v2/change/enqueue"), false);
        this.routingKey = routingKey;
        this.source = source;
        this.random = random;
        this.pause = pause;
    }

    @Override
    public Outcome send(PageEvent event, TimeBudget budget) {
        for (int attempt = 1; ; attempt++) {
            Outcome outcome = once(event);
            Duration delay = Duration.ofMillis(random.nextLong(1_000L << (attempt - 1)) + 1);
            boolean again = outcome == Outcome.UNAVAILABLE
                    && attempt < TRIES
                    && budget.remaining().compareTo(delay) > 0;
            if (!again) {
                return outcome;
            }
            pause.pause(delay);
        }
    }

    private Outcome once(PageEvent event) {
        try {
            return outcome(
                    switch (event.action()) {
                        case TRIGGER -> client.trigger(incident(event));
                        case RESOLVE ->
                            client.resolve(
                                    ResolveIncident.ResolveIncidentBuilder.newBuilder(routingKey, dedupKey(event))
                                            .build());
                    });
        } catch (NotifyEventException | RuntimeException unclear) {
            // The client throws the same for a dead network, an HTML error page and an empty JSON array. Its message
            // may
            // quote the answer, so only the class is logged.
            LOG.warn(
                    "{\"page\":\"unclear\",\"cause\":\"{}\"}",
                    unclear.getClass().getSimpleName());
            return Outcome.UNAVAILABLE;
        }
    }

    /** Success is the status {@code success}; a number is an HTTP status that is worth another try; else it was refused. */
    private static Outcome outcome(EventResult result) {
        String status = result.getStatus();
        if ("success".equals(status)) {
            return Outcome.ACCEPTED;
        }
        boolean unavailable = status == null || status.equals("429") || status.matches("5\\d\\d");
        LOG.warn("{\"page\":\"not accepted\",\"status\":\"{}\"}", status == null ? "none" : status);
        return unavailable ? Outcome.UNAVAILABLE : Outcome.REFUSED;
    }

    private TriggerIncident incident(PageEvent event) {
        JSONObject details = new JSONObject();
        event.details().forEach(details::put);
        Payload payload = Payload.Builder.newBuilder()
                .setSummary(cut(event.summary(), MAX_SUMMARY))
                .setSource(source)
                .setSeverity(severity(event.severity()))
                .setComponent(event.component())
                .setCustomDetails(details)
                .build();
        return TriggerIncident.TriggerIncidentBuilder.newBuilder(routingKey, payload)
                .setDedupKey(dedupKey(event))
                .setClient("Intake")
                .build();
    }

    private static String dedupKey(PageEvent event) {
        return cut(event.dedupKey(), MAX_DEDUP_KEY);
    }

    private static String cut(String text, int limit) {
        return text.length() <= limit ? text : text.substring(0, limit);
    }

    private static Severity severity(PageEvent.Severity severity) {
        return switch (severity) {
            case CRITICAL -> Severity.CRITICAL;
            case ERROR -> Severity.ERROR;
            case WARNING -> Severity.WARNING;
            case INFO -> Severity.INFO;
        };
    }
}
