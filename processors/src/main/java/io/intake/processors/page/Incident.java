package io.intake.processors.page;

import io.intake.processors.page.PageEvent.Action;
import io.intake.processors.page.PageEvent.Severity;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Many pages with one cause: what is known of them, and when PagerDuty is told again. Pure and immutable; kept under {@code
 * incidents/open/} and changed by compare-and-swap only.
 *
 * @param opened when, in a form that is part of keys: it tells one incident of a cause from the next
 * @param event the first page
 * @param first when the first came
 * @param last when the last came
 * @param count how many came, as far as that decides when to tell
 * @param sample what the first of them are about
 * @param told the count when PagerDuty last took it
 * @param toldAt when that was; null while it knows of none
 * @param claimedUntil until then somebody is telling it; null for nobody
 * @param claimedBy whose page is being sent for all; it stays in the outbox until it is
 * @param open whether it goes on
 * @param checked the member that the sweep looked at last; null for none
 */
record Incident(
        String opened,
        PageEvent event,
        Instant first,
        Instant last,
        int count,
        List<String> sample,
        int told,
        @Nullable Instant toldAt,
        @Nullable Instant claimedUntil,
        @Nullable String claimedBy,
        boolean open,
        @Nullable String checked) {
    /** What comes after so long a silence is another incident: one that was acknowledged yesterday wakes nobody today. */
    static final Duration QUIET = Duration.ofHours(12);

    /** Unless twice as many have come, PagerDuty is not told again before. */
    static final Duration BETWEEN = Duration.ofMinutes(10);

    private static final Duration CLAIM = Duration.ofMinutes(2);
    private static final int SAMPLE = 10;
    private static final DateTimeFormatter OPENED =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    Incident {
        sample = List.copyOf(sample);
    }

    /** The first of its cause, or the first for long. It is being told. */
    static Incident begin(PageEvent event, Instant now) {
        PageEvent.Group group = group(event);
        List<String> sample = group.member() == null ? List.of() : List.of(group.member());
        return new Incident(
                OPENED.format(now), event, now, now, 1, sample, 0, null, now.plus(CLAIM), group.member(), true, null);
    }

    static PageEvent.Group group(PageEvent event) {
        PageEvent.Group group = event.group();
        if (group == null) {
            throw new IllegalArgumentException("a page that is one of many has a group");
        }
        return group;
    }

    /** Whether another page belongs to it. */
    boolean takes(Instant now) {
        return open && !now.isAfter(last.plus(QUIET));
    }

    /** With one more. */
    Incident joined(@Nullable String member, Instant now) {
        List<String> more = new ArrayList<>(sample);
        if (member != null && more.size() < SAMPLE) {
            more.add(member);
        }
        return new Incident(
                opened, event, first, now, count + 1, more, told, toldAt, claimedUntil, claimedBy, open, checked);
    }

    /** Whether PagerDuty is to be told: of the first, of twice as many as it knows, and of any that came long ago. */
    boolean isDue(Instant now) {
        boolean free = claimedUntil == null || !now.isBefore(claimedUntil);
        boolean news = toldAt == null || (count > told && (count / 2 >= told || !now.isBefore(toldAt.plus(BETWEEN))));
        return open && free && news;
    }

    /** Whether PagerDuty is to be told by a member's page: because it is due, or because that page was to do it and did not. */
    boolean isFor(@Nullable String member, Instant now) {
        return isDue(now) || (open && claimedUntil != null && Objects.equals(claimedBy, member));
    }

    Incident claimed(@Nullable String member, Instant now) {
        return new Incident(
                opened, event, first, last, count, sample, told, toldAt, now.plus(CLAIM), member, open, checked);
    }

    /** After PagerDuty took it. */
    Incident told(int known, Instant now) {
        return new Incident(
                opened, event, first, last, count, sample, Math.max(told, known), now, null, null, open, checked);
    }

    Incident closed() {
        return new Incident(opened, event, first, last, count, sample, told, toldAt, null, null, false, checked);
    }

    Incident checked(@Nullable String member) {
        return new Incident(
                opened, event, first, last, count, sample, told, toldAt, claimedUntil, claimedBy, open, member);
    }

    /** What PagerDuty knows it by. */
    static String key(PageEvent event, String opened) {
        return event.dedupKey() + "/" + opened;
    }

    /** The page for all of them. */
    PageEvent page(int many) {
        TreeMap<String, String> details = new TreeMap<>(event.details());
        String summary = event.summary();
        if (many > 1) {
            Instant since = first.truncatedTo(ChronoUnit.SECONDS);
            summary += " (%d since %s)".formatted(many, since);
            details.put("first", since.toString());
            details.put("last", last.truncatedTo(ChronoUnit.SECONDS).toString());
            details.put("sample", String.join(" ", sample));
        }
        details.put("count", Integer.toString(many));
        return new PageEvent(
                Action.TRIGGER,
                key(event, opened),
                event.severity(),
                summary,
                event.component(),
                details,
                event.kind(),
                null);
    }

    /** The end of an incident of a cause. */
    static PageEvent end(PageEvent event, String opened) {
        return new PageEvent(
                Action.RESOLVE,
                key(event, opened),
                Severity.INFO,
                event.summary(),
                event.component(),
                event.details(),
                event.kind(),
                null);
    }
}
