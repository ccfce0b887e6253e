package io.intake.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.NaturalNaming;
import io.intake.gateway.files.FileEntry;
import io.intake.gateway.files.PartnerFiles;
import io.intake.gateway.files.WriteOpening;
import io.intake.gateway.protocol.OpenMode;
import io.intake.gateway.protocol.SftpException;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Between two calls to the store there is always an instant at which power can fail. A gateway dies at each of them, just
 * before and just after the call; another one over the same bucket then has the client go on, and what is stored in the end
 * must be what the client has, published once.
 */
class KilledAtEachCallTest {
    private static final int MIB = 1 << 20;
    private static final String KEY = "inbound/p/x.zip";
    private static final int MOST_CALLS = 200;

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() {
        executor.close();
    }

    /** What the client was doing. */
    enum Scenario {
        SMALL(1000, 0, 0, false, false),
        MULTIPART(17 * MIB + 3, 0, 0, false, false),
        /** The connection is lost, and what came is parked: parts and a tail. */
        PARKED(17 * MIB + 3, 0, 0, false, true),
        PARKED_SMALL(3 * MIB, 0, 0, false, true),
        RESUMED(20 * MIB, 9 * MIB + 5, 0, false, false),
        RESUMED_SMALL(3 * MIB, MIB, 0, false, false),
        RESUMED_AND_PARKED(20 * MIB, 9 * MIB + 5, 0, false, true),
        RENAMED_SMALL(1000, 0, 0, true, false),
        RENAMED(17 * MIB + 3, 0, 0, true, false),
        RENAMED_RESUMED(17 * MIB + 3, 9 * MIB + 5, 0, true, false),
        OVERWRITTEN(9 * MIB, 0, 7 * MIB, false, false),
        OVERWRITTEN_PARKED(12 * MIB, 0, 7 * MIB, false, true),
        OVERWRITTEN_RENAMED(9 * MIB, 0, 7 * MIB, true, false);

        private final int size;
        /** What an earlier session sent and parked. */
        private final int earlier;
        /** The size of another file that is under the name already. */
        private final int old;

        private final boolean renamed;
        private final boolean parks;

        Scenario(int size, int earlier, int old, boolean renamed, boolean parks) {
            this.size = size;
            this.earlier = earlier;
            this.old = old;
            this.renamed = renamed;
            this.parks = parks;
        }

        private String sentAs() {
            return renamed ? "/inbound/x.zip.tmp" : "/inbound/x.zip";
        }
    }

    /** A gateway, as far as files go. */
    private final class Gateway {
        private final PartnerFiles files;
        private final UploadServices services;

        Gateway(ObjectStore store) {
            Partials partials =
                    new Partials(store, _ -> {}, () -> UUID.randomUUID().toString());
            services = new UploadServices(
                    store,
                    partials,
                    new MemoryBudget(32L * MIB),
                    PartSchedule.forMemory(32L * MIB),
                    executor,
                    _ -> {},
                    () -> UUID.randomUUID().toString(),
                    InstantSource.system());
            files = new PartnerFiles(store, partials, new NaturalNaming(), "p");
        }

        /** Writes a file's bytes from where it is on, up to an end; the upload is still open. */
        Upload write(String path, byte[] bytes, int to, boolean resume) throws Exception {
            WriteOpening opening = files.openForWriting(path, new OpenMode(false, true, false, true, !resume, false));
            Upload upload = new Upload(services, new Cancellation(), opening.target(), opening.from());
            upload.open();
            for (int at = (int) upload.size(); at < to; at += 100_000) {
                upload.write(at, ByteBuffer.wrap(bytes, at, Math.min(100_000, to - at)));
            }
            return upload;
        }

        long size(String path) throws SftpException {
            try {
                Long size = files.attributes(path).size();
                return size == null ? -1 : size;
            } catch (SftpException e) {
                return -1;
            }
        }

        /** What a client does whose upload was not acknowledged. */
        void goOn(Scenario scenario, byte[] bytes) throws Exception {
            if (scenario.renamed && size("/inbound/x.zip") == bytes.length) {
                return;
            }
            String path = scenario.sentAs();
            long there = size(path);
            if (there < bytes.length) {
                // a name that holds the old file only is written anew
                boolean resume = there > 0 && there != scenario.old;
                write(path, bytes, bytes.length, resume).finish();
            }
            if (scenario.renamed) {
                files.rename(path, "/inbound/x.zip", true);
            }
        }

        void run(Scenario scenario, byte[] bytes) throws Exception {
            Upload upload = write(
                    scenario.sentAs(), bytes, scenario.parks ? bytes.length - MIB : bytes.length, scenario.earlier > 0);
            if (scenario.parks) {
                upload.park();
                return;
            }
            upload.finish();
            if (scenario.renamed) {
                files.rename(scenario.sentAs(), "/inbound/x.zip", true);
            }
        }
    }

