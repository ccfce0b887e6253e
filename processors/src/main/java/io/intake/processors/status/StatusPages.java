package io.intake.processors.status;

import io.intake.processors.Json;
import io.intake.processors.job.Job;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Answers requests for the status page. All pages have one address and differ by what follows the {@code ?}, so that it works
 * behind whatever path it is put. Reads only. Thread-safe.
 */
public final class StatusPages {
    private static final int LEAST_REFRESH = 10;
    private static final int MOST_REFRESH = 600;

    /** Nothing may be loaded, run, embedded or sent anywhere but the one style sheet and the form's own search. */
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
                    "default-src 'none'; style-src " + Style.HASH
                            + "; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer",
            "Cache-Control", "no-store",
            "X-Frame-Options", "DENY",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Strict-Transport-Security", "max-age=31536000");

    private final StatusSource source;
    private final String stage;
    private final InstantSource clock;

    /** @param stage of deployment: said on each page */
    public StatusPages(StatusSource source, String stage, InstantSource clock) {
        this.source = source;
        this.stage = stage;
        this.clock = clock;
    }

    /**
     * A request.
     *
     * @param method of HTTP, in capitals
     * @param values what follows the {@code ?}, decoded; of a name that is given twice, one
     * @param json whether the caller would rather have JSON
     */
    public record Request(String method, Map<String, String> values, boolean json) {
        boolean wantsJson() {
            return json || "json".equals(values.get("format"));
        }
    }

    /** An answer; an empty body for HEAD. */
    public record Answer(int status, Map<String, String> headers, String body) {
        public byte[] bytes() {
            return body.getBytes(StandardCharsets.UTF_8);
        }
    }

    /**
     * Answers.
     *
     * @throws io.intake.store.StoreException if the store fails
     */
    public Answer answer(Request request) {
        return switch (request.method()) {
            case "GET" -> get(request);
            case "HEAD" -> {
                Answer whole = get(request);
                yield new Answer(whole.status(), whole.headers(), "");
            }
            default -> {
                Answer refused = message(405, "Only reading", "This page can only be read.");
                Map<String, String> headers = new LinkedHashMap<>(refused.headers());
                headers.put("Allow", "GET, HEAD");
                yield new Answer(405, headers, refused.body());
            }
        };
    }

    /** A page with one sentence. */
    public Answer message(int status, String title, String sentence) {
        Html text = Frame.notice(Words.Tone.WARN, Html.of("p", sentence));
        return html(status, title, "?", 0, clock.instant(), List.of(text));
    }

    private Answer get(Request request) {
        Instant now = clock.instant();
        List<String> problems = new ArrayList<>();
        String job = Search.id(request.values().get("job"), "The job", problems);
        Search search = Search.read(request.values(), LocalDate.ofInstant(now, ZoneOffset.UTC), problems);
        if (job == null) {
            return overview(request, search, now, problems);
        }
        Optional<Job> found = source.job(job);
        if (found.isPresent()) {
            return job(request, JobView.of(found.get()), now);
        }
        if (request.wantsJson()) {
            return json(404, Map.of("problems", List.of("There is no job of this id.")));
        }
        return message(404, "No such job", "There is no job " + job + ".");
    }

    private Answer overview(Request request, Search search, Instant now, List<String> problems) {
        if (request.wantsJson() && !problems.isEmpty()) {
            return json(400, Map.of("problems", problems));
        }
        Overview overview = Overview.of(source, search, now);
        if (request.wantsJson()) {
            return json(200, overview);
        }
        return html(
                problems.isEmpty() ? 200 : 400,
                "Status",
                search.query(),
                refresh(request),
                now,
                new OverviewPage(overview, search).content(problems));
    }

    private Answer job(Request request, JobView job, Instant now) {
        return request.wantsJson()
                ? json(200, job)
                : html(
                        200,
                        "Job " + job.job(),
                        "?job=" + job.job(),
                        refresh(request),
                        now,
                        new JobPage(job, now).content());
    }

    private static int refresh(Request request) {
        String wanted = request.values().getOrDefault("refresh", "");
        if (!wanted.matches("\\d{1,3}")) {
            return 0;
        }
        int seconds = Integer.parseInt(wanted);
        return seconds == 0 ? 0 : Math.clamp(seconds, LEAST_REFRESH, MOST_REFRESH);
    }

    private Answer html(int status, String title, String here, int refresh, Instant now, List<Html> content) {
        String body = Frame.document(title, stage, now, here, refresh, content);
        return new Answer(status, headers("text/html; charset=utf-8"), body);
    }

    private static Answer json(int status, Object value) {
        return new Answer(status, headers(Json.TYPE), new String(Json.bytes(value), StandardCharsets.UTF_8));
    }

    private static Map<String, String> headers(String type) {
        Map<String, String> headers = new LinkedHashMap<>(HEADERS);
        headers.put("Content-Type", type);
        return headers;
    }
}
