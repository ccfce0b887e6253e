package io.intake.processors.expect;

import io.intake.processors.page.PageEvent;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the files that are expected of a feed; kept at {@code feeds/{partner}/{feed}/expect.json}. Immutable.
 *
 * @param schedule a digest of the schedule that it was last looked at by
 * @param since when the feed was first expected: of files before that nothing is known
 * @param looked when the slot was due that was looked at last; null for none
 * @param satisfied when the slot was due whose files came last; null for none
 * @param level what people were told
 * @param missed slots in a row that went by without their files
 * @param empty whether people were told that a file was empty
 * @param sequence how many pages there have been
 * @param pending pages that are to be left in the outbox, in order; the last one's number is {@code sequence}
 */
record Watch(
        String schedule,
        Instant since,
        @Nullable Instant looked,
        @Nullable Instant satisfied,
        Level level,
        int missed,
        boolean empty,
        int sequence,
        List<PageEvent> pending) {

    /** What people were told. */
    enum Level {
        /** Nothing, or that all is well. */
        FINE,
        /** That a file is due. */
        WARNED,
        /** That a file is late. */
        PAGED
    }

    Watch {
        pending = List.copyOf(pending);
    }

    static Watch begin(String schedule, Instant now) {
        return new Watch(schedule, now, null, null, Level.FINE, 0, false, 0, List.of());
    }

    /** After a look. */
    Watch looked(String by, Instant due, @Nullable Instant satisfiedAt, Level told, int slots, List<PageEvent> pages) {
        return new Watch(by, since, due, satisfiedAt, told, slots, empty, sequence + pages.size(), pages);
    }

    /** After people were told of an empty file, or that one came which is not. */
    Watch asEmpty(boolean now, PageEvent page) {
        return new Watch(schedule, since, looked, satisfied, level, missed, now, sequence + 1, List.of(page));
    }

    /** With its pages in the outbox. */
    Watch left() {
        return new Watch(schedule, since, looked, satisfied, level, missed, empty, sequence, List.of());
    }

    /** The first page's number. */
    int firstNumber() {
        return sequence - pending.size() + 1;
    }
}
