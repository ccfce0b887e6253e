package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.hold.Decision.Action;
import io.intake.processors.hold.Holds.Outcome;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A file that was cut short and is loaded as the full one takes thousands of patients out of a list; one that waits for a
 * person whom nobody tells waits for ever.
 */
class HoldPipelineTest {
    private static byte[] rows(int count, String more) {
        StringBuilder rows = new StringBuilder("id,v" + more + "\n");
        for (int i = 0; i < count; i++) {
            rows.append(i).append(",x\n");
        }
        return rows.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void usual(World world) {
        int[] sizes = {10, 12, 11};
        for (int size : sizes) {
            world.upload("measured/" + size + ".csv", rows(size, ""));
            world.run();
        }
    }

    private static Job job(World world, String path) {
        return world.jobs().stream()
                .filter(job -> job.input().key().endsWith(path))
                .findFirst()
                .orElseThrow();
    }

    private static Outcome decide(World world, Action action) {
        Outcome outcome = world.holds().decide(job(world, "small.csv").id(), action, "ops-7");
        world.run();
        return outcome;
    }

    @Test
    void nothingIsUsualBeforeThreeFiles() throws Exception {
        try (World world = new World()) {
            for (int size : new int[] {50, 2}) {
                world.upload("measured/" + size + ".csv", rows(size, ""));
                world.run();
            }
            assertThat(world.jobs()).extracting(Job::state).containsOnly(JobState.DELIVERED);
        }
    }

    @Test
    void aFileThatShrankWaitsAndBothSidesAreTold() throws Exception {
        try (World world = new World()) {
            usual(world);
            int before = world.engine.received().size();
            world.upload("measured/small.csv", rows(6, ""));
            world.run();

            assertThat(job(world, "small.csv").state()).isEqualTo(JobState.HELD);
            assertThat(job(world, "small.csv").settled()).isTrue();
            assertThat(world.keys("held/"))
                    .containsExactly("held/" + job(world, "small.csv").id());
            assertThat(world.engine.received()).hasSize(before);
            assertThat(world.receipt("measured/small.csv", "held")
                            .path("problem")
                            .asText())
                    .isEqualTo("The file has 6 rows where about 11 are usual.");
            assertThat(world.pager.received())
                    .singleElement()
                    .satisfies(page -> assertThat(page.body())
                            .contains(
                                    "SHRUNK",
                                    "intake/held/",
                                    job(world, "small.csv").id())
                            .doesNotContain("small.csv"));
            world.sweepLater();
            world.run();
            assertThat(world.pager.received()).hasSize(1);
        }
    }

    @Test
    void aFileThatShrankAsMuchAsIsAllowedGoesOn() throws Exception {
        try (World world = new World()) {
            usual(world);
            world.upload("measured/7.csv", rows(7, ""));
            world.run();
            assertThat(job(world, "/7.csv").state()).isEqualTo(JobState.DELIVERED);
        }
    }

    @Test
    void anOperatorLetsItGoOnOnce() throws Exception {
        try (World world = new World()) {
            usual(world);
            world.upload("measured/small.csv", rows(5, ""));
            world.run();
            int before =
                    world.delivered().values().stream().mapToInt(List::size).sum();

            assertThat(decide(world, Action.RELEASE)).isInstanceOf(Outcome.Decided.class);
            assertThat(job(world, "small.csv").state()).isEqualTo(JobState.DELIVERED);
            assertThat(job(world, "small.csv").failure()).isNull();
            assertThat(world.keys("held/")).isEmpty();
            assertThat(world.delivered().values().stream().mapToInt(List::size).sum())
                    .isEqualTo(before + 5);
            assertThat(world.pager.received()).hasSize(2);
            assertThat(world.pager.received().getLast().body()).contains("resolve", "intake/held/");
            assertThat(decide(world, Action.REJECT)).isEqualTo(new Outcome.NotHeld(JobState.DELIVERED));
        }
    }

    @Test
    void aPageThatCouldNotBeSentBeforeTheDecisionIsNotSentAfterIt() throws Exception {
        try (World world = new World()) {
            usual(world);
            HttpScript.Answer down = HttpScript.Answer.of(500);
            world.pager.then(down, down, down, down, down, down, down, down);
            world.upload("measured/small.csv", rows(5, ""));
            world.run();
            int tried = world.pager.received().size();
            decide(world, Action.RELEASE);
            for (int sweep = 0; sweep < 4; sweep++) {
                world.sweepLater();
                world.run();
            }
            assertThat(world.keys("tasks/")).isEmpty();
            assertThat(world.pager
                            .received()
                            .subList(tried, world.pager.received().size()))
                    .last()
                    .satisfies(page -> assertThat(page.body()).contains("resolve"));
        }
    }

    @Test
    void anOperatorRefusesIt() throws Exception {
        try (World world = new World()) {
            usual(world);
            world.upload("measured/small.csv", rows(5, ""));
            world.run();
            int before = world.engine.received().size();

            decide(world, Action.REJECT);

            assertThat(job(world, "small.csv").state()).isEqualTo(JobState.QUARANTINED);
            assertThat(world.receipt("measured/small.csv", "rejected")
                            .path("code")
                            .asText())
                    .isEqualTo("HELD_REJECTED");
            assertThat(world.engine.received()).hasSize(before);
        }
    }

    @Test
    void aKillAroundAnyStoreCallLeavesAFileHeldUntilItsReleaseAndDeliversItThen() throws Exception {
        boolean killed = true;
        for (int kill = 1; killed; kill++) {
            try (World world = new World()) {
                usual(world);
                world.upload("measured/small.csv", rows(5, ""));
                killed = KilledRun.run(world, kill, kill % 2 == 0);
                assertThat(job(world, "small.csv").state())
                        .as("kill at %d", kill)
                        .isEqualTo(JobState.HELD);
                assertThat(world.pager.received()).as("kill at %d", kill).isNotEmpty();
                world.holds().decide(job(world, "small.csv").id(), Action.RELEASE, "ops-7");
                killed |= KilledRun.run(world, kill, kill % 2 == 0);
                assertThat(job(world, "small.csv").state())
                        .as("kill at %d", kill)
                        .isEqualTo(JobState.DELIVERED);
                assertThat(world.delivered().getOrDefault("small", List.of()))
                        .as("kill at %d", kill)
                        .hasSize(5);
            }
        }
    }

    @Test
    void whatWasSentBeforeIsSkippedAndTheReceiptNamesTheEarlierFile() throws Exception {
        try (World world = new World()) {
            world.upload("measured/first.csv", rows(4, ""));
            world.run();
            int before = world.engine.received().size();
            world.upload("measured/again.csv", rows(4, ""));
            world.run();

            assertThat(job(world, "again.csv").state()).isEqualTo(JobState.SKIPPED);
            assertThat(world.receipt("measured/again.csv", "skipped")
                            .path("sameBytesAs")
                            .asText())
                    .isEqualTo("/inbound/measured/first.csv");
            assertThat(world.engine.received()).hasSize(before);
            world.upload("measured/other.csv", rows(4, "w"));
            world.run();
            assertThat(job(world, "other.csv").state()).isEqualTo(JobState.DELIVERED);
        }
    }

    @Test
    void aFileThatWasRefusedMayBeSentAgain() throws Exception {
        byte[] bad = "a,b\n1\n".getBytes(StandardCharsets.UTF_8);
        try (World world = new World()) {
            for (String name : new String[] {"measured/1.csv", "measured/2.csv"}) {
                world.upload(name, bad);
                world.run();
                assertThat(job(world, name).state()).isEqualTo(JobState.QUARANTINED);
            }
        }
    }

    @Test
    void whatWasSentBeforeIsHeldWhereTheFeedSaysSoAndNotForEver() throws Exception {
        try (World world = new World()) {
            world.upload("looked-at/first.csv", rows(4, ""));
            world.run();
            world.upload("looked-at/small.csv", rows(4, ""));
            world.run();
            assertThat(job(world, "small.csv").state()).isEqualTo(JobState.HELD);
            assertThat(world.receipt("looked-at/small.csv", "held")
                            .path("sameBytesAs")
                            .asText())
                    .isEqualTo("/inbound/looked-at/first.csv");

            decide(world, Action.RELEASE);
            assertThat(job(world, "small.csv").state()).isEqualTo(JobState.DELIVERED);

            world.clock.advance(Duration.ofDays(3));
            world.upload("looked-at/later.csv", rows(4, ""));
            world.run();
            assertThat(job(world, "later.csv").state()).isEqualTo(JobState.DELIVERED);
        }
    }
}
