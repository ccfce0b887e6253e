package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.Withheld;
import io.intake.processors.intake.Intake;
import io.intake.store.Content;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A file that is on its way to another name would be delivered twice, once under a name that nobody gave it. */
class WithheldUploadTest {
    private static final String KEY = "inbound/st-marys/daily/x.zip";
    private static final String MARK = Withheld.mark(World.PARTNER, KEY, "u1");

    private final World world = new World();
    private final Intake intake = world.freshSandbox().intake();

    @AfterEach
    void stop() {
        world.close();
    }

    private void put(String key, Map<String, String> metadata) {
        world.bucket.put(new PutRequest(
                key, Content.of(new byte[3]), "application/octet-stream", metadata, Precondition.ALWAYS));
    }

    @Test
    void noJobIsOpenedForAnObjectWithAMark() {
        put(KEY, Map.of(Withheld.UPLOAD_ID, "u1", Withheld.EXPECTED, "1"));
        put(MARK, Map.of());
        assertThat(intake.take(KEY)).isEmpty();
        world.bucket.delete(MARK);
        assertThat(intake.take(KEY)).isPresent();
    }

    @Test
    void theMarkOfOneFileHoldsUpNeitherItsCopyNorALaterOne() {
        put(MARK, Map.of());
        String copy = "inbound/st-marys/daily/y.zip";
        put(copy, Map.of(Withheld.UPLOAD_ID, "u1", Withheld.EXPECTED, "1"));
        assertThat(intake.take(copy)).isPresent();
        put(KEY, Map.of(Withheld.UPLOAD_ID, "u2", Withheld.EXPECTED, "1"));
        assertThat(intake.take(KEY)).isPresent();
    }

    @Test
    void neitherItsEventNorTheSweepOpensAJob() {
        put(KEY, Map.of(Withheld.UPLOAD_ID, "u1", Withheld.EXPECTED, "1"));
        put(MARK, Map.of());
        world.deliver(new World.Event(KEY, "request"));
        world.sweepLater();
        world.run();
        assertThat(world.bucket.snapshot().keySet()).noneMatch(key -> key.startsWith("jobs/"));
    }

    @Test
    void noJobIsOpenedForAnObjectThatGoesAwayWithItsMarkMeanwhile() {
        put(KEY, Map.of(Withheld.UPLOAD_ID, "u1", Withheld.EXPECTED, "1"));
        put(MARK, Map.of());
        AtomicInteger heads = new AtomicInteger();
        world.aroundEachCall(call -> {
            if (call.equals("after head") && heads.incrementAndGet() == 1) {
                world.bucket.delete(KEY);
                world.bucket.delete(MARK);
            }
        });
        assertThat(intake.take(KEY)).isEmpty();
        assertThat(world.bucket.snapshot().keySet()).noneMatch(key -> key.startsWith("jobs/"));
    }
}
