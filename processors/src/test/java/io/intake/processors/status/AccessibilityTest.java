package io.intake.processors.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.job.JobState;
import io.intake.processors.status.StatusPages.Request;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** On-call may use a screen reader, a keyboard only, or large letters (WCAG 2.2, level AA). */
class AccessibilityTest {
    private static final Pattern COLOR = Pattern.compile("--([a-z]+):(#[0-9a-f]{6})");

    private static Document page(Map<String, String> values) {
        StatusPages pages = new StatusPages(FakeStatus.busyDay(), "prod", InstantSource.fixed(FakeStatus.NOW));
        return Jsoup.parse(pages.answer(new Request("GET", values, false)).body());
    }

    static Stream<Document> pages() {
        return Stream.of(
                page(Map.of()),
                page(Map.of("partner", "nobody", "refresh", "30")),
                page(Map.of("state", "x", "day", "y")),
                page(Map.of("job", FakeStatus.busyDay().held.getFirst().job())),
                page(Map.of("job", "20200101-0")));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void aPageHasALanguageATitleLandmarksAndHeadingsInOrder(Document page) {
        assertThat(page.select("html").attr("lang")).isEqualTo("en");
        assertThat(page.title()).isNotBlank();
        assertThat(page.select("meta[name=viewport]").attr("content"))
                .doesNotContain("maximum-scale")
                .doesNotContain("user-scalable");
        for (String landmark : List.of("header", "main", "footer", "h1")) {
            assertThat(page.select(landmark)).as(landmark).hasSize(1);
        }
        int before = 0;
        for (Element heading : page.select("h1,h2,h3,h4,h5,h6")) {
            int level = heading.tagName().charAt(1) - '0';
            assertThat(level).as(heading.text()).isLessThanOrEqualTo(before + 1);
            assertThat(heading.text()).isNotBlank();
            before = level;
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void theFirstThingToReachByKeyboardSkipsToTheContent(Document page) {
        Element first = page.expectFirst("a[href],button,input,select,[tabindex=0]");
        assertThat(first.attr("href")).isEqualTo("#content");
        assertThat(page.expectFirst("#content").tagName()).isEqualTo("main");
        assertThat(page.select("[tabindex]").eachAttr("tabindex"))
                .allMatch(index -> index.equals("0") || index.equals("-1"));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everythingThatIsReferredToIsThereOnce(Document page) {
        assertThat(page.select("[id]").eachAttr("id")).doesNotHaveDuplicates();
        for (String attribute : List.of("aria-labelledby", "aria-describedby", "for")) {
            for (Element each : page.select("[" + attribute + "]")) {
                assertThat(page.getElementById(each.attr(attribute)))
                        .as(each.attr(attribute))
                        .isNotNull();
            }
        }
        for (String target : page.select("a[href^=#]").eachAttr("href")) {
            assertThat(page.getElementById(target.substring(1))).as(target).isNotNull();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyControlHasALabelAndEveryLinkAText(Document page) {
        for (Element control : page.select("input,select")) {
            assertThat(page.select("label[for=" + control.id() + "]").text()).isNotBlank();
        }
        assertThat(page.select("button,a"))
                .allSatisfy(each -> assertThat(each.text()).isNotBlank());
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyTableHasACaptionAndHeadersWithAScopeAndScrollsByKeyboard(Document page) {
        for (Element table : page.select("table")) {
            assertThat(table.select("caption").text()).isNotBlank();
            assertThat(table.select("thead th"))
                    .allSatisfy(head -> assertThat(head.attr("scope")).isEqualTo("col"));
            assertThat(table.select("tbody tr"))
                    .allSatisfy(row -> assertThat(row.select("th[scope=row]")).hasSize(1));
            Element around = Objects.requireNonNull(table.parent());
            assertThat(around.attr("role")).isEqualTo("region");
            assertThat(around.attr("tabindex")).isEqualTo("0");
            assertThat(around.attr("aria-label")).isNotBlank();
        }
    }

    @Test
    void everyStateIsAWordOfItsOwn() {
        List<String> words = Stream.of(JobState.values()).map(Words::word).toList();
        assertThat(words).doesNotHaveDuplicates().allMatch(word -> !word.isBlank());
        Document page = page(Map.of());
        assertThat(page.select("section[aria-labelledby=files] .state")).allSatisfy(badge -> {
            Element sign = badge.child(0);
            assertThat(sign.attr("aria-hidden")).isEqualTo("true");
            assertThat(words).contains(badge.ownText().strip());
        });
    }

    @Test
    void everyPairOfColoursHasEnoughContrastByDayAndByNight() {
        String[] schemes = Style.SHEET.split("prefers-color-scheme:dark", 2);
        for (String scheme : schemes) {
            Map<String, String> colours = new HashMap<>();
            Matcher found = COLOR.matcher(scheme);
            while (found.find()) {
                colours.put(found.group(1), found.group(2));
            }
            assertThat(colours).hasSize(14);
            for (String text : List.of("text", "quiet", "link")) {
                contrast(colours, text, "page", 4.5);
                contrast(colours, text, "panel", 4.5);
            }
            for (String tone : List.of("good", "busy", "warn", "bad")) {
                contrast(colours, tone, tone + "back", 4.5);
            }
            // borders of controls (1.4.11)
            contrast(colours, "line", "page", 3);
            contrast(colours, "line", "panel", 3);
        }
    }

    private static void contrast(Map<String, String> colours, String one, String other, double least) {
        double a = luminance(colours.getOrDefault(one, ""));
        double b = luminance(colours.getOrDefault(other, ""));
        assertThat((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05))
                .as("%s on %s: %s", one, other, colours)
                .isGreaterThanOrEqualTo(least);
    }

    /** WCAG 2.2, "relative luminance". */
    private static double luminance(String colour) {
        double[] weights = {0.2126, 0.7152, 0.0722};
        double sum = 0;
        for (int at = 0; at < 3; at++) {
            double value = Integer.parseInt(colour.substring(1 + 2 * at, 3 + 2 * at), 16) / 255.0;
            sum += weights[at] * (value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4));
        }
        return sum;
    }
}
