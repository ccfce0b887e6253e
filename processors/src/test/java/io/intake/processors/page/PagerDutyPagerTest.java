package io.intake.processors.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.config.Pager.Proxy;
import io.intake.processors.HttpScript;
import io.intake.processors.HttpScript.Answer;
import io.intake.processors.Json;
import io.intake.processors.page.PageEvent.Action;
import io.intake.processors.page.PageEvent.Severity;
import io.intake.processors.page.Pager.Outcome;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A page that seems sent and is not leaves a hospital's file standing still with nobody told. */
class PagerDutyPagerTest {
    private static final String KEY = "0123456789abcdef0123456789abcdef";
    private static final Answer ACCEPTED =
            Answer.of(202, "{\"status\":\"success\",\"message\":\"Event processed\",\"dedup_key\":\"k\"}");
    private static final PageEvent EVENT = new PageEvent(
            Action.TRIGGER, "intake/job/1", Severity.WARNING, "a summary", "job", Map.of("job", "1", "code", "X"));

    private final HttpScript service = new HttpScript(ACCEPTED);
    private final List<Duration> pauses = new ArrayList<>();
    private final PagerDutyPager pager =
            new PagerDutyPager(KEY, service.uri("/v2/enqueue"), "intake-test", new Random(1), pauses::add);

    @AfterEach
    void stop() {
        service.close();
    }

    private Outcome send(PageEvent event) {
        return pager.send(event, () -> Duration.ofMinutes(5));
    }

    private JsonNode sent(int index) throws Exception {
        return Json.mapper().readTree(service.received().get(index).body());
    }

    @Test
    void aTriggerCarriesWhatOnCallNeeds() throws Exception {
        assertThat(send(EVENT)).isEqualTo(Outcome.ACCEPTED);
        JsonNode body = sent(0);
        assertThat(body.path("routing_key").asText()).isEqualTo(KEY);
        assertThat(body.path("event_action").asText()).isEqualTo("trigger");
        assertThat(body.path("dedup_key").asText()).isEqualTo("intake/job/1");
        assertThat(body.path("payload").path("summary").asText()).isEqualTo("a summary");
        assertThat(body.path("payload").path("severity").asText()).isEqualTo("warning");
        assertThat(body.path("payload").path("source").asText()).isEqualTo("intake-test");
        assertThat(body.path("payload").path("custom_details").path("code").asText())
                .isEqualTo("X");
    }

    @Test
    void aResolveNamesTheSameIncident() throws Exception {
        PageEvent resolve = new PageEvent(Action.RESOLVE, "intake/job/1", Severity.INFO, "over", "job", Map.of());
        assertThat(send(resolve)).isEqualTo(Outcome.ACCEPTED);
        assertThat(sent(0).path("event_action").asText()).isEqualTo("resolve");
        assertThat(sent(0).path("dedup_key").asText()).isEqualTo("intake/job/1");
    }

    @Test
    void busyBrokenAndGarbledAnswersAreTriedAgainUntilOneIsClear() {
        service.then(
                Answer.of(429, "{\"status\":\"throttle exceeded\"}"),
                Answer.of(503),
                Answer.of(502, "<html>bad</html>"));
        assertThat(send(EVENT)).isEqualTo(Outcome.ACCEPTED);
        assertThat(service.received()).hasSize(4);
        assertThat(pauses).hasSize(3);
    }

    @Test
    void noAnswerIsTakenForAcceptedUnlessItSaysSo() {
        for (Answer odd :
                List.of(Answer.of(0), Answer.of(202), Answer.of(200, "[]"), Answer.of(200, "{}"), Answer.of(500))) {
            service.then(odd, odd, odd, odd);
            assertThat(send(EVENT)).as("%s", odd).isEqualTo(Outcome.UNAVAILABLE);
        }
    }

    @Test
    void aPageThatPagerDutyCallsInvalidIsNotSentAgain() {
        service.then(Answer.of(
                400,
                "{\"status\":\"invalid event\",\"message\":\"Event object is invalid\",\"errors\":[\"bad key\"]}"));
        assertThat(send(EVENT)).isEqualTo(Outcome.REFUSED);
        assertThat(service.received()).hasSize(1);
    }

    @Test
    void summariesAndKeysAreCutToPagerDutysLimits() throws Exception {
        PageEvent big =
                new PageEvent(Action.TRIGGER, "k".repeat(400), Severity.ERROR, "s".repeat(5_000), "job", Map.of());
        assertThat(send(big)).isEqualTo(Outcome.ACCEPTED);
        assertThat(sent(0).path("dedup_key").asText()).hasSize(PagerDutyPager.MAX_DEDUP_KEY);
        assertThat(sent(0).path("payload").path("summary").asText()).hasSize(PagerDutyPager.MAX_SUMMARY);
    }

