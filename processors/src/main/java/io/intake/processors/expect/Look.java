package io.intake.processors.expect;

import io.intake.config.Expect;
import io.intake.processors.expect.Watch.Level;
import io.intake.processors.page.PageEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether the files of a feed that are expected have come, and says what people are to be told. Pure: what came is
 * asked of a function. However long nobody looked, people are told once.
 */
final class Look {
    /** Slots that went by since the last look and are looked at each; what is before them counts as one that was. */
    static final int CAUGHT_UP = 20;

    private final Expect rules;
    private final Schedule schedule;
    private final String digest;
    private final LatePages pages;
    private final ToIntFunction<Slot> arrived;

    /**
     * @param digest of the rules
     * @param pages words them
     * @param arrived how many files came in a slot's window; need not count beyond as many as are expected
     */
    Look(Expect rules, String digest, LatePages pages, ToIntFunction<Slot> arrived) {
        this.rules = rules;
        this.schedule = new Schedule(rules);
        this.digest = digest;
        this.pages = pages;
        this.arrived = arrived;
    }

    /** What is known after a look at an instant. */
    Watch at(Watch before, Instant now) {
        Optional<Slot> slot = schedule.at(now);
        if (slot.isEmpty()) {
            return before;
        }
        Slot current = slot.get();
        // Of another schedule, no slot can be said to have gone by
        Instant looked = before.schedule().equals(digest) ? before.looked() : null;
        if (looked != null && looked.isAfter(current.due())) {
            return before;
        }
        int missed = missed(before, looked, current);
        int files = current.due().equals(before.satisfied()) ? rules.files() : arrived.applyAsInt(current);
        boolean satisfied = files >= rules.files();
        Level level = satisfied ? Level.FINE : level(before, current, missed, now);
        int slots = satisfied ? 0 : missed;
        List<PageEvent> told = told(before, level, slots, current, files);
        @Nullable Instant satisfiedAt = satisfied ? current.due() : before.satisfied();
        return before.looked(digest, current.due(), satisfiedAt, level, slots, told);
    }

    /** How many slots in a row went by without their files. */
    private int missed(Watch before, @Nullable Instant looked, Slot current) {
        int missed = before.missed();
        if (looked == null) {
            return missed;
        }
        List<Slot> gone = new ArrayList<>();
        Slot each = schedule.slot(looked);
        while (each.due().isBefore(current.due())) {
            gone.add(each);
            Optional<Slot> next = schedule.after(each);
            if (next.isEmpty()) {
                break;
            }
            each = next.get();
        }
        for (Slot slot : gone.subList(Math.max(0, gone.size() - CAUGHT_UP), gone.size())) {
            if (slot.due().equals(before.satisfied()) || arrived.applyAsInt(slot) >= rules.files()) {
                missed = 0;
            } else if (isKnown(before, slot)) {
                missed++;
            }
        }
        return missed;
    }

    private static boolean isKnown(Watch watch, Slot slot) {
        return !slot.opens().isBefore(watch.since());
    }

    private static Level level(Watch before, Slot current, int missed, Instant now) {
        if (missed > 0) {
            return Level.PAGED;
        }
        if (!isKnown(before, current) || now.isBefore(current.due())) {
            return Level.FINE;
        }
        return now.isBefore(current.deadline()) ? Level.WARNED : Level.PAGED;
    }

    private List<PageEvent> told(Watch before, Level level, int missed, Slot current, int files) {
        List<PageEvent> told = new ArrayList<>();
        if (level == Level.PAGED && (before.level() != Level.PAGED || missed > before.missed())) {
            told.add(missed > 0 ? pages.missing(missed, rules.files()) : pages.late(current, files, rules.files()));
        }
        if (level == Level.WARNED && before.level() != Level.WARNED) {
            told.add(pages.due(current, files, rules.files()));
        }
        if (level != Level.WARNED && before.level() == Level.WARNED) {
            told.add(pages.dueNoMore());
        }
        if (level != Level.PAGED && before.level() == Level.PAGED) {
            told.add(pages.lateNoMore());
        }
        return told;
    }
}
