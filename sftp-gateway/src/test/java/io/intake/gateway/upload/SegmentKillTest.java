package io.intake.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.gateway.upload.StoreFaults.Fault;
import io.intake.store.ObjectStore;
import io.intake.store.memory.InMemoryObjectStore;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A file that is sent in segments is on its way for days: gateways die meanwhile, and stores fail. What a segment held must
 * not have to be sent again, and must never become anything but what the client sent.
 */
class SegmentKillTest {
    private static final int MIN = ScaledGateway.MIN;
    private static final int BEFORE = ScaledGateway.IN_PLACE * MIN;
    private static final int SIZE = BEFORE + 2 * ScaledGateway.MAX + 2 * MIN + 77;
    private static final byte[] BYTES = ScaledGateway.bytes(SIZE, 1);
    private static final String LAST = "/inbound/x.zip";
    private static final int MOST_CALLS = 300;

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() {
        executor.close();
    }

    /** What the client was doing. */
    enum Scenario {
        SENT(LAST, 0, 0),
        PARKED(LAST, 0, 400),
        PARKED_BEHIND_A_SEGMENT(LAST, 0, 2 * MIN + 50),
        RESUMED(LAST, BEFORE + MIN + 99, 0),
        RESUMED_AND_PARKED(LAST, BEFORE + MIN + 99, 333),
        RENAMED("/inbound/x.zip.tmp", 0, 0),
        RENAMED_RESUMED("/inbound/x.zip.tmp", BEFORE + ScaledGateway.MAX + 99, 0);

        private final String sentAs;
        /** What an earlier session sent and parked. */
        private final int earlier;
        /** What the client has not sent when it is lost; 0 if it is not. */
        private final int missing;

        Scenario(String sentAs, int earlier, int missing) {
            this.sentAs = sentAs;
            this.earlier = earlier;
            this.missing = missing;
        }

        private void before(ScaledGateway gateway) throws Exception {
            if (earlier > 0) {
                UploadEnd ignored = gateway.write(sentAs, BYTES, earlier, false).park();
            }
        }

        private void run(ScaledGateway gateway) throws Exception {
            Upload upload = gateway.write(sentAs, BYTES, SIZE - missing, earlier > 0);
            if (missing > 0) {
                gateway.files.ended(sentAs, !(upload.park() instanceof UploadEnd.Parked));
                return;
            }
            gateway.files.ended(sentAs, upload.finish() instanceof UploadEnd.Published);
            if (!sentAs.equals(LAST)) {
                gateway.files.rename(sentAs, LAST, true);
            }
        }
    }

    private boolean survives(InMemoryObjectStore bucket, Scenario scenario, int call, boolean after, Executor parts) {
        DyingStore dying = new DyingStore(bucket, call, after);
        try {
            scenario.run(new ScaledGateway(dying.store(), parts));
        } catch (Exception unheard) {
            if (dying.isAlive()) {
                throw new AssertionError(scenario + " failed without having been killed", unheard);
            }
        }
        return dying.isAlive();
    }

    private static boolean isPublishedOrAbsent(InMemoryObjectStore bucket) {
        byte[] there = bucket.snapshot().get(ScaledGateway.KEY);
        return there == null || Arrays.equals(there, BYTES);
    }

    /** Parts are sent one after the other, so that it is known which ones S3 has. */
    @ParameterizedTest
    @EnumSource
    void whatTheStoreHasIsGoneOnWithAfterEachCallAndNothingIsLeft(Scenario scenario) throws Exception {
        int calls = 0;
        for (boolean after : new boolean[] {false, true}) {
            boolean alive = false;
            for (int call = 1; !alive; call++) {
                assertThat(call).isLessThan(MOST_CALLS);
                InMemoryObjectStore bucket = ScaledGateway.bucket();
                scenario.before(new ScaledGateway(bucket, Runnable::run));
                alive = survives(bucket, scenario, call, after, Runnable::run);
                String what = "%s killed %s call %d".formatted(scenario, after ? "after" : "before", call);
                assertThat(isPublishedOrAbsent(bucket)).as(what).isTrue();
                boolean published = bucket.snapshot().containsKey(ScaledGateway.KEY);
                long durable = published ? 0 : durable(bucket);
                ScaledGateway next = new ScaledGateway(bucket, executor);
                assertThat(published ? 0 : Math.max(0, next.size(scenario.sentAs)))
                        .as("%s: what need not be sent again", what)
                        .isGreaterThanOrEqualTo(durable);
                next.goOn(scenario.sentAs, LAST, BYTES);
                assertThat(ScaledGateway.isWhole(bucket, BYTES))
                        .as("%s: left %s", what, bucket.snapshot().keySet())
                        .isTrue();
                calls = call;
            }
        }
        assertThat(calls).as("calls of %s", scenario).isGreaterThan(10);
    }

