package io.intake.processors.page;

import com.github.dikhan.pagerduty.client.events.PagerDutyEventsClient;
import com.github.dikhan.pagerduty.client.events.domain.AcknowledgeIncident;
import com.github.dikhan.pagerduty.client.events.domain.EventResult;
import com.github.dikhan.pagerduty.client.events.domain.LinkContext;
import com.github.dikhan.pagerduty.client.events.domain.Payload;
import com.github.dikhan.pagerduty.client.events.domain.ResolveIncident;
import com.github.dikhan.pagerduty.client.events.domain.Severity;
import com.github.dikhan.pagerduty.client.events.domain.TriggerIncident;
import com.github.dikhan.pagerduty.client.events.exceptions.NotifyEventException;
import com.mashape.unirest.http.Unirest;
import io.intake.config.Pager.Proxy;
import io.intake.processors.job.Hashes;
import io.intake.processors.task.TimeBudget;
import io.intake.store.ConditionalWrites.Pause;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.apache.http.HttpHost;
import org.json.JSONObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pages through PagerDuty's Events API v2 with com.github.dikhan:pagerduty-client 3.1.2. The client is from 2021, so it is
 * kept to this class and what was found of it is handled here: its own retries block for up to 90 s or are ignored, so they
 * are off; 429 and 5xx come back as a status and are not thrown; odd answers throw unchecked; nothing checks the API's
 * length limits; its HTTP client, with its proxy and time-outs, is the process's. Its debug log would print the routing key:
 * with that log on, nothing is sent. Thread-safe.
 */
public final class PagerDutyPager implements Pager {
    /** Events API v2's limits, in characters. */
    static final int MAX_SUMMARY = 1_024;

    static final int MAX_DEDUP_KEY = 255;

    /** The limit of an event is 512 KB; so many details of so many characters, of up to six bytes as JSON, are below it. */
    static final int MAX_DETAILS = 60;

    static final int MAX_DETAIL = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(PagerDutyPager.class);
    private static final String CLIENT = "com.github.dikhan.pagerduty.client.events";
    private static final String US = "https://events.pagerduty.com/v2/enqueue";
    private static final int TRIES = 4;
    private static final int CONNECT_MILLIS = 5_000;
    private static final int ANSWER_MILLIS = 10_000;
    /** So much of a hash tells two keys apart that are alike as far as they fit. */
    private static final int HASH_BYTES = 8;

    /** What the process's HTTP client was last set to. */
    private static final AtomicReference<String> NETWORK = new AtomicReference<>("");

    private final PagerDutyEventsClient client;
    private final String routingKey;
    private final String source;
    private final PageLinks links;
    private final RandomGenerator random;
    private final Pause pause;

    /**
     * @param endpoint of the Events API v2; null for PagerDuty's own in the US
     * @param source what PagerDuty shows as the affected system
     */
    public PagerDutyPager(
            String routingKey, @Nullable URI endpoint, String source, RandomGenerator random, Pause pause) {
        this(routingKey, endpoint, null, source, PageLinks.NONE, random, pause);
    }

    /**
     * As above.
     *
     * @param proxy through which it is reached; null for none. One for all pagers of the process
     * @param links where pages lead
     */
    public PagerDutyPager(
            String routingKey,
            @Nullable URI endpoint,
            @Nullable Proxy proxy,
            String source,
            PageLinks links,
            RandomGenerator random,
            Pause pause) {
        String events = endpoint == null ? US : endpoint.toString();
        network(proxy);
        this.client = PagerDutyEventsClient.create(events, events.replace("/v2/enqueue", "/v2/change/enqueue"), false);
        this.routingKey = routingKey;
        this.source = source;
        this.links = links;
        this.random = random;
        this.pause = pause;
    }

