package io.intake.processors.status;

import io.intake.processors.job.Failure;
import io.intake.processors.job.Job.Change;
import io.intake.processors.job.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A job's page: what it is about, why it stands where it does, and how it came there. Pure. */
final class JobPage {
    private final JobView job;
    private final Instant now;

    JobPage(JobView job, Instant now) {
        this.job = job;
        this.now = now;
    }

    List<Html> content() {
        List<Html> content = new ArrayList<>();
        content.add(Html.of(
                        "nav", Html.of("p", Html.of("a", "All files of its day").with("href", day())))
                .with("aria-label", "Pages"));
        content.add(Frame.section("about", "What it is about", about()));
        Failure failure = job.failure();
        if (failure != null) {
            content.add(why(failure));
        }
        content.add(Frame.section("history", "History", history()));
        if (!job.counts().isEmpty()) {
            content.add(Frame.section("counts", "Counts", counts()));
        }
        if (!job.members().isEmpty()) {
            List<Html> members = job.members().stream()
                    .map(each -> Html.of("li", link(each)))
                    .toList();
            content.add(Frame.section("members", "Files of the set", Html.of("ul", members)));
        }
        return content;
    }

    /** Job ids begin with the day. */
    private String day() {
        String id = job.job();
        return "?day=" + id.substring(0, 4) + "-" + id.substring(4, 6) + "-" + id.substring(6, 8);
    }

    private static Html link(String id) {
        return Html.of("a", id).with("href", "?job=" + id);
    }

    private Html about() {
        Html list = Html.of("dl");
        entry(list, "State", Words.badge(job.state()));
        entry(list, "Partner", job.partner());
        entry(list, "Feed", job.feed());
        entry(list, "Engine", job.engine());
        entry(list, "Uploaded", Words.time(job.uploadedAt()));
        entry(list, "Size", Words.size(job.bytes()) + " (" + Words.number(job.bytes()) + " bytes)");
        entry(list, "Took", took());
        String set = job.set();
        entry(list, "Part of set", set == null ? null : link(set));
        String earlier = job.earlier();
        entry(list, "Same bytes as", earlier == null ? null : link(earlier));
        return list;
    }

    private static void entry(Html list, String term, @Nullable Object value) {
        if (value != null) {
            list.add(Html.of("dt", term), Html.of("dd", value));
        }
    }

    private String took() {
        boolean over = job.state().terminal();
        Instant end = over ? job.history().getLast().at() : now;
        return Words.duration(Duration.between(job.uploadedAt(), end)) + (over ? "" : " so far");
    }

    private Html why(Failure failure) {
        Words.Tone tone = job.state() == JobState.QUARANTINED || job.state() == JobState.FAILED
                ? Words.Tone.BAD
                : Words.Tone.WARN;
        String title = switch (job.state()) {
            case HELD -> "Why it is held";
            case COLLECTING -> "What it waits for";
            default -> "Why it ended so";
        };
        return Frame.section(
                "why",
                title,
                Frame.notice(
                        tone,
                        Html.of("p", Html.of("code", failure.code())),
                        Html.of("p", failure.sentence()),
                        Html.of("p", "The partner was told: " + failure.action())));
    }

    private Html history() {
        List<Html> rows = new ArrayList<>();
        List<Change> history = job.history();
        for (int at = 0; at < history.size(); at++) {
            Change change = history.get(at);
            boolean last = at == history.size() - 1;
            boolean over = last && change.state().terminal();
            Instant until = last ? now : history.get(at + 1).at();
            rows.add(Html.of(
                    "tr",
                    Html.of("th", Words.badge(change.state())).with("scope", "row"),
                    Html.of("td", Words.time(change.at())),
                    Html.of(
                            "td",
                            over
                                    ? "–"
                                    : Words.duration(Duration.between(change.at(), until)) + (last ? " so far" : ""))));
        }
        return Frame.table(
                "Every state of the job, first to last", List.of("State", "Began (UTC)", "Lasted"), List.of(), rows);
    }

    private Html counts() {
        List<Html> rows = new ArrayList<>();
        job.counts()
                .forEach((name, value) ->
                        rows.add(Html.of("tr", Html.of("th", name).with("scope", "row"), Frame.number(value))));
        return Frame.table("What was counted", List.of("What", "How many"), List.of(1), rows);
    }
}
