package io.intake.processors.unzip;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.intake.processors.plan.Plan;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.store.CopySource;
import io.intake.store.ObjectStore;
import java.util.List;
import java.util.function.IntFunction;

/** Copies what other work extracted, inside the store, a few entries in a step; the cursor says how many are there. */
public final class EntryCopies {
    private static final int ENTRIES_PER_STEP = 20;

    private EntryCopies() {}

    /**
     * One step.
     *
     * @param from the key of an entry's bytes, by its place in the list
     * @param to where they belong
     * @return at the end with {@code entries} and {@code bytes} of the whole list
     */
    public static StepOutcome<UnzipCursor> step(
            ObjectStore store,
            List<Plan.Entry> entries,
            UnzipCursor cursor,
            IntFunction<String> from,
            IntFunction<String> to) {
        int end = Math.min(entries.size(), cursor.done() + ENTRIES_PER_STEP);
        for (int at = cursor.done(); at < end; at++) {
            CopyOnce.copy(
                    store,
                    new CopySource(from.apply(at), null, null),
                    entries.get(at).size(),
                    to.apply(at));
        }
        return end == entries.size()
                ? new Finished<>(JsonNodeFactory.instance
                        .objectNode()
                        .put("entries", entries.size())
                        .put(
                                "bytes",
                                entries.stream().mapToLong(Plan.Entry::size).sum()))
                : new Advanced<>(cursor.after(end), true);
    }
}
