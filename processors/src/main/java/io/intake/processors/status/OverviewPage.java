package io.intake.processors.status;

import io.intake.processors.job.JobState;
import io.intake.processors.status.Overview.PartnerDay;
import io.intake.processors.status.StatusSource.EngineHealth;
import io.intake.processors.status.StatusSource.FileLine;
import io.intake.processors.status.StatusSource.LateFeed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The first page: what needs a person, the day by partner, engines, and the files that are searched for. Pure. */
final class OverviewPage {
    private static final JobState[] BUSY = {
        JobState.RECEIVED, JobState.COLLECTING, JobState.UNZIPPING, JobState.STITCHING, JobState.FORWARDING
    };

    private final Overview overview;
    private final Search search;

    OverviewPage(Overview overview, Search search) {
        this.overview = overview;
        this.search = search;
    }

    /** @param problems what was wrong with the search; said first */
    List<Html> content(List<String> problems) {
        List<Html> content = new ArrayList<>();
        if (!problems.isEmpty()) {
            List<Html> items =
                    problems.stream().map(each -> Html.of("li", each)).toList();
            content.add(
                    Frame.notice(Words.Tone.BAD, Html.of("p", "The search was not understood:"), Html.of("ul", items))
                            .with("role", "alert"));
        }
        content.add(attention());
        content.add(day());
        if (!overview.held().isEmpty() || !overview.unfinished().isEmpty()) {
            content.add(open());
        }
        content.add(engines());
        if (!overview.late().isEmpty()) {
            content.add(late());
        }
        content.add(files());
        return content;
    }

    private Html attention() {
        List<Html> items = new ArrayList<>();
        overview.engines().stream()
                .filter(engine -> !engine.taking())
                .forEach(engine -> items.add(Html.of(
                        "li",
                        "Engine " + engine.engine() + " does not take records: ",
                        Words.count(engine.waiting(), "file") + " waiting.")));
        if (!overview.held().isEmpty()) {
            items.add(item("held", Words.count(overview.held().size(), "file") + " held: somebody has to decide."));
        }
        overview.late()
                .forEach(feed -> items.add(
                        Html.of("li", "Feed " + feed.partner() + "/" + feed.feed() + ": " + feed.problem() + ".")));
        if (!overview.slow().isEmpty()) {
            items.add(item(
                    "held",
                    Words.count(overview.slow().size(), "file") + " not finished after " + Words.duration(Overview.SLOW)
                            + "."));
        }
        ended(items, JobState.FAILED, "failed on this day.");
        ended(items, JobState.QUARANTINED, "refused on this day.");
        ended(items, JobState.UNMATCHED, "of no feed on this day.");
        if (overview.unsentPages() > 0) {
            items.add(Html.of("li", Words.count(overview.unsentPages(), "page") + " not sent to on-call yet."));
        }
        Html notice = items.isEmpty()
                ? Frame.notice(Words.Tone.GOOD, Html.of("p", "Nothing needs a person now."))
                : Frame.notice(Words.Tone.WARN, Html.of("ul", items));
        return Frame.section("attention", "What needs a person", notice);
    }

    private static Html item(String anchor, String text) {
        return Html.of("li", Html.of("a", text).with("href", "#" + anchor));
    }

    private void ended(List<Html> items, JobState state, String what) {
        long files = overview.in(state);
        if (files > 0) {
            String there = new Search(search.day(), null, null, state).query() + "#files";
            items.add(Html.of(
                    "li", Html.of("a", Words.count(files, "file") + " " + what).with("href", there)));
        }
    }

    private Html day() {
        List<Html> rows = overview.partners().stream().map(this::row).toList();
        String caption = "Files uploaded on " + overview.day() + " (UTC), by partner"
                + (overview.complete() ? "" : "; only the first " + Words.number(Overview.COUNTED) + " are counted");
        Html table = Frame.table(
                caption,
                List.of(
                        "Partner",
                        "Files",
                        "Under way",
                        "Waiting for the engine",
                        "Held",
                        "Delivered",
                        "Refused",
                        "Failed",
                        "Other",
                        "Rows delivered",
                        "Rows rejected",
                        "Size",
                        "Last upload"),
                List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
                rows);
        return Frame.section("day", "The day by partner", table);
    }

