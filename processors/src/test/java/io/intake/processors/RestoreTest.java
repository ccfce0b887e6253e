package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.Runs.From;
import io.intake.processors.replay.Order;
import io.intake.processors.replay.Replays.Outcome;
import io.intake.store.Content;
import io.intake.store.ObjectInfo;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The bucket is lost with its region in the middle of a file, and restored from the copy in another one, which lags behind: of each
 * object the copy has the last state or an earlier one, whatever it has of others. A file that is delivered again under other
 * idempotency keys is doubled at the engine, and one that stands still without a word is lost.
 */
class RestoreTest {
    private static final int SWEEPS = 12;
    private static final int ROWS = 9;
    private static final int SEEDS = 60;
    private static final String NAME = "daily/a.zip";

    /** What an object was at one time. */
    private record State(byte[] bytes, Map<String, String> metadata) {}

    /** What the bucket held after each call of the functions. */
    private static final class History {
        private final World world;
        private final List<Map<String, State>> states = new ArrayList<>();

        History(World world) {
            this.world = world;
            look();
        }

        void look() {
            Map<String, State> last = states.isEmpty() ? Map.of() : states.getLast();
            Map<String, State> now = new TreeMap<>();
            world.bucket.snapshot().forEach((key, bytes) -> {
                State before = last.get(key);
                now.put(
                        key,
                        before != null && Arrays.equals(before.bytes(), bytes)
                                ? before
                                : new State(
                                        bytes,
                                        world.bucket
                                                .head(key)
                                                .map(ObjectInfo::metadata)
                                                .orElse(Map.of())));
            });
            states.add(now);
        }

        /** What the copy has: each object as it was up to so many calls ago; uploads, which are there before anything is done, always. */
        Collection<PutRequest> copy(Random random, int lag) {
            Map<String, PutRequest> copy = new TreeMap<>();
            TreeSet<String> keys = new TreeSet<>();
            states.forEach(state -> keys.addAll(state.keySet()));
            for (String key : keys) {
                boolean there = key.startsWith(BucketLayout.INBOUND) || key.startsWith(BucketLayout.PARTNERS);
                int index = Math.max(0, states.size() - 1 - (there ? 0 : random.nextInt(lag + 1)));
                @Nullable State state = states.get(index).get(key);
                if (state != null) {
                    copy.put(
                            key,
                            new PutRequest(
                                    key,
                                    Content.of(state.bytes()),
                                    "application/octet-stream",
                                    state.metadata(),
                                    Precondition.ALWAYS));
                }
            }
            List<PutRequest> shuffled = new ArrayList<>(copy.values());
            Collections.shuffle(shuffled, random);
            return shuffled;
        }
    }

    private static final class Lost extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static byte[] export() throws Exception {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("patients.csv", "MRN,NAME\n1,a\n2,b\n3,c\n4,d\n5,e\n6,f\n7,g\n");
        files.put("visits.csv", "ID,MRN\n10,1\n11,2\n");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    /** Runs until a call of the store, at which the region is gone; tells what the copy has. */
    private static boolean lose(World world, int call, int lag, Random random) {
        History history = new History(world);
        int[] calls = new int[1];
        world.aroundEachCall(each -> {
            history.look();
            if (++calls[0] == call) {
                throw new Lost();
            }
        });
        boolean lost = false;
        try {
            world.run();
        } catch (Lost gone) {
            lost = true;
        }
        world.aroundEachCall(each -> {});
        world.restore(history.copy(random, lag));
        return lost;
    }

    /** Lambda tries an event that fails twice more; then only the sweep is left. */
    private static void goOn(World world) {
        for (int sweep = 0; sweep <= SWEEPS; sweep++) {
            while (!world.events.isEmpty()) {
                World.Event event = world.events.remove();
                for (int attempt = 0; attempt < 3; attempt++) {
                    try {
                        world.deliver(event);
                        break;
                    } catch (RuntimeException failed) {
                        // as Lambda does: it is tried again, and given up
                    }
                }
            }
            if (sweep > 3 && world.keys("tasks/").isEmpty()) {
                return;
            }
            world.sweepLater();
        }
    }

    private static Job only(World world, String when) {
        List<Job> jobs = world.jobs();
        assertThat(jobs).as(when).hasSize(1);
        return jobs.getFirst();
    }

    private static void assertEachRowOnce(World world, String when) throws Exception {
        Map<String, List<String>> delivered = world.delivered();
        assertThat(delivered.values().stream().mapToInt(List::size).sum())
                .as(when)
                .isEqualTo(ROWS);
        assertThat(delivered.values())
                .as(when)
                .allSatisfy(rows -> assertThat(rows).doesNotHaveDuplicates());
        assertThat(world.keys("tasks/")).as(when).isEmpty();
    }

    @Test
    void whereTheCopyHasAllEveryUnfinishedFileGoesOn() throws Exception {
        int calls = KilledRun.callsOf(NAME, export());
        for (int call = 1; call <= calls + 1; call += 2) {
            try (World world = new World()) {
                world.upload(NAME, export());
                lose(world, call, 0, new Random(call));
                goOn(world);
                String when = "lost at call " + call;
                assertThat(world.jobs())
                        .as(when)
                        .singleElement()
                        .satisfies(job -> assertThat(job.state()).as(when).isEqualTo(JobState.DELIVERED));
                assertEachRowOnce(world, when);
            }
        }
    }

    @Test
    void whateverTheCopyLacksEachFileIsDeliveredOnceByItsKeysByItselfOrByAReplay() throws Exception {
        int calls = KilledRun.callsOf(NAME, export());
        Map<String, Integer> ends = new TreeMap<>();
        for (int seed = 1; seed <= SEEDS; seed++) {
            Random random = new Random(seed);
            int call = 1 + random.nextInt(calls + 1);
            int lag = 1 + random.nextInt(calls);
            String when = "seed " + seed + ", lost at call " + call + ", copy up to " + lag + " calls behind";
            try (World world = new World()) {
                world.upload(NAME, export());
                lose(world, call, lag, random);
                goOn(world);
                Job job = only(world, when);
                ends.merge(job.state().name(), 1, Integer::sum);
                if (job.state() != JobState.DELIVERED) {
                    world.clock.advance(Duration.ofHours(2));
                    Outcome outcome = world.replays()
                            .order(job.id(), new Order(From.UNZIP, false, false, null, "ops-7", "restored", true));
                    assertThat(outcome)
                            .as(when + ": " + job.state() + " with " + world.keys("tasks/"))
                            .isInstanceOf(Outcome.Accepted.class);
                    Failure first = world.jobs().stream()
                            .filter(each -> each.id().equals(job.id()))
                            .findFirst()
                            .orElseThrow()
                            .failure();
                    ends.merge(first == null ? "none" : first.code(), 1, Integer::sum);
                    goOn(world);
                }
                assertEachRowOnce(world, when);
            }
        }
        assertThat(ends)
                .as("some go on, and some do not")
                .containsKeys("DELIVERED", "GOT_NO_FURTHER")
                .hasSizeGreaterThan(2);
    }
}