    private static long durable(InMemoryObjectStore bucket) {
        long segments = bucket.snapshot().entrySet().stream()
                .filter(object -> object.getKey().endsWith(UploadTarget.SEGMENT_SUFFIX))
                .filter(object -> !isCopied(bucket, object.getValue().length))
                .mapToLong(object -> object.getValue().length)
                .sum();
        return segments + ScaledGateway.durable(bucket);
    }

    /** Killed between the copy and the deletion: then the bytes are there twice. Parts behind those in place are copies. */
    private static boolean isCopied(InMemoryObjectStore bucket, int length) {
        return bucket.listUploads("inbound/", null).uploads().stream()
                .flatMap(upload -> bucket.listParts(upload.ref()).stream())
                .filter(part -> part.number() > ScaledGateway.IN_PLACE)
                .mapToLong(part -> part.size() - length)
                .anyMatch(difference -> difference == 0);
    }

    @Test
    void anUploadThatIsKilledAgainAndAgainIsWholeInTheEnd() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            Scenario scenario = Scenario.values()[random.nextInt(Scenario.values().length)];
            InMemoryObjectStore bucket = ScaledGateway.bucket();
            scenario.before(new ScaledGateway(bucket, executor));
            String what = "seed %d round %d %s".formatted(seed, round, scenario);
            boolean done = survives(bucket, scenario, random.nextInt(1, 40), random.nextBoolean(), executor)
                    && scenario.missing == 0;
            for (int death = 0; !done; death++) {
                assertThat(death).as(what).isLessThan(100);
                done = goesOn(bucket, scenario, random.nextInt(1, 25 + death), random.nextBoolean());
                assertThat(isPublishedOrAbsent(bucket)).as(what).isTrue();
            }
            new ScaledGateway(bucket, executor).goOn(scenario.sentAs, LAST, BYTES);
            assertThat(bucket.snapshot().get(ScaledGateway.KEY)).as(what).isEqualTo(BYTES);
        }
    }

    private boolean goesOn(ObjectStore bucket, Scenario scenario, int call, boolean after) {
        DyingStore dying = new DyingStore(bucket, call, after);
        try {
            new ScaledGateway(dying.store(), executor).goOn(scenario.sentAs, LAST, BYTES);
        } catch (Exception unheard) {
            if (dying.isAlive()) {
                throw new AssertionError(scenario + " failed without having been killed", unheard);
            }
        }
        return dying.isAlive();
    }

    @ParameterizedTest
    @EnumSource
    void whateverFailsTheFileIsWholeOrCanBeGoneOnWith(Scenario scenario) throws Exception {
        StoreFaults none = new StoreFaults(prepared(scenario), Fault.FAILS, Integer.MAX_VALUE);
        scenario.run(new ScaledGateway(none.store(), executor));
        for (Fault fault : Fault.values()) {
            for (int at = 1; at <= none.calls(); at++) {
                check(scenario, fault, at);
            }
        }
    }

    private InMemoryObjectStore prepared(Scenario scenario) throws Exception {
        InMemoryObjectStore bucket = ScaledGateway.bucket();
        scenario.before(new ScaledGateway(bucket, executor));
        return bucket;
    }

    private void check(Scenario scenario, Fault fault, int at) throws Exception {
        InMemoryObjectStore bucket = prepared(scenario);
        StoreFaults faults = new StoreFaults(bucket, fault, at);
        ScaledGateway gateway = new ScaledGateway(faults.store(), executor);
        String what = scenario + ", " + fault + " at call " + at;
        boolean acknowledged = false;
        try {
            scenario.run(gateway);
            acknowledged = scenario.missing == 0;
        } catch (Exception | StoreFaults.Killed e) {
            what += " (" + faults.method() + "): " + e;
        }
        faults.settle();
        assertThat(faults.isDead() || gateway.budget.used() == 0).as(what).isTrue();
        byte[] there = bucket.snapshot().get(ScaledGateway.KEY);
        assertThat(acknowledged ? Arrays.equals(there, BYTES) : isPublishedOrAbsent(bucket))
                .as(what)
                .isTrue();
        try {
            new ScaledGateway(bucket, executor).goOn(scenario.sentAs, LAST, BYTES);
        } catch (Exception e) {
            throw new AssertionError(what, e);
        }
        assertThat(bucket.snapshot().get(ScaledGateway.KEY)).as(what).isEqualTo(BYTES);
    }
}
