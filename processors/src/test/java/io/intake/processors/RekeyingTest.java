package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.bucket.Naming;
import io.intake.bucket.Naming.Area;
import io.intake.bucket.Naming.Place;
import io.intake.bucket.PartnerPath;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.rekey.Outcome;
import io.intake.processors.rekey.Rekeying;
import io.intake.store.ConditionalWrites;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import io.intake.store.UploadRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** Re-keying writes under inbound/, where every write raises an event: a file could be delivered twice, lost, or told. */
class RekeyingTest {
    private static final Map<String, String> NATURAL = Map.of("INTAKE_NAMING", "natural");
    private static final Map<String, String> FIRST = encrypted("encrypted", "k1");
    private static final Map<String, String> BOTH = encrypted("encrypted", "k2", "k1");
    private static final Map<String, String> FROM_NATURAL = encrypted("encrypted,natural", "k1");
    private static final String FILE = "daily/Smith, John.zip";

    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static Map<String, String> encrypted(String setting, String... ids) {
        StringBuilder keys = new StringBuilder();
        for (String id : ids) {
            byte[] secret = new byte[64];
            Arrays.fill(secret, (byte) id.hashCode());
            keys.append(id)
                    .append(':')
                    .append(Base64.getEncoder().encodeToString(secret))
                    .append(' ');
        }
        return Map.of("INTAKE_NAMING", setting, "INTAKE_NAME_KEYS", keys.toString());
    }

