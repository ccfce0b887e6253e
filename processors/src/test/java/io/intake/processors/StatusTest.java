package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext.Authorizer;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext.Http;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext.IAM;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.config.StoredConfiguration;
import io.intake.iam.DeployedRoles;
import io.intake.processors.lambda.IntakeHandler;
import io.intake.processors.lambda.StatusHandler;
import io.intake.processors.page.PageEvent;
import io.intake.processors.page.PageEvent.Action;
import io.intake.processors.page.PageEvent.Severity;
import io.intake.processors.page.PageTask;
import io.intake.processors.status.QueriedStatus;
import io.intake.processors.status.StatusPages;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The status page over what the functions really leave in the bucket, and who is shown it. */
class StatusTest {
    private static final byte[] FILE = SimulatedHospital.zip(Map.of("a.csv", "X\n1\n2\n"));
    private static final String FEEDS = """
                  - id: nightly
                    match: 'nightly/.*'
                    expect: { days: mon-sun, by: "06:30", zone: UTC, grace: 1h }
                    deliver: { engine: lab }
            """;

    private static StatusHandler handler(World world) {
        ObjectStore store = DeployedRoles.ofThisProject().guarding(world.bucket, "status");
        StoredConfiguration configuration =
                new StoredConfiguration(store, BucketLayout.PARTNERS, world.clock, Duration.ofSeconds(1));
        return new StatusHandler(new StatusPages(QueriedStatus.over(store, configuration), "test", world.clock));
    }

    private static APIGatewayV2HTTPEvent event(boolean known, Map<String, String> values) {
        RequestContext.RequestContextBuilder context = RequestContext.builder()
                .withHttp(Http.builder().withMethod("GET").build());
        if (known) {
            context.withAuthorizer(Authorizer.builder()
                    .withIam(IAM.builder()
                            .withUserArn("arn:aws:iam::1:user/on-call")
                            .build())
                    .build());
        }
        return APIGatewayV2HTTPEvent.builder()
                .withRequestContext(context.build())
                .withHeaders(Map.of("accept", "application/json"))
                .withQueryStringParameters(values.isEmpty() ? null : values)
                .build();
    }

    private static JsonNode shown(World world, Map<String, String> values) throws Exception {
        APIGatewayV2HTTPResponse answer = handler(world).handleRequest(event(true, values), new TestContext("request"));
        assertThat(answer.getStatusCode()).isEqualTo(200);
        return Json.mapper().readTree(answer.getBody());
    }

    @Test
    void whomNobodyHasCheckedIsShownNothing() {
        try (World world = new World()) {
            world.upload("daily/a.zip", FILE);
            world.run();
            for (APIGatewayV2HTTPEvent each :
                    new APIGatewayV2HTTPEvent[] {event(false, Map.of()), new APIGatewayV2HTTPEvent()}) {
                APIGatewayV2HTTPResponse answer = handler(world).handleRequest(each, new TestContext("request"));
                assertThat(answer.getStatusCode()).isEqualTo(403);
                assertThat(answer.getBody()).doesNotContain("st-marys");
            }
        }
    }

    @Test
    void itShowsFilesByStateAndTheJobOfEach() throws Exception {
        try (World world = new World()) {
            world.upload("daily/a.zip", FILE);
            world.upload("daily/b.zip", "none".getBytes(StandardCharsets.UTF_8));
            world.upload("elsewhere", FILE);
            world.run();
            JsonNode day = shown(world, Map.of());
            JsonNode states = day.path("partners").get(0).path("states");
            assertThat(states.path("DELIVERED").asInt()).isEqualTo(1);
            assertThat(states.path("QUARANTINED").asInt()).isEqualTo(1);
            assertThat(states.path("UNMATCHED").asInt()).isEqualTo(1);
            assertThat(day.path("engines").get(0).path("engine").asText()).isEqualTo("lab");
            JsonNode refused =
                    shown(world, Map.of("state", "QUARANTINED")).path("files").get(0);
            JsonNode job = shown(world, Map.of("job", refused.path("job").asText()));
            assertThat(job.path("failure").path("code")).isEqualTo(refused.path("code"));
            assertThat(job.path("history")).hasSize(2);
        }
    }

    @Test
    void anExpectedFileThatIsLateIsShown() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            assertThat(shown(world, Map.of()).path("late")).isEmpty();
            put(
                    world,
                    BucketLayout.feedExpected("st-marys", "nightly"),
                    Map.of("level", "PAGED", "missed", 1, "looked", "2026-03-04T06:30:00Z", "empty", false));
            JsonNode late = shown(world, Map.of()).path("late").get(0);
            assertThat(late.path("feed").asText()).isEqualTo("nightly");
            assertThat(late.path("problem").asText()).isEqualTo("late");
            assertThat(late.path("due").asText()).isEqualTo("2026-03-04T06:30:00Z");
        }
    }

    @Test
    void anEngineThatIsOutOfReachAndPagesThatWaitAreShown() throws Exception {
        try (World world = new World()) {
            put(world, BucketLayout.engineState("lab"), Map.of("open", true, "code", "X_BROKE"));
            PageEvent page = new PageEvent(Action.TRIGGER, "k", Severity.ERROR, "s", "job", Map.of());
            put(world, BucketLayout.task(Stage.PAGE, "20260304-aa", 1), new PageTask(page, 1));
            JsonNode overview = shown(world, Map.of());
            assertThat(overview.path("unsentPages").asInt()).isEqualTo(1);
            JsonNode engine = overview.path("engines").get(0);
            assertThat(engine.path("engine").asText()).isEqualTo("lab");
            assertThat(engine.toString()).contains("X_BROKE");
        }
    }

    private static void put(World world, String key, Object value) {
        world.bucket.put(PutRequest.of(key, Content.of(Json.bytes(value)), Json.TYPE));
    }

    @Test
    void aFunctionsExceptionTellsNothingThatOthersPutIntoIt() {
        try (World world = new World()) {
            world.upload("daily/a.zip", FILE);
            world.aroundEachCall(call -> Integer.parseInt("Quixotl"));
            assertThatThrownBy(() -> new IntakeHandler(world.freshSandbox())
                            .handleRequest(
                                    TestContext.notification("inbound/st-marys/daily/a.zip"),
                                    new TestContext("request")))
                    .hasMessageStartingWith("java.lang.NumberFormatException")
                    .hasMessageNotContaining("Quixotl")
                    .hasNoCause();
        }
    }
}