    @Test
    void withNoTimeLeftItIsTriedOnce() {
        service.then(Answer.of(503));
        assertThat(pager.send(EVENT, () -> Duration.ZERO)).isEqualTo(Outcome.UNAVAILABLE);
        assertThat(service.received()).hasSize(1);
    }

    @Test
    void anAcknowledgementNamesItsIncident() throws Exception {
        PageEvent seen = new PageEvent(Action.ACKNOWLEDGE, "intake/job/1", Severity.INFO, "seen", "job", Map.of());
        assertThat(send(seen)).isEqualTo(Outcome.ACCEPTED);
        assertThat(sent(0).path("event_action").asText()).isEqualTo("acknowledge");
        assertThat(sent(0).path("dedup_key").asText()).isEqualTo("intake/job/1");
    }

    @Test
    void aPageCarriesItsLinks() throws Exception {
        PageLinks links = new PageLinks("us-east-1", "bucket", List.of(), URI.create("https://wiki.example/runbook"));
        PagerDutyPager linking = new PagerDutyPager(
                KEY, service.uri("/v2/enqueue"), null, "intake-test", links, new Random(1), pauses::add);
        assertThat(linking.send(EVENT, () -> Duration.ofMinutes(1))).isEqualTo(Outcome.ACCEPTED);
        assertThat(sent(0).path("links")).hasSize(2);
        assertThat(sent(0).path("links").get(0).path("href").asText()).isEqualTo("https://wiki.example/runbook#x");
    }

    @Test
    void twoLongKeysThatDifferAtTheirEndsStayTwoIncidents() {
        PageEvent one = new PageEvent(Action.TRIGGER, "k".repeat(300) + "1", Severity.ERROR, "s", "job", Map.of());
        PageEvent two = new PageEvent(Action.TRIGGER, "k".repeat(300) + "2", Severity.ERROR, "s", "job", Map.of());
        assertThat(PagerDutyPager.dedupKey(one)).hasSize(255).isNotEqualTo(PagerDutyPager.dedupKey(two));
    }

    @Test
    void aCharacterOfTwoHalvesIsNotCutInTwo() throws Exception {
        String summary = "s".repeat(PagerDutyPager.MAX_SUMMARY - 1) + "\uD83D\uDE91";
        assertThat(send(new PageEvent(Action.TRIGGER, "k", Severity.ERROR, summary, "job", Map.of())))
                .isEqualTo(Outcome.ACCEPTED);
        assertThat(sent(0).path("payload").path("summary").asText()).hasSize(PagerDutyPager.MAX_SUMMARY - 1);
    }

    @Test
    void howeverMuchIsSaidAnEventIsBelowPagerDutysLimit() throws Exception {
        Map<String, String> much = new TreeMap<>();
        for (int i = 0; i < 500; i++) {
            much.put("detail%03d".formatted(i), "\u0001".repeat(50_000));
        }
        assertThat(send(new PageEvent(Action.TRIGGER, "k", Severity.ERROR, "s", "job", much)))
                .isEqualTo(Outcome.ACCEPTED);
        assertThat(service.received().getFirst().bytes().length).isLessThan(512 * 1024);
        assertThat(sent(0).path("payload").path("custom_details")).hasSize(PagerDutyPager.MAX_DETAILS);
    }

    @Test
    void aProxyIsUsedWhereThereIsOneAndNotAfter() {
        try (HttpScript proxy = new HttpScript(Answer.of(202, "{\"status\":\"success\",\"dedup_key\":\"k\"}"))) {
            URI address = proxy.uri("/");
            PagerDutyPager through = new PagerDutyPager(
                    KEY,
                    URI.create("http://events.invalid/v2/enqueue"),
                    new Proxy(address.getHost(), address.getPort()),
                    "intake-test",
                    PageLinks.NONE,
                    new Random(1),
                    pauses::add);
            assertThat(through.send(EVENT, () -> Duration.ofMinutes(1))).isEqualTo(Outcome.ACCEPTED);
            assertThat(proxy.received()).hasSize(1);
            PagerDutyPager direct =
                    new PagerDutyPager(KEY, service.uri("/v2/enqueue"), "intake-test", new Random(1), pauses::add);
            assertThat(direct.send(EVENT, () -> Duration.ofMinutes(1))).isEqualTo(Outcome.ACCEPTED);
            assertThat(proxy.received()).hasSize(1);
            assertThat(service.received()).hasSize(1);
        }
    }
}
