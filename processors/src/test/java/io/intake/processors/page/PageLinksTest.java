package io.intake.processors.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.page.PageEvent.Action;
import io.intake.processors.page.PageEvent.Severity;
import io.intake.processors.page.PageLinks.Link;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** At three in the morning a link that leads nowhere costs more than none. */
class PageLinksTest {
    private static final URI RUNBOOK = URI.create("https://wiki.example/runbook");
    private static final String JOB = "20260304-00aa11bb22cc33dd44ee";

    private static PageEvent page(Map<String, String> details) {
        return new PageEvent(Action.TRIGGER, "k", Severity.ERROR, "s", "job", details);
    }

    private static final PageLinks ALL = new PageLinks(
            "eu-central-1",
            "intake-prod",
            List.of("/aws/lambda/intake-prod-unzip", "/aws/lambda/intake-prod-page"),
            RUNBOOK);

    @Test
    void aPageLeadsToItsRunbookSectionItsLogsAndItsRecord() {
        assertThat(ALL.of(page(Map.of("code", "NOT_AN_ARCHIVE", "job", JOB))))
                .extracting(Link::text)
                .containsExactly("Runbook: NOT_AN_ARCHIVE", "Logs of job " + JOB, "Record of job " + JOB);
    }

    @Test
    void theRunbooksAnchorIsTheCodeInLowerCaseWithHyphens() {
        assertThat(ALL.of(page(Map.of("code", "NOT_AN_ARCHIVE"))))
                .extracting(Link::address)
                .containsExactly("https://wiki.example/runbook#not-an-archive");
    }

    @Test
    void theLogQueryIsWrittenAsTheConsoleReadsIt() {
        String logs = ALL.of(page(Map.of("job", JOB))).getFirst().address();
        assertThat(logs)
                .startsWith(
                        "https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1"
                                + "#logsV2:logs-insights$3FqueryDetail$3D$257E$2528end$257E0$257Estart$257E-86400"
                                + "$257EtimeType$257E$2527RELATIVE$257Eunit$257E$2527seconds$257EeditorString$257E$2527fields*20*40timestamp*2c*20*40message*0a")
                .contains("like*20*22" + JOB + "*22")
                .endsWith("$257Esource$257E$2528$257E$2527*2faws*2flambda*2fintake-prod-unzip"
                        + "$257E$2527*2faws*2flambda*2fintake-prod-page$2529$2529");
        assertThat(URI.create(logs).getFragment()).isNotEmpty();
    }

    @Test
    void theRecordIsFoundInItsBucket() {
        assertThat(ALL.of(page(Map.of("job", JOB))).getLast().address())
                .isEqualTo(
                        "https://eu-central-1.console.aws.amazon.com/s3/object/intake-prod?region=eu-central-1&prefix=jobs%2F"
                                + JOB + "%2Fjob.json");
    }

    @Test
    void whatIsNotKnownHasNoLink() {
        PageEvent page = page(Map.of("code", "X", "job", JOB));
        assertThat(PageLinks.NONE.of(page)).isEmpty();
        assertThat(new PageLinks("us-east-1", "b", List.of(), null).of(page)).hasSize(1);
        assertThat(ALL.of(page(Map.of()))).isEmpty();
    }
}
