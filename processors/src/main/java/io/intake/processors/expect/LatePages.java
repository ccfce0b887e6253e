package io.intake.processors.expect;

import io.intake.config.FeedMode;
import io.intake.config.PageKind;
import io.intake.processors.page.PageEvent;
import io.intake.processors.page.PageEvent.Action;
import io.intake.processors.page.PageEvent.Severity;
import java.util.Map;
import java.util.TreeMap;

/**
 * Words the pages about a feed's expected files. The warning is an incident of its own: a page that only raised it would
 * wake nobody who has acknowledged it. Pure.
 */
final class LatePages {
    private final String partner;
    private final String feed;
    private final FeedMode mode;

    LatePages(String partner, String feed, FeedMode mode) {
        this.partner = partner;
        this.feed = feed;
        this.mode = mode;
    }

    PageEvent due(Slot slot, int files, int expected) {
        return trigger(
                PageKind.DUE,
                "due",
                "FILE_DUE",
                "%s was due at %s and is not there yet".formatted(what(expected), slot.due()),
                about(slot, files, expected));
    }

    PageEvent late(Slot slot, int files, int expected) {
        return trigger(
                PageKind.LATE,
                "late",
                "FILE_LATE",
                "%s was due at %s and is late".formatted(what(expected), slot.due()),
                about(slot, files, expected));
    }

    PageEvent missing(int slots, int expected) {
        Map<String, String> details = new TreeMap<>();
        details.put("missed", Integer.toString(slots));
        details.put("expected", Integer.toString(expected));
        return trigger(
                PageKind.LATE,
                "late",
                "FILE_MISSING",
                "%s did not come; times missed in a row: %d".formatted(what(expected), slots),
                details);
    }

    PageEvent empty(String job, long bytes) {
        return trigger(
                PageKind.EMPTY,
                "empty",
                "FILE_EMPTY",
                "an expected file came and is empty",
                Map.of(PageEvent.JOB, job, "bytes", Long.toString(bytes)));
    }

    PageEvent dueNoMore() {
        return end(PageKind.DUE, "due");
    }

    PageEvent lateNoMore() {
        return end(PageKind.LATE, "late");
    }

    PageEvent emptyNoMore() {
        return end(PageKind.EMPTY, "empty");
    }

    private static String what(int expected) {
        return expected == 1 ? "an expected file" : "of %d expected files, one or more".formatted(expected);
    }

    private static Map<String, String> about(Slot slot, int files, int expected) {
        return Map.of(
                "due", slot.due().toString(),
                "deadline", slot.deadline().toString(),
                "files", Integer.toString(files),
                "expected", Integer.toString(expected));
    }

    private PageEvent trigger(PageKind kind, String what, String code, String sentence, Map<String, String> more) {
        TreeMap<String, String> details = new TreeMap<>(more);
        details.put("partner", partner);
        details.put("feed", feed);
        details.put(PageEvent.CODE, code);
        if (mode == FeedMode.TEST) {
            details.put("mode", "test");
        }
        return new PageEvent(
                Action.TRIGGER,
                key(what),
                Severity.valueOf(kind.usual().name()),
                "Intake: %s/%s: %s".formatted(partner, feed, sentence),
                "schedule",
                details,
                kind,
                null);
    }

    private PageEvent end(PageKind kind, String what) {
        return new PageEvent(
                Action.RESOLVE,
                key(what),
                Severity.INFO,
                "Intake: %s/%s: all expected files are there".formatted(partner, feed),
                "schedule",
                Map.of("partner", partner, "feed", feed),
                kind,
                null);
    }

    private String key(String what) {
        return "intake/expect/%s/%s/%s".formatted(partner, feed, what);
    }
}
