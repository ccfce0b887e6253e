package io.intake.processors.status;

import io.intake.processors.job.JobState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fields to search by. Pure. */
final class SearchForm {
    /** Before the fields' names, which are sections' too. */
    private static final String ID = "search-";

    private SearchForm() {}

    static Html of(Search search) {
        List<Html> states = new ArrayList<>();
        states.add(Html.of("option", "any").with("value", ""));
        for (JobState state : JobState.values()) {
            states.add(Html.of("option", Words.word(state))
                    .with("value", state.name())
                    .with("selected", state == search.state()));
        }
        Html state = Html.of("select", states).with("id", ID + "state").with("name", "state");
        Html form = Html.of(
                "form",
                field("job", "Job id", input("job", "text", null).with("aria-describedby", "search-note")),
                field("partner", "Partner", input("partner", "text", search.partner())),
                field("feed", "Feed", input("feed", "text", search.feed())),
                field("state", "State", state),
                field(
                        "day",
                        "Day of upload (UTC)",
                        input("day", "date", search.day().toString())),
                Html.of("div", Html.of("button", "Search").with("type", "submit")));
        Html note = Html.of(
                        "p",
                        "Ids only. Names of files and patients do not belong into an address: ",
                        Html.of("code", "intake status --name"),
                        " finds files by name.")
                .with("id", "search-note")
                .with("class", "quiet");
        return Html.of("search", form.with("method", "get").with("action", "?"), note)
                .with("role", "search");
    }

    private static Html field(String id, String label, Html control) {
        return Html.of("div", Html.of("label", label).with("for", ID + id), control);
    }

    private static Html input(String name, String type, @Nullable String value) {
        Html input = Html.of("input")
                .with("id", ID + name)
                .with("name", name)
                .with("type", type)
                .with("autocomplete", "off");
        return value == null ? input : input.with("value", value);
    }
}