    /** Setting it makes another HTTP client with threads of its own, so that it is done when something has changed. */
    private static void network(@Nullable Proxy proxy) {
        String wanted = proxy == null ? "direct" : proxy.host() + ":" + proxy.port();
        String before = NETWORK.getAndSet(wanted);
        if (!before.equals(wanted)) {
            Unirest.setTimeouts(CONNECT_MILLIS, ANSWER_MILLIS);
            if (proxy != null || !before.isEmpty()) {
                Unirest.setProxy(proxy == null ? null : new HttpHost(proxy.host(), proxy.port()));
            }
        }
    }

    @Override
    public Outcome send(PageEvent event, TimeBudget budget) {
        if (wouldPrintTheKey()) {
            LOG.error("{\"page\":\"not sent\",\"cause\":\"the log level of {} would print the routing key\"}", CLIENT);
            return Outcome.UNAVAILABLE;
        }
        for (int attempt = 1; ; attempt++) {
            Outcome outcome = once(event);
            Duration delay = Duration.ofMillis(random.nextLong(1_000L << (attempt - 1)) + 1);
            boolean again = outcome == Outcome.UNAVAILABLE
                    && attempt < TRIES
                    && budget.remaining().compareTo(delay.plusMillis(CONNECT_MILLIS + ANSWER_MILLIS)) > 0;
            if (!again) {
                return outcome;
            }
            pause.pause(delay);
        }
    }

    private static boolean wouldPrintTheKey() {
        return LoggerFactory.getLogger(CLIENT + ".PagerDutyEventsClient").isDebugEnabled()
                || LoggerFactory.getLogger(CLIENT + ".HttpApiServiceImpl").isDebugEnabled();
    }

    private Outcome once(PageEvent event) {
        try {
            return outcome(
                    switch (event.action()) {
                        case TRIGGER -> client.trigger(incident(event));
                        case ACKNOWLEDGE ->
                            client.acknowledge(AcknowledgeIncident.AcknowledgeIncidentBuilder.newBuilder(
                                            routingKey, dedupKey(event))
                                    .build());
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
        LOG.warn("{\"page\":\"not accepted\",\"status\":\"{}\"}", status == null ? "none" : cut(status, 40));
        return unavailable ? Outcome.UNAVAILABLE : Outcome.REFUSED;
    }

    private TriggerIncident incident(PageEvent event) {
        JSONObject details = new JSONObject();
        details(event.details()).forEach(details::put);
        Payload payload = Payload.Builder.newBuilder()
                .setSummary(cut(event.summary(), MAX_SUMMARY))
                .setSource(source)
                .setSeverity(severity(event.severity()))
                .setComponent(cut(event.component(), MAX_DEDUP_KEY))
                .setCustomDetails(details)
                .build();
        return TriggerIncident.TriggerIncidentBuilder.newBuilder(routingKey, payload)
                .setDedupKey(dedupKey(event))
                .setLinks(links.of(event).stream()
                        .map(link -> new LinkContext(link.address(), link.text()))
                        .toList())
                .setClient("Intake")
                .build();
    }

    /** As many as fit, in the order of their names. */
    private static Map<String, String> details(Map<String, String> all) {
        TreeMap<String, String> fitting = new TreeMap<>();
        new TreeMap<>(all)
                .entrySet().stream()
                        .limit(MAX_DETAILS)
                        .forEach(each -> fitting.put(cut(each.getKey(), 100), cut(each.getValue(), MAX_DETAIL)));
        return fitting;
    }

    /** Of keys that are too long, the end is a hash of the whole: two causes must not become one incident. */
    static String dedupKey(PageEvent event) {
        String key = event.dedupKey();
        if (key.length() <= MAX_DEDUP_KEY) {
            return key;
        }
        String hash = Hashes.hex(key, HASH_BYTES);
        return cut(key, MAX_DEDUP_KEY - hash.length() - 1) + "-" + hash;
    }

    /** Half of a character outside the basic plane would be refused. */
    private static String cut(String text, int limit) {
        if (text.length() <= limit) {
            return text;
        }
        boolean split = Character.isHighSurrogate(text.charAt(limit - 1));
        return text.substring(0, split ? limit - 1 : limit);
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
