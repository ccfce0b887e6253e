package io.intake.processors.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.Records;
import io.intake.processors.TestClock;
import io.intake.store.ConditionalWrites;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The record of a dead invocation holds the event with a file's name in it: that must not reach a pager. */
class DeadInvocationsTest {
    private static final String KEY = "aws/lambda/async/intake-prod-unzip/2026/03/04/2026-03-04T05.06.07-1.json";

    private final InMemoryObjectStore bucket = new InMemoryObjectStore(new TestClock());
    private final Records records = new Records(bucket, new ConditionalWrites(bucket, () -> "w", pause -> {}));
    private final DeadInvocations dead = new DeadInvocations(records, new Outbox(records));

    private void put(String json) {
        bucket.put(PutRequest.of(KEY, Content.of(json.getBytes(StandardCharsets.UTF_8)), "application/json"));
    }

    @Test
    void aPageNamesTheFunctionAndTheConditionAndNothingOfTheEvent() {
        put("""
                {"version":"1.0","timestamp":"2026-03-04T05:06:07Z",
                 "requestContext":{"requestId":"r-1","condition":"RetriesExhausted","approximateInvokeCount":3,
                   "functionArn":"arn:aws:lambda:us-east-1:123456789012:function:intake-prod-unzip:$LATEST"},
                 "requestPayload":{"Records":[{"s3":{"object":{"key":"inbound/p/Doe_Jane.zip"}}}]},
                 "responsePayload":{"errorMessage":"Doe_Jane"}}
                """);
        dead.report(KEY);
        String page = new String(
                bucket.snapshot().entrySet().stream()
                        .filter(each -> each.getKey().startsWith("tasks/page/function-intake-prod-unzip-"))
                        .findFirst()
                        .orElseThrow()
                        .getValue(),
                StandardCharsets.UTF_8);
        assertThat(page)
                .contains("RetriesExhausted")
                .contains("intake-prod-unzip")
                .contains("r-1")
                .doesNotContain("Doe")
                .doesNotContain("inbound");
    }

    @Test
    void whatIsNoSuchRecordIsLeftAlone() {
        put("{\"hello\":1}");
        dead.report(KEY);
        dead.report(KEY + ".absent");
        assertThat(bucket.snapshot()).containsOnlyKeys(KEY);
    }
}
