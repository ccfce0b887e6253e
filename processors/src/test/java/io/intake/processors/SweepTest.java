package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.processors.intake.TakenMarks;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.store.Content;
import io.intake.store.ObjectInfo;
import io.intake.store.PutRequest;
import io.intake.store.UploadRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The sweep is what brings a lost file back. One that asks for every file of three days costs more than the work itself; one
 * that stops at the first thing it does not understand finds nothing behind it, for ever.
 */
class SweepTest {
    private static final byte[] FILE = SimulatedHospital.zip(Map.of("a.csv", "X\n1\n"));

    private static List<String> requestsOfASweep(World world) {
        List<String> requests = new ArrayList<>();
        world.aroundEachCall(call -> {
            if (call.startsWith("before ")) {
                requests.add(call.substring(7));
            }
        });
        world.sweepLater();
        world.aroundEachCall(call -> {});
        return requests;
    }

    @Test
    void whereNothingIsUnfinishedItListsAndAsksForNothingElse() {
        try (World world = new World()) {
            for (int i = 0; i < 30; i++) {
                world.upload("daily/" + i + ".zip", FILE);
            }
            world.run();
            assertThat(requestsOfASweep(world))
                    .containsExactly(
                            // engines
                            "list",
                            "list",
                            "read",
                            "list",
                            "list",
                            "list",
                            "listUploads",
                            // paused, not ready, configuration, watched, parked and what was said of it, incidents,
                            // heartbeat
                            "list",
                            "list",
                            "head",
                            "read",
                            "list",
                            "list",
                            "list",
                            "put");
        }
    }

    @Test
    void itsRequestsGrowWithWhatIsUnfinishedAndByOneForAThousandUploadsThatAreDone() {
        try (World world = new World()) {
            for (int i = 0; i < 2_500; i++) {
                ObjectInfo object = world.bucket.put(PutRequest.of(
                        "inbound/st-marys/daily/%04d.zip".formatted(i), Content.of(FILE), "application/zip"));
                world.bucket.put(PutRequest.of(TakenMarks.key(object), Content.of(new byte[0]), "text/plain"));
            }
            assertThat(requestsOfASweep(world)).hasSize(1 + 1 + 1 + 3 + 3 + 1 + 1 + 9);
            world.upload("daily/lost.zip", FILE);
            world.events.clear();
            world.sweepLater();
            assertThat(world.jobs()).hasSize(1);
            world.run();
            assertThat(world.jobs()).singleElement().extracting(Job::state).isEqualTo(JobState.DELIVERED);
        }
    }

    @Test
    void whatItDoesNotUnderstandDoesNotKeepItFromTheRest() {
        try (World world = new World()) {
            put(world, BucketLayout.task(Stage.FORWARD, "00000000-aa", 1), "{\"round\":1}");
            put(world, BucketLayout.checkpoint(Stage.FORWARD, "00000000-aa", 1), "no JSON");
            world.upload("daily/lost.zip", FILE);
            world.events.clear();
            assertThatThrownBy(world::sweepLater).isInstanceOf(IllegalStateException.class);
            world.run();
            assertThat(world.jobs()).singleElement().extracting(Job::state).isEqualTo(JobState.DELIVERED);
        }
    }

    @Test
    void uploadsThatNobodyKnowsOfAreEndedWithTheirJobAndNotBefore() {
        try (World world = new World()) {
            world.upload("daily/a.zip", FILE);
            world.run();
            String ended = world.jobs().getFirst().id();
            world.bucket.startUpload(new UploadRequest(BucketLayout.entry(ended, 0), "x/y", Map.of()));
            world.sweepLater();
            assertThat(world.bucket.listUploads("", null).uploads()).hasSize(1);
            world.clock.advance(Duration.ofHours(1));
            world.sweepLater();
            world.bucket.assertNoOpenUploads();

            world.upload("daily/b.zip", FILE);
            world.deliver(world.events.remove());
            String open = world.jobs().stream()
                    .filter(job -> job.state() == JobState.RECEIVED)
                    .findFirst()
                    .orElseThrow()
                    .id();
            world.bucket.startUpload(new UploadRequest(BucketLayout.entry(open, 0), "x/y", Map.of()));
            world.clock.advance(Duration.ofHours(1));
            world.sweepLater();
            assertThat(world.bucket.listUploads("", null).uploads()).hasSize(1);
        }
    }

    @Test
    void aJobWhoseIntakeDiedIsFoundAlsoWhenTheFileWasReplacedMeanwhile() {
        try (World world = new World()) {
            int[] calls = new int[1];
            world.upload("daily/a.zip", FILE);
            world.aroundEachCall(call -> {
                if (call.equals("after put") && ++calls[0] == 2) {
                    throw new IllegalStateException("killed when the job was recorded");
                }
            });
            assertThatThrownBy(world::run).isInstanceOf(IllegalStateException.class);
            world.aroundEachCall(call -> {});
            world.events.clear();
            world.upload("daily/a.zip", SimulatedHospital.zip(Map.of("a.csv", "X\n2\n")));
            world.run();
            world.sweepLater();
            world.run();
            assertThat(world.jobs()).hasSize(2).allSatisfy(job -> {
                assertThat(job.state().terminal()).isTrue();
                assertThat(job.settled()).isTrue();
            });
        }
    }

    @Test
    void aTaskThatNeverBeganIsStartedAgainEachTimeLaterForItMayOnlyStandInLine() {
        try (World world = new World()) {
            world.upload("daily/a.zip", FILE);
            world.deliver(world.events.remove());
            List<Integer> started = new ArrayList<>();
            for (int sweep = 0; sweep < 12; sweep++) {
                world.events.clear();
                world.sweepLater();
                started.add(world.events.size());
            }
            assertThat(started).startsWith(1, 1, 0, 1).endsWith(0, 0, 0);
            world.clock.advance(Duration.ofHours(1));
            world.sweepLater();
            world.run();
            assertThat(world.jobs()).singleElement().extracting(Job::state).isEqualTo(JobState.DELIVERED);
        }
    }

    private static void put(World world, String key, String content) {
        world.bucket.put(PutRequest.of(key, Content.of(content.getBytes(StandardCharsets.UTF_8)), Json.TYPE));
    }
}
