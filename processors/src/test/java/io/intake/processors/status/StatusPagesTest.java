package io.intake.processors.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.processors.Json;
import io.intake.processors.job.JobState;
import io.intake.processors.status.StatusPages.Answer;
import io.intake.processors.status.StatusPages.Request;
import io.intake.processors.status.StatusSource.EngineHealth;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.select.Elements;
import org.junit.jupiter.api.Test;

/**
 * Who looks at three in the morning believes what the page says, may be blind, and may have a hostile partner's id on the
 * screen. The pages are read as a browser reads them, by another's parser.
 */
class StatusPagesTest {
    private static final String HOSTILE = "<script>alert('1')</script>\"&amp;</table><style>*{}";

    private final FakeStatus status = FakeStatus.busyDay();
    private final StatusPages pages = new StatusPages(status, "prod", InstantSource.fixed(FakeStatus.NOW));

    private Answer get(String... fields) {
        Map<String, String> values = new HashMap<>();
        for (int at = 0; at < fields.length; at += 2) {
            values.put(fields[at], fields[at + 1]);
        }
        return pages.answer(new Request("GET", values, false));
    }

    private static Document parsed(Answer answer) {
        assertThat(answer.headers()).containsEntry("Content-Type", "text/html; charset=utf-8");
        return Jsoup.parse(answer.body());
    }

    private static String attention(Document page) {
        return page.select("section[aria-labelledby=attention]").text();
    }

    private static List<String> jobs(Document page) {
        return page.select("section[aria-labelledby=files] tbody th").eachText();
    }

    @Test
    void whatNeedsAPersonIsSaidFirst() {
        Document page = parsed(get());
        assertThat(page.expectFirst("main section").attr("aria-labelledby")).isEqualTo("attention");
        assertThat(attention(page))
                .contains("Engine registry does not take records: 7 files waiting.")
                .contains("1 file held")
                .contains("Feed county/nightly: late.")
                .contains("1 file failed on this day.")
                .contains("1 file refused on this day.")
                .contains("1 page not sent to on-call yet.")
                .doesNotContain("Nothing needs a person");
    }

    @Test
    void aQuietDaySaysThatItIsOne() {
        FakeStatus quiet = new FakeStatus();
        quiet.files.add(FakeStatus.line("20260304-1", "st-marys", JobState.DELIVERED, Duration.ofMinutes(3)));
        quiet.engines.add(new EngineHealth("lab", true, null, null, 0));
        StatusPages over = new StatusPages(quiet, "prod", InstantSource.fixed(FakeStatus.NOW));
        Document page = parsed(over.answer(new Request("GET", Map.of(), false)));
        assertThat(attention(page)).contains("Nothing needs a person now.");
        assertThat(page.select("section[aria-labelledby=late]")).isEmpty();
    }

    @Test
    void theDayIsCountedByPartnerAlsoOfOneThatSentNothing() {
        Element table = parsed(get()).expectFirst("section[aria-labelledby=day] table");
        assertThat(table.select("tbody th").eachText()).containsExactly("county", "silent", "st-marys");
        List<String> heads = table.select("thead th").eachText();
        for (Element row : table.select("tbody tr")) {
            List<String> cells = row.select("th,td").eachText();
            assertThat(cells).hasSameSizeAs(heads);
            long sum = IntStream.rangeClosed(2, 8)
                    .mapToLong(at -> Long.parseLong(cells.get(at)))
                    .sum();
            assertThat(sum).as(cells.getFirst()).isEqualTo(Long.parseLong(cells.get(1)));
        }
        assertThat(table.select("tbody tr").get(1).text()).contains("none yet");
    }

    @Test
    void aSearchNarrowsTheFilesAndKeepsWhatWasSearchedFor() {
        Document page = parsed(get("partner", "county", "state", "FAILED", "day", "2026-03-04"));
        assertThat(jobs(page)).hasSize(1);
        assertThat(page.select("input[name=partner]").attr("value")).isEqualTo("county");
        assertThat(page.select("select[name=state] option[selected]").eachAttr("value"))
                .containsExactly("FAILED");
        assertThat(jobs(parsed(get("partner", "nobody")))).isEmpty();
        assertThat(jobs(parsed(get()))).hasSize(JobState.values().length);
    }

    @Test
    void whatCannotBeSearchedForIsSaidAndTheRestIsShown() {
        Answer answer = get("day", "yesterday", "state", "LOST", "partner", HOSTILE, "job", "../../x");
        Document page = parsed(answer);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(page.select("[role=alert] li")).hasSize(4);
        assertThat(answer.body()).doesNotContain("alert(").doesNotContain("../../x");
        assertThat(pages.answer(new Request("GET", Map.of("day", "x"), true)).status())
                .isEqualTo(400);
    }

    @Test
    void aJobsPageTellsItsHistoryItsReasonAndNoName() {
        String id = status.held.getFirst().job();
        Answer answer = get("job", id);
        Document page = parsed(answer);
        assertThat(page.select("h1").text()).isEqualTo("Job " + id);
        assertThat(page.select("section[aria-labelledby=history] tbody tr")).hasSize(2);
        assertThat(last(page, "section[aria-labelledby=history] tbody tr").text())
                .contains("held")
                .contains("so far");
        assertThat(page.select("section[aria-labelledby=why]").text())
                .contains("ZIP_DAMAGED")
                .contains("Entry 3 is damaged.")
                .contains("Please send the file again.");
        assertThat(page.select("section[aria-labelledby=counts] tbody th").eachText())
                .containsExactly("delivered", "rows");
        assertThat(page.select("nav a").attr("href")).isEqualTo("?day=2026-03-04");
        assertThat(answer.body()).doesNotContain("Smith");
        assertThat(get("job", id, "format", "json").body())
                .doesNotContain("Smith")
                .contains("ZIP_DAMAGED");
    }

