package io.intake.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.store.Crc32;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/**
 * Memory that comes and goes makes parts of any size, and sessions end in any place: no mixture of both may move a byte of
 * the file.
 */
class SegmentPropertyTest {
    private static final String PATH = "/inbound/x.zip";
    private static final int MIN = ScaledGateway.MIN;
    private static final int SLAB = ScaledGateway.SLAB;

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() {
        executor.close();
    }

    /** One upload through several gateways, which take memory from it at random. */
    private final class Journey {
        private final Random random;
        private final PartSchedule schedule;
        private final InMemoryObjectStore bucket = ScaledGateway.bucket();
        private final byte[] bytes;
        private final UploadTarget target = UploadTarget.of("p", "inbound/p/", ScaledGateway.KEY);

        private ScaledGateway gateway;
        private Upload upload;
        private int taken;

        Journey(Random random) {
            this.random = random;
            long segment = MIN * random.nextLong(1, 6) + SLAB * random.nextLong(0, MemoryBudget.MIN_PART_SLABS);
            PartLimits limits = new PartLimits(MIN, segment, 200, random.nextInt(1, 6));
            this.schedule = new PartSchedule(MIN, segment >= 2 * MIN && random.nextBoolean() ? 2 * MIN : MIN, limits);
            this.bytes = ScaledGateway.bytes(random.nextInt(1, 40 * MIN), random.nextLong());
            this.gateway = new ScaledGateway(bucket, executor, schedule);
            this.upload = new Upload(gateway.services, new Cancellation(), target, null);
        }

        UploadEnd run() throws Exception {
            while (upload.size() < bytes.length) {
                switch (random.nextInt(60)) {
                    case 0 -> leave(true);
                    case 1 -> leave(false);
                    case 2, 3 -> rest();
                    case 4, 5, 6, 7 -> takeMemory();
                    case 8, 9, 10 -> giveMemoryBack();
                    default -> write();
                }
            }
            giveMemoryBack();
            UploadEnd end = upload.finish();
            assertThat(gateway.budget.used()).isZero();
            return end;
        }

        private void write() throws Exception {
            int at = (int) upload.size();
            int count = Math.min(bytes.length - at, random.nextInt(1, MIN));
            upload.write(at, ByteBuffer.wrap(bytes, at, count));
        }

        /** Not before the upload has its first slab, for which it would wait for ever. */
        private void takeMemory() throws Exception {
            write();
            for (int slabs = random.nextInt(1000); slabs > 0 && gateway.budget.tryTake(); slabs--) {
                taken++;
            }
        }

        private void giveMemoryBack() {
            gateway.budget.release(taken);
            taken = 0;
        }

        private void rest() throws Exception {
            Optional<Resting> resting = upload.rest();
            if (resting.isPresent()) {
                giveMemoryBack();
                upload = new Upload(
                        gateway.services,
                        new Cancellation(),
                        target,
                        resting.get().from());
                upload.wake(resting.get());
            }
        }

        /** The session is lost, or its gateway dies; another gateway goes on. */
        private void leave(boolean parks) throws Exception {
            giveMemoryBack();
            if (parks) {
                UploadEnd ignored = upload.park();
            } else {
                upload.dismiss();
            }
            assertThat(gateway.budget.used()).isZero();
            gateway = new ScaledGateway(bucket, executor, schedule);
            upload = gateway.write(PATH, bytes, 0, gateway.size(PATH) > 0);
        }
    }

    @RepeatedTest(3)
    @Timeout(120)
    void whateverSizesPartsHaveTheFileIsTheClientsInTheEnd() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            String what = "seed %d round %d".formatted(seed, round);
            Journey journey = new Journey(random);
            UploadEnd end;
            try {
                end = journey.run();
            } catch (Exception | AssertionError e) {
                throw new AssertionError(what + " " + journey.schedule, e);
            }
            assertThat(end)
                    .as(what)
                    .isInstanceOfSatisfying(
                            UploadEnd.Published.class,
                            published -> assertThat(published.crc32()).isEqualTo(Crc32.of(journey.bytes)));
            assertThat(journey.bucket.snapshot().get(ScaledGateway.KEY))
                    .as(what)
                    .isEqualTo(journey.bytes);
            assertThat(journey.bucket.snapshot().keySet())
                    .as(what)
                    .noneMatch(key -> key.endsWith(UploadTarget.SEGMENT_SUFFIX));
        }
    }
}