    private static byte[] export() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("patients.csv"));
            zip.write("MRN\n1\n2\n".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** A world in which a file was delivered, and time enough has passed. */
    private static World delivered(Map<String, String> environment) {
        World world = new World(environment);
        world.upload(FILE, export());
        world.run();
        world.bucket.put(PutRequest.of(
                world.names().naming().prefix(place(Area.INBOUND, "empty folder")),
                Content.of(new byte[0]),
                "application/x-directory"));
        world.clock.advance(Duration.ofHours(2));
        return world;
    }

    private static Place place(Area area, String path) {
        return new Place(World.PARTNER, area, PartnerPath.parse(path));
    }

    private static Rekeying.Report rekey(World world, ObjectStore store) {
        Records records = new Records(
                store, new ConditionalWrites(store, () -> UUID.randomUUID().toString(), world.clock::advance));
        StoredNames names = world.names();
        return new Rekeying(
                        store, "bucket", names.naming(), records, new JobStore(records, names.records()), world.clock)
                .run(World.PARTNER);
    }

    /** What the partner sees, by path: each file once. */
    private static Map<String, byte[]> tree(World world, Naming naming) {
        Map<String, byte[]> tree = new TreeMap<>();
        world.bucket
                .snapshot()
                .forEach((key, bytes) -> naming.place(key).ifPresent(place -> {
                    String path = place.area().folder() + place.path();
                    assertThat(tree.put(path, bytes)).as(path).isNull();
                }));
        return tree;
    }

    private static void assertOneJob(World world, String when) throws Exception {
        world.run();
        world.restart();
        world.sweepLater();
        world.run();
        assertThat(world.jobs())
                .as(when)
                .singleElement()
                .satisfies(job -> assertThat(job.state()).isEqualTo(JobState.DELIVERED));
        assertThat(world.delivered()).as(when).containsOnlyKeys("patients");
        assertThat(world.delivered().get("patients")).as(when).hasSize(2);
    }

    @Test
    void everythingGetsItsCurrentNameAndNoJobIsStartedAgain() throws Exception {
        for (List<Map<String, String>> step : List.of(List.of(FIRST, BOTH), List.of(NATURAL, FROM_NATURAL))) {
            try (World world = delivered(step.getFirst())) {
                Map<String, byte[]> before = tree(world, world.names().naming());
                assertThat(before).hasSize(5).containsKey("inbound/" + FILE);
                world.restart(step.getLast());
                Rekeying.Report report = rekey(world, world.watched());
                assertThat(report.text()).isEqualToIgnoringNewLines("      6 were moved");
                assertThat(report.complete()).isTrue();
                Naming current = world.names().naming().generations().getFirst();
                assertThat(tree(world, current)).containsExactlyEntriesOf(before);
                assertThat(world.keys("inbound/")).allMatch(key -> key.startsWith("inbound/st-marys/_"));
                assertOneJob(world, step.toString());
                assertThat(rekey(world, world.watched()).counts()).containsOnlyKeys(Outcome.CURRENT);
            }
        }
    }

    @Test
    void aRunKilledAroundAnyStoreCallIsEndedByTheNext() throws Exception {
        int calls = callsOfARun();
        assertThat(calls).isGreaterThan(30);
        for (int kill = 1; kill <= calls; kill++) {
            try (World world = delivered(FIRST)) {
                Map<String, byte[]> before = tree(world, world.names().naming());
                world.restart(BOTH);
                AtomicInteger count = new AtomicInteger();
                int at = kill;
                world.aroundEachCall(call -> {
                    if (count.incrementAndGet() == at) {
                        throw new Killed();
                    }
                });
                assertThatThrownBy(() -> rekey(world, world.watched())).isInstanceOf(Killed.class);
                world.aroundEachCall(call -> {});
                String when = "kill at call " + kill;
                Naming naming = world.names().naming();
                assertThat(world.bucket.snapshot().keySet().stream()
                                .flatMap(key -> naming.place(key).stream())
                                .distinct())
                        .as(when)
                        .hasSize(before.size());
                assertOneJob(world, when);
                assertThat(rekey(world, world.watched()).complete()).as(when).isTrue();
                assertThat(tree(world, naming.generations().getFirst()))
                        .as(when)
                        .containsExactlyEntriesOf(before);
                assertOneJob(world, when + ", run again");
            }
        }
    }

    private static int callsOfARun() {
        try (World world = delivered(FIRST)) {
            world.restart(BOTH);
            AtomicInteger count = new AtomicInteger();
            world.aroundEachCall(call -> count.incrementAndGet());
            assertThat(rekey(world, world.watched()).complete()).isTrue();
            return count.get();
        }
    }

    @Test
    void whatIsInUseOrUnfinishedStaysAndIsTold() throws Exception {
        try (World world = delivered(FIRST)) {
            world.upload("daily/too new.zip", export());
            world.run();
            Naming former = world.names().naming();
            world.bucket.put(PutRequest.of(
                    former.key(place(Area.INBOUND, "daily/x.tmp")),
                    Content.of(new byte[3]),
                    "application/octet-stream"));
            var unfinished = world.bucket.startUpload(new UploadRequest(
                    former.key(place(Area.INBOUND, "daily/big.zip")), "application/octet-stream", Map.of()));
            world.restart(BOTH);
            Rekeying.Report report = rekey(world, world.watched());
            assertThat(report.complete()).isFalse();
            assertThat(report.count(Outcome.IN_USE)).isEqualTo(2);
            assertThat(report.count(Outcome.UNFINISHED)).isEqualTo(1);
            world.bucket.abortUpload(unfinished);
            world.clock.advance(Duration.ofDays(2));
            assertThat(rekey(world, world.watched()).complete()).isTrue();
            assertThat(world.keys("uploads/")).singleElement().asString().contains("/_k2/");
            world.run();
            assertThat(world.jobs()).hasSize(2);
        }
    }

    @Test
    void aFileWhoseJobHasNotEndedStays() {
        try (World world = new World(FIRST)) {
            world.upload(FILE, export());
            world.clock.advance(Duration.ofHours(2));
            world.restart(BOTH);
            assertThat(rekey(world, world.watched()).count(Outcome.WITHOUT_JOB)).isEqualTo(1);
            world.deliver(world.events.remove());
            assertThat(rekey(world, world.watched()).count(Outcome.IN_USE)).isEqualTo(1);
        }
    }

    @Test
    void aNewerFileOfThatNameIsNeverReplaced() throws Exception {
        try (World world = delivered(FIRST)) {
            world.restart(BOTH);
            world.upload(FILE, new byte[] {1, 2, 3});
            world.run();
            world.clock.advance(Duration.ofHours(2));
            Rekeying.Report report = rekey(world, world.watched());
            // the file, and the receipt that the newer one has replaced, as JSON and as text
            assertThat(report.count(Outcome.REPLACED)).isEqualTo(3);
            assertThat(tree(world, world.names().naming()).get("inbound/" + FILE))
                    .containsExactly(1, 2, 3);
            world.run();
            assertThat(world.jobs())
                    .extracting(Job::state)
                    .containsExactlyInAnyOrder(JobState.DELIVERED, JobState.QUARANTINED);
        }
    }

    @Test
    void whatThePartnerRenamesAfterwardsIsANewFile() throws Exception {
        try (World world = delivered(FIRST)) {
            world.restart(BOTH);
            rekey(world, world.watched());
            world.run();
            Naming naming = world.names().naming();
            world.watched()
                    .copy(
                            new io.intake.store.CopySource(naming.key(place(Area.INBOUND, FILE)), null, null),
                            naming.key(place(Area.INBOUND, "daily/renamed.zip")));
            world.run();
            assertThat(world.jobs()).hasSize(2);
        }
    }

    @Test
    void aLargeFileIsCopiedInsideTheStore() throws Exception {
        try (World world = new World(FIRST)) {
            byte[] large = Arrays.copyOf(export(), 9 << 20);
            world.upload(FILE, large);
            world.run();
            world.clock.advance(Duration.ofHours(2));
            world.restart(BOTH);
            rekey(world, world.watched());
            Naming current = world.names().naming().generations().getFirst();
            assertThat(Arrays.equals(world.bucket.snapshot().get(current.key(place(Area.INBOUND, FILE))), large))
                    .isTrue();
            world.run();
            assertThat(world.jobs()).hasSize(1);
            world.bucket.assertNoOpenUploads();
        }
    }

    @Test
    void anUploadWhoseNameCannotBeReadIsToldAndNotPassedOver() {
        try (World world = delivered(FIRST)) {
            world.restart(encrypted("encrypted", "k2"));
            assertThat(rekey(world, world.watched()).count(Outcome.UNREADABLE)).isPositive();
            world.events.add(new World.Event(
                    world.keys("inbound/st-marys/_k1/").stream()
                            .filter(key -> !key.endsWith("/"))
                            .findFirst()
                            .orElseThrow(),
                    "request"));
            assertThatThrownBy(world::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("INTAKE_NAMING")
                    .hasMessageNotContaining("inbound/");
        }
    }
}