    @Test
    void aJobThatIsNotThereIsNotFound() {
        assertThat(get("job", "20200101-0").status()).isEqualTo(404);
        assertThat(pages.answer(new Request("GET", Map.of("job", "20200101-0"), true))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void theSameIsThereAsJson() throws Exception {
        Answer answer = pages.answer(new Request("GET", Map.of(), true));
        assertThat(answer.headers()).containsEntry("Content-Type", "application/json");
        JsonNode root = Json.mapper().readTree(answer.body());
        assertThat(root.path("files")).hasSize(JobState.values().length);
        assertThat(root.path("files").get(0).path("uploadedAt").asText()).isEqualTo("2026-03-04T11:50:00Z");
        assertThat(root.path("partners").get(0).path("partner").asText()).isEqualTo("county");
        assertThat(root.path("engines").get(1).path("taking").asBoolean(true)).isFalse();
        assertThat(root.path("late").get(0).path("problem").asText()).isEqualTo("late");
    }

    @Test
    void itOnlyReads() {
        for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "TRACE")) {
            Answer refused = pages.answer(new Request(method, Map.of(), false));
            assertThat(refused.status()).isEqualTo(405);
            assertThat(refused.headers()).containsEntry("Allow", "GET, HEAD");
        }
        Answer head = pages.answer(new Request("HEAD", Map.of(), false));
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(parsed(get()).select("form"))
                .allSatisfy(form -> assertThat(form.attr("method")).isEqualTo("get"));
    }

    @Test
    void whatOthersNamedIsTextAndNothingElse() {
        status.files.add(FakeStatus.line(HOSTILE, HOSTILE, JobState.FAILED, Duration.ofMinutes(1)));
        status.engines.add(new EngineHealth(HOSTILE, false, HOSTILE, FakeStatus.NOW, 1));
        status.partners.add(HOSTILE);
        Document page = parsed(get());
        assertThat(page.select("script")).isEmpty();
        assertThat(page.select("style")).hasSize(1);
        assertThat(last(page, "section[aria-labelledby=engines] tbody th").wholeText())
                .isEqualTo(HOSTILE);
        assertThat(last(page, "section[aria-labelledby=files] tbody tr")
                        .expectFirst("td")
                        .wholeText())
                .isEqualTo(HOSTILE);
    }

    @Test
    void nothingIsLoadedFromElsewhereAndNothingRuns() throws Exception {
        for (Answer answer : List.of(get(), get("job", status.held.getFirst().job()), get("refresh", "30"))) {
            Document page = parsed(answer);
            assertThat(page.select("script,img,iframe,object,embed,link,[style],[onclick],[onload]"))
                    .isEmpty();
            assertThat(page.select("[href]").eachAttr("href")).allMatch(to -> to.startsWith("?") || to.startsWith("#"));
            assertThat(page.select("[src],[srcset],[action]:not([action='?'])")).isEmpty();
            byte[] style = page.expectFirst("style").data().getBytes(StandardCharsets.UTF_8);
            String hash = Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(style));
            assertThat(answer.headers().get("Content-Security-Policy"))
                    .isEqualTo("default-src 'none'; style-src 'sha256-" + hash
                            + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
            assertThat(answer.headers())
                    .containsEntry("X-Content-Type-Options", "nosniff")
                    .containsEntry("Cache-Control", "no-store")
                    .containsEntry("Referrer-Policy", "no-referrer");
        }
        assertThat(Style.SHEET).doesNotContain("url(").doesNotContain("@import").doesNotContain("animation");
    }

    @Test
    void itReloadsItselfOnlyWhereThatIsAskedForAndCanBeStopped() {
        assertThat(parsed(get()).select("meta[http-equiv=refresh]")).isEmpty();
        assertThat(parsed(get("refresh", "30"))
                        .select("meta[http-equiv=refresh]")
                        .attr("content"))
                .isEqualTo("30");
        assertThat(parsed(get("refresh", "1"))
                        .select("meta[http-equiv=refresh]")
                        .attr("content"))
                .isEqualTo("10");
        assertThat(parsed(get("refresh", "soon")).select("meta[http-equiv=refresh]"))
                .isEmpty();
        assertThat(parsed(get("refresh", "30")).select("footer a").eachText())
                .anyMatch(text -> text.startsWith("Stop refreshing"));
    }

    @Test
    void whereThereIsMoreThanIsShownThatIsSaid() {
        for (int at = 0; at < Overview.COUNTED + 10; at++) {
            status.files.add(FakeStatus.line("20260304-x" + at, "big", JobState.DELIVERED, Duration.ofMinutes(1)));
        }
        Document page = parsed(get());
        assertThat(jobs(page)).hasSize(Overview.LISTED);
        assertThat(page.select("section[aria-labelledby=files] caption").text()).contains("and more");
        assertThat(page.select("section[aria-labelledby=day] caption").text()).contains("only the first");
        Elements found = parsed(get("partner", "st-marys")).select("section[aria-labelledby=files] caption");
        assertThat(found.text()).doesNotContain("and more");
    }

    private static Element last(Document page, String selector) {
        return Objects.requireNonNull(page.select(selector).last(), selector);
    }
}
