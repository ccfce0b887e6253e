package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The files behind one that ends before it reaches the engine would wait for ever, if not whoever ended it let them pass: and
 * each function can be the one.
 */
class OrderedPipelineTest {
    private static final String FEEDS = """
                      - id: in-order
                        match: 'in-order/.*'
                        controls: { same-bytes: skip }
                        deliver: { engine: lab, batch: 3, ordered: true, template: row.json }
                """;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whateverEndsAFileLetsTheNextOnesPass() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.bucket.put(PutRequest.of(
                    "config/templates/row.json", Content.of(bytes("{\"id\":\"{{ID}}\"}")), "application/json"));
            world.upload("in-order/1.csv", bytes("ID,X\n1,a\n"));
            // stopped by unzip, by stitch, and by intake as the same bytes again
            world.upload("in-order/2.zip", new byte[500]);
            world.upload("in-order/3.csv", bytes("ID,X\n1,\"a\n"));
            world.upload("in-order/4.csv", bytes("ID,X\n1,a\n"));
            world.upload("in-order/5.csv", bytes("ID,X\n5,e\n"));
            for (int sweeps = 0; sweeps < 4; sweeps++) {
                world.run();
                world.sweepLater();
            }
            world.run();
            assertThat(world.jobs())
                    .extracting(Job::state)
                    .containsExactlyInAnyOrder(
                            JobState.DELIVERED,
                            JobState.QUARANTINED,
                            JobState.QUARANTINED,
                            JobState.SKIPPED,
                            JobState.DELIVERED);
            assertThat(world.keys(BucketLayout.TASKS)).isEmpty();
            assertThat(world.keys(BucketLayout.FEEDS)).noneMatch(key -> key.contains("/order/"));
        }
    }
}
