package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.config.Configuration;
import io.intake.config.ConfigurationParser;
import io.intake.config.Feed;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.Runs.From;
import io.intake.processors.replay.Order;
import io.intake.processors.replay.Replays.Outcome;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A file that a wrong configuration refused is lost to its patients unless it goes through once that is right. */
class CorrectedReplayTest {
    /** The feed as the configuration has it once {@code old} is corrected. */
    private static Feed corrected(World world, String old, String by, String feed) {
        String yaml = world.text(BucketLayout.PARTNERS).replace(old, by);
        world.bucket.put(PutRequest.of(
                BucketLayout.PARTNERS, Content.of(yaml.getBytes(StandardCharsets.UTF_8)), "application/yaml"));
        Configuration now = ConfigurationParser.parse("partners.yml", yaml);
        return now.partner(World.PARTNER).orElseThrow().feeds().stream()
                .filter(each -> each.id().equals(feed))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aFileThatWasRefusedGoesThroughOnceItsFeedIsCorrected() throws Exception {
        for (From from : List.of(From.UNZIP, From.STITCH)) {
            try (World world = new World()) {
                world.upload("keyed/x.csv", "PATIENT,SITE\n1,a\n2,a\n".getBytes(StandardCharsets.UTF_8));
                world.run();
                assertThat(Replaying.only(world).state()).isEqualTo(JobState.QUARANTINED);
                Feed feed = corrected(
                        world,
                        "columns: [ { name: MRN, required: true }, {",
                        "columns: [ { name: MRN, aliases: [PATIENT], required: true }, {",
                        "keyed");
                String id = Replaying.only(world).id();
                assertThat(world.replays().order(id, new Order(from, false, false, null, "ops-7", "no")))
                        .isInstanceOf(Outcome.Accepted.class);
                world.run();
                assertThat(Replaying.replay(world).state())
                        .as("by the feed as it was")
                        .isEqualTo(JobState.QUARANTINED);
                String second = Replaying.replay(world).id();
                assertThat(world.replays().order(second, new Order(from, false, false, feed, "ops-7", "alias")))
                        .isInstanceOf(Outcome.Accepted.class);
                world.run();
                assertThat(world.delivered().get("x")).as("from " + from).isNull();
                assertThat(world.delivered().get("patients"))
                        .as("from " + from)
                        .containsExactly("{\"MRN\":\"1\",\"SITE\":\"a\"}", "{\"MRN\":\"2\",\"SITE\":\"a\"}");
                assertThat(world.receipt("keyed/x.csv", "delivered")
                                .path("replays")
                                .asText())
                        .isEqualTo(second);
            }
        }
    }

    @Test
    void aFileThatNoFeedTookIsTakenByTheFeedThatIsNamed() throws Exception {
        try (World world = new World()) {
            world.upload("dayly/a.zip", Replaying.FILE);
            world.run();
            assertThat(Replaying.only(world).state()).isEqualTo(JobState.UNMATCHED);
            assertThat(world.replays().order(Replaying.only(world).id(), Replaying.order(From.UNZIP, false, false)))
                    .isInstanceOfSatisfying(
                            Outcome.Refused.class, no -> assertThat(no.why()).contains("--feed"));
            Feed daily = corrected(world, "x", "x", "daily");
            world.replays()
                    .order(Replaying.only(world).id(), new Order(From.UNZIP, false, false, daily, "ops-7", "misnamed"));
            world.run();
            Replaying.assertAllAtTheEngineOnce(world, "unmatched");
        }
    }

    @Test
    void aSetThatWasRefusedIsWorkedOnAsItIs() throws Exception {
        String feed = """
                      - id: nightly
                        match: 'night/(?<day>\\d+)/.*'
                        collect: { by: [day], within: 2h, overdue: quarantine, parts: { patients: { match: '.*/patients.csv' }, visits: { match: '.*/visits.csv' } } }
                        deliver: { engine: lab, batch: 3 }
                """;
        try (World world = new World(Map.of(), feed)) {
            world.upload("night/1/patients.csv", "MRN\n1\n".getBytes(StandardCharsets.UTF_8));
            world.run();
            world.clock.advance(Duration.ofHours(3));
            world.sweepLater();
            world.run();
            Job set = world.jobs().stream().filter(Job::isSet).findFirst().orElseThrow();
            Job member = world.jobs().stream().filter(Job::isMember).findFirst().orElseThrow();
            assertThat(List.of(set.state(), member.state())).containsOnly(JobState.QUARANTINED);
            assertThat(world.replays().order(member.id(), Replaying.order(From.UNZIP, false, false)))
                    .isInstanceOfSatisfying(
                            Outcome.Refused.class, no -> assertThat(no.why()).contains(set.id()));
            world.replays().order(set.id(), Replaying.order(From.UNZIP, false, false));
            world.run();
            assertThat(world.delivered()).isEqualTo(Map.of("patients", List.of("{\"MRN\":\"1\"}")));
            assertThat(world.jobs()).filteredOn(Job::isMember).singleElement().satisfies(now -> {
                assertThat(now.state()).isEqualTo(JobState.DELIVERED);
                assertThat(now.failure()).isNull();
            });
            assertThat(world.receipt("night/1/patients.csv", "delivered").has("code"))
                    .isFalse();
        }
    }
}