    private Html row(PartnerDay partner) {
        Instant last = partner.last();
        String there = new Search(search.day(), partner.partner(), null, null).query() + "#files";
        return Html.of(
                "tr",
                Html.of("th", Html.of("a", partner.partner()).with("href", there))
                        .with("scope", "row"),
                Frame.number(partner.files()),
                Frame.number(partner.in(BUSY)),
                Frame.number(partner.in(JobState.WAITING)),
                Frame.number(partner.in(JobState.HELD)),
                Frame.number(partner.in(JobState.DELIVERED)),
                Frame.number(partner.in(JobState.QUARANTINED)),
                Frame.number(partner.in(JobState.FAILED)),
                Frame.number(partner.in(JobState.SKIPPED, JobState.UNMATCHED)),
                Frame.number(partner.delivered()),
                Frame.number(partner.rejected()),
                Html.of("td", Words.size(partner.bytes())).with("class", "number"),
                last == null ? Html.of("td", "none yet") : Html.of("td", ago(last)));
    }

    private String ago(Instant then) {
        return Words.duration(Duration.between(then, overview.now())) + " ago";
    }

    private Html open() {
        List<FileLine> all = new ArrayList<>(overview.held());
        all.addAll(overview.unfinished());
        List<FileLine> shown = all.subList(0, Math.min(all.size(), Overview.LISTED));
        String caption =
                Words.count(all.size(), "file") + ", whichever day they are of; oldest first, held ones before";
        return Frame.section("held", "Held and not finished", fileTable(caption, shown));
    }

    private Html engines() {
        List<Html> rows = overview.engines().stream().map(this::row).toList();
        Html content = rows.isEmpty()
                ? Html.of("p", "No engine is configured.")
                : Frame.table(
                        "Engines and what is known of them",
                        List.of("Engine", "State", "Since", "Last answer", "Files waiting"),
                        List.of(4),
                        rows);
        return Frame.section("engines", "Engines", content);
    }

    private Html row(EngineHealth engine) {
        Instant since = engine.since();
        return Html.of(
                "tr",
                Html.of("th", engine.engine()).with("scope", "row"),
                Html.of(
                        "td",
                        engine.taking()
                                ? Words.badge(Words.Tone.GOOD, "takes records")
                                : Words.badge(Words.Tone.BAD, "does not take records")),
                since == null ? Html.of("td", "–") : Html.of("td", ago(since)),
                Html.of("td", orDash(engine.code())),
                Frame.number(engine.waiting()));
    }

    private static String orDash(@Nullable String text) {
        return text == null ? "–" : text;
    }

    private Html late() {
        List<Html> rows = overview.late().stream().map(this::row).toList();
        return Frame.section(
                "late",
                "Expected files",
                Frame.table(
                        "Feeds whose expected file is not there",
                        List.of("Partner", "Feed", "What", "Was expected"),
                        List.of(),
                        rows));
    }

    private Html row(LateFeed feed) {
        return Html.of(
                "tr",
                Html.of("th", feed.partner()).with("scope", "row"),
                Html.of("td", feed.feed()),
                Html.of("td", Words.badge(Words.Tone.WARN, feed.problem())),
                Html.of("td", Words.time(feed.due()), " (" + ago(feed.due()) + ")"));
    }

    private Html files() {
        String caption = Words.count(overview.files().size(), "file") + " of " + overview.day()
                + (overview.moreFiles() ? ", and more: narrow the search" : "") + "; newest first";
        return Frame.section(
                "files",
                "Files",
                SearchForm.of(search),
                overview.files().isEmpty() ? Html.of("p", "No file was found.") : fileTable(caption, overview.files()));
    }

    private Html fileTable(String caption, List<FileLine> files) {
        return Frame.table(
                caption,
                List.of("Job", "Partner", "Feed", "State", "For", "Code", "Uploaded", "Size", "Rows delivered"),
                List.of(7, 8),
                files.stream().map(this::row).toList());
    }

    private Html row(FileLine file) {
        return Html.of(
                "tr",
                Html.of("th", Html.of("a", file.job()).with("href", "?job=" + file.job()))
                        .with("scope", "row"),
                Html.of("td", file.partner()),
                Html.of("td", file.feed()),
                Html.of("td", Words.badge(file.state())),
                Html.of(
                        "td",
                        file.state().terminal() ? "–" : Words.duration(Duration.between(file.since(), overview.now()))),
                Html.of("td", orDash(file.code())),
                Html.of("td", Words.time(file.uploadedAt())),
                Html.of("td", Words.size(file.bytes())).with("class", "number"),
                Frame.number(file.delivered()));
    }
}
