package io.intake.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.gateway.upload.Openings.Opening;
import io.intake.gateway.upload.Openings.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** An old session's file that comes late must not replace a new one's; nor may two that come together pass each other. */
class OpeningsTest {
    private final Openings openings = new Openings();

    private static boolean publish(Opening opening) {
        opening.lock();
        try {
            if (opening.isOvertaken()) {
                return false;
            }
            opening.published();
            return true;
        } finally {
            opening.unlock();
        }
    }

    @Test
    void whoeverOpenedAFileEarlierDoesNotPublishAfterALaterOne() {
        Opening first = openings.open("x", "session 1");
        Opening second = openings.open("x", "session 2");
        Opening other = openings.open("y", "session 1");
        assertThat(publish(second)).isTrue();
        second.close();
        assertThat(publish(first)).isFalse();
        assertThat(publish(other)).isTrue();
    }

    @Test
    void inTheOrderOfOpeningAllPublish() {
        Opening first = openings.open("x", "session 1");
        Opening second = openings.open("x", "session 2");
        assertThat(publish(first)).isTrue();
        assertThat(publish(second)).isTrue();
        Opening third = openings.open("x", "session 1");
        assertThat(publish(third)).isTrue();
    }

    @Test
    void aLaterOneThatPublishesNothingIsInNobodysWay() {
        Opening first = openings.open("x", "session 1");
        openings.open("x", "session 2").close();
        assertThat(publish(first)).isTrue();
    }

    private static Standing standing(Opening opening) {
        opening.lock();
        try {
            return opening.standing();
        } finally {
            opening.unlock();
        }
    }

    @Test
    void whoeverOpenedAFileLaterAndKeepsSomethingOfItOutdatesTheEarlierOnes() {
        Opening first = openings.open("x", "session 1");
        assertThat(standing(first)).isEqualTo(Standing.LATEST);
        Opening own = openings.open("x", "session 1");
        assertThat(publish(own)).isTrue();
        assertThat(standing(first)).isEqualTo(Standing.LATEST);
        Opening second = openings.open("x", "session 2");
        assertThat(standing(first)).isEqualTo(Standing.FOLLOWED);
        second.lock();
        assertThat(second.tryLock()).isTrue();
        second.parked();
        second.unlock();
        second.unlock();
        second.close();
        assertThat(standing(first)).isEqualTo(Standing.OUTDATED);
        assertThat(standing(second)).isEqualTo(Standing.LATEST);
        assertThat(publish(first)).as("parked is not stored").isTrue();
    }

    @Test
    void aSessionDoesNotOvertakeItself() {
        Opening first = openings.open("x", "session 1");
        Opening second = openings.open("x", "session 1");
        assertThat(publish(second)).isTrue();
        assertThat(publish(first)).isTrue();
    }

    @Test
    void onlyFilesThatAreOpenAreRemembered() {
        Opening first = openings.open("x", "session 1");
        Opening second = openings.open("x", "session 2");
        assertThat(openings.count()).isEqualTo(1);
        second.close();
        second.close();
        assertThat(openings.count()).isEqualTo(1);
        first.close();
        assertThat(openings.count()).isZero();
    }

    @Test
    void ofManyThatPublishAtOnceTheLastIsTheNewestThatDid() throws Exception {
        List<Opening> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(openings.open("x", "session " + i));
        }
        List<Integer> published = new ArrayList<>();
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                int number = i;
                ends.add(executor.submit(() -> {
                    start.await();
                    Opening opening = all.get(number);
                    opening.lock();
                    try {
                        if (!opening.isOvertaken()) {
                            published.add(number);
                            opening.published();
                        }
                    } finally {
                        opening.unlock();
                        opening.close();
                    }
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> end : ends) {
                end.get();
            }
        }
        assertThat(published).isSorted().last().isEqualTo(all.size() - 1);
        assertThat(openings.count()).isZero();
    }
}
