package io.intake.processors.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.processors.HttpScript;
import io.intake.processors.HttpScript.Answer;
import io.intake.processors.Json;
import io.intake.processors.page.PageEvent.Action;
import io.intake.processors.page.PageEvent.Severity;
import io.intake.processors.page.Pager.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
}