    private static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private InMemoryObjectStore before(Scenario scenario, byte[] bytes) throws Exception {
        InMemoryObjectStore bucket = new InMemoryObjectStore(InstantSource.system());
        if (scenario.old > 0) {
            bucket.put(PutRequest.of(KEY, Content.of(bytes(scenario.old, 99)), "application/octet-stream"));
        }
        if (scenario.earlier > 0) {
            new Gateway(bucket)
                    .write(scenario.sentAs(), bytes, scenario.earlier, false)
                    .park();
        }
        return bucket;
    }

    /** Runs until the fatal call; whatever the dying process says is not heard by anybody. */
    private boolean survives(ObjectStore bucket, Scenario scenario, byte[] bytes, int call, boolean after) {
        DyingStore dying = new DyingStore(bucket, call, after);
        try {
            new Gateway(dying.store()).run(scenario, bytes);
        } catch (Exception unheard) {
            if (dying.isAlive()) {
                throw new AssertionError(scenario + " failed without having been killed", unheard);
            }
        }
        return dying.isAlive();
    }

    @ParameterizedTest
    @EnumSource
    void anotherGatewayGoesOn(Scenario scenario) throws Exception {
        byte[] bytes = bytes(scenario.size, scenario.size);
        byte[] old = bytes(scenario.old, 99);
        int calls = 0;
        for (boolean after : new boolean[] {false, true}) {
            boolean alive = false;
            for (int call = 1; !alive; call++) {
                assertThat(call).isLessThan(MOST_CALLS);
                InMemoryObjectStore bucket = before(scenario, bytes);
                alive = survives(bucket, scenario, bytes, call, after);
                String what = "%s killed %s call %d".formatted(scenario, after ? "after" : "before", call);
                byte[] meanwhile = bucket.snapshot().get(KEY);
                assertThat(meanwhile == null
                                || Arrays.equals(meanwhile, bytes)
                                || (scenario.old > 0 && Arrays.equals(meanwhile, old)))
                        .as("%s: nothing but whole files is published", what)
                        .isTrue();
                PublishedCount published = new PublishedCount(bucket, KEY);
                new Gateway(published.store()).goOn(scenario, bytes);
                assertWhole(bucket, bytes, what);
                assertThat(published.count())
                        .as("%s: published again", what)
                        .isEqualTo(Arrays.equals(meanwhile, bytes) ? 0 : 1);
                calls = call;
            }
        }
        assertThat(calls).as("calls of %s", scenario).isGreaterThan(1);
    }

    private void assertWhole(InMemoryObjectStore bucket, byte[] bytes, String what) throws Exception {
        assertThat(Arrays.equals(bucket.snapshot().get(KEY), bytes))
                .as("%s: what is stored is what was sent", what)
                .isTrue();
        PartnerFiles files = new Gateway(bucket).files;
        assertThat(files.attributes("/inbound/x.zip").size()).as(what).isEqualTo(bytes.length);
        var listing = files.list("/inbound");
        Stream<FileEntry> named = Stream.iterate(listing.next(), Optional::isPresent, _ -> listing.next())
                .flatMap(Optional::stream)
                .filter(entry -> entry.name().equals("x.zip"));
        assertThat(named)
                .as(what)
                .singleElement()
                .satisfies(entry -> assertThat(entry.attributes().size()).isEqualTo(bytes.length));
    }

    /** Gateways and clients that die again and again. */
    @Test
    void anUploadThatIsKilledAgainAndAgainIsWholeInTheEnd() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 30; round++) {
            Scenario scenario = Scenario.values()[random.nextInt(Scenario.values().length)];
            byte[] bytes = bytes(scenario.size, round);
            InMemoryObjectStore bucket = before(scenario, bytes);
            String what = "seed %d round %d %s".formatted(seed, round, scenario);
            boolean done =
                    survives(bucket, scenario, bytes, random.nextInt(1, 12), random.nextBoolean()) && !scenario.parks;
            for (int death = 0; !done; death++) {
                assertThat(death).as(what).isLessThan(100);
                done = goesOn(bucket, scenario, bytes, random.nextInt(1, 12 + death), random.nextBoolean());
            }
            assertWhole(bucket, bytes, what);
        }
    }

    private boolean goesOn(ObjectStore bucket, Scenario scenario, byte[] bytes, int call, boolean after) {
        DyingStore dying = new DyingStore(bucket, call, after);
        try {
            new Gateway(dying.store()).goOn(scenario, bytes);
        } catch (Exception unheard) {
            if (dying.isAlive()) {
                throw new AssertionError(scenario + " failed without having been killed", unheard);
            }
        }
        return dying.isAlive();
    }
}
