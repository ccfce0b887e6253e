package io.intake.processors.unzip;

import org.jspecify.annotations.Nullable;

/** What one invocation keeps between the steps of a task; all of it can be had again from the cursor. Not thread-safe. */
abstract class Continuing implements AutoCloseable {
    private @Nullable UnzipCursor expected;

    /** Whether the step that gave this cursor was taken with this session, so that nobody else can have gone on from it. */
    final boolean continues(UnzipCursor cursor) {
        return cursor.equals(expected);
    }

    /** Remembers what the next step will get. */
    final void expect(UnzipCursor cursor) {
        expected = cursor;
    }

    @Override
    public abstract void close();
}
