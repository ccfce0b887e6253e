package io.intake.processors.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import io.intake.bucket.Stage;
import io.intake.processors.Records;
import io.intake.processors.TestClock;
import io.intake.store.ConditionalWrites;
import io.intake.store.memory.InMemoryObjectStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A task that is never opened leaves its job unfinished for ever; too many at once leave no room for other jobs. */
class FanOutTest {
    private static final String JOB = "20260304-aa";

    private final InMemoryObjectStore bucket = new InMemoryObjectStore(new TestClock());
    private final AtomicInteger ids = new AtomicInteger();
    private final Records records =
            new Records(bucket, new ConditionalWrites(bucket, () -> "w" + ids.incrementAndGet(), pause -> {}));
    private final TaskStore tasks = new TaskStore(bucket, records);
    private final DoneMarks marks = new DoneMarks(bucket, records);
    private final FanOut fanOut = new FanOut(tasks, marks);

    private void finish(int number) {
        Task task = new Task(Stage.UNZIP, JOB, number, 1);
        marks.put(task, IntNode.valueOf(number));
        tasks.remove(task);
    }

    @Test
    void noMoreThanTheWidthAreOpenAndAllAreOpenedInTheEndWhateverTheOrder() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            bucket.snapshot().keySet().forEach(bucket::delete);
            int first = random.nextInt(1, 5);
            int end = first + random.nextInt(1, 30);
            int width = random.nextInt(1, 10);
            fanOut.open(Stage.UNZIP, JOB, first, end, width);
            int finished = 0;
            for (Set<Integer> open = tasks.open(Stage.UNZIP, JOB);
                    !open.isEmpty();
                    open = tasks.open(Stage.UNZIP, JOB)) {
                assertThat(open).as("seed %d", seed).hasSizeLessThanOrEqualTo(width);
                List<Integer> any = new ArrayList<>(open);
                // two may end at once, and a kill may come before what is next is opened
                Collections.shuffle(any, random);
                finish(any.removeFirst());
                finished++;
                if (random.nextBoolean() && !any.isEmpty()) {
                    finish(any.getFirst());
                    finished++;
                }
                if (end - first > width) {
                    fanOut.open(Stage.UNZIP, JOB, first, end, width);
                }
            }
            assertThat(finished).as("seed %d", seed).isEqualTo(end - first);
        }
    }
}
