package io.intake.processors.status;

import java.time.Instant;
import java.util.List;

/** What all pages have around their content. Pure. */
final class Frame {
    private Frame() {}

    /**
     * A document.
     *
     * @param title of this page, and its heading
     * @param stage of deployment
     * @param here the address of this page, from its {@code ?} on
     * @param refresh in seconds; 0 for a page that stays as it is
     */
    static String document(String title, String stage, Instant now, String here, int refresh, List<Html> content) {
        Html head = Html.of(
                "head",
                Html.of("meta").with("charset", "utf-8"),
                Html.of("meta").with("name", "viewport").with("content", "width=device-width, initial-scale=1"),
                Html.of("meta").with("name", "robots").with("content", "noindex"));
        if (refresh > 0) {
            head.add(Html.of("meta").with("http-equiv", "refresh").with("content", Integer.toString(refresh)));
        }
        head.add(Html.of("title", title + " – Intake " + stage), Html.of("style", Style.SHEET));
        Html header = Html.of(
                "header",
                Html.of("h1", title),
                Html.of("p", "Intake, stage " + stage + ", as of ", Words.time(now), " UTC")
                        .with("class", "quiet"));
        Html main = Html.of("main", content).with("id", "content").with("tabindex", "-1");
        Html body = Html.of(
                "body",
                Html.of("a", "Skip to the content").with("class", "skip").with("href", "#content"),
                header,
                main,
                footer(here, refresh));
        return Html.of("html", head, body).with("lang", "en").document();
    }

    private static Html footer(String here, int refresh) {
        String more = here + (here.equals("?") ? "" : "&");
        Html again = refresh > 0
                ? Html.of("a", "Stop refreshing (every " + refresh + " s now)").with("href", here)
                : Html.of("a", "Refresh every 30 s").with("href", more + "refresh=30");
        return Html.of(
                "footer",
                Html.of(
                        "p",
                        Html.of("a", "Load again").with("href", here),
                        " · ",
                        again,
                        " · ",
                        Html.of("a", "This as JSON").with("href", more + "format=json")),
                Html.of(
                        "p",
                        "Times are in UTC. Files are known by job: their names are shown by ",
                        Html.of("code", "intake job ID --reveal"),
                        " to those who may see them."));
    }

    /** A part of a page with its heading. */
    static Html section(String id, String heading, Object... content) {
        return Html.of("section", Html.of("h2", heading).with("id", id))
                .add(content)
                .with("aria-labelledby", id);
    }

    /** A table that scrolls by itself where the screen is narrow, also by keyboard. */
    static Html table(String caption, List<String> columns, List<Integer> numbers, List<Html> rows) {
        Html heads = Html.of("tr");
        for (int at = 0; at < columns.size(); at++) {
            Html head = Html.of("th", columns.get(at)).with("scope", "col");
            heads.add(numbers.contains(at) ? head.with("class", "number") : head);
        }
        Html table = Html.of("table", Html.of("caption", caption), Html.of("thead", heads), Html.of("tbody", rows));
        return Html.of("div", table)
                .with("class", "wide")
                .with("role", "region")
                .with("aria-label", caption)
                .with("tabindex", "0");
    }

    static Html number(long value) {
        return Html.of("td", Words.number(value)).with("class", "number");
    }

    /** Something that is said before all else. */
    static Html notice(Words.Tone tone, Object... content) {
        return Html.of("div").add(content).with("class", "notice " + tone.css());
    }
}
