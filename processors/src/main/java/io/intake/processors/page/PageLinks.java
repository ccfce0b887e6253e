package io.intake.processors.page;

import io.intake.bucket.BucketLayout;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a page leads: to the runbook's section for its code, to what was logged about its job, and to the job's record.
 * Pure. Keys of job records and codes tell no name.
 *
 * @param region of the bucket and the logs; null where there is no AWS console to lead to
 * @param bucket its name
 * @param logGroups of the functions; empty for no link to them
 * @param runbook its address; null for no link to it
 */
public record PageLinks(
        @Nullable String region,
        String bucket,
        List<String> logGroups,
        @Nullable URI runbook) {
    /** Leads nowhere. */
    public static final PageLinks NONE = new PageLinks(null, "", List.of(), null);

    /** What is looked back over in the logs. */
    private static final int DAY_SECONDS = 86_400;

    public PageLinks {
        logGroups = List.copyOf(logGroups);
    }

    /** A link and its words. */
    public record Link(String address, String text) {}

    /** The links of a page. */
    public List<Link> of(PageEvent event) {
        List<Link> links = new ArrayList<>();
        String code = event.details().get(PageEvent.CODE);
        if (runbook != null && code != null) {
            links.add(new Link(runbook + "#" + anchor(code), "Runbook: " + code));
        }
        String job = event.details().get(PageEvent.JOB);
        if (region != null && job != null) {
            if (!logGroups.isEmpty()) {
                links.add(new Link(logs(region, job), "Logs of job " + job));
            }
            links.add(new Link(record(region, job), "Record of job " + job));
        }
        return links;
    }

    /** As GitHub and most renderers of Markdown name a heading that is the code: in lower case, with hyphens. */
    static String anchor(String code) {
        return code.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private String record(String place, String job) {
        return "https://%s.console.aws.amazon.com/s3/object/%s?region=%s&prefix=%s"
                .formatted(
                        place, bucket, place, URLEncoder.encode(BucketLayout.jobRecord(job), StandardCharsets.UTF_8));
    }

    /**
     * A query of CloudWatch Logs Insights. The console keeps it in the fragment, in a form that AWS does not document: an object is
     * {@code ~(name~value...)}, a list {@code ~(~value...)}, a text begins with {@code '} and escapes with {@code *}; and {@code %}, of a second
     * encoding, is written {@code $}.
     */
    private String logs(String place, String job) {
        String query = "fields @timestamp, @message\n| filter @message like \"" + job
                + "\"\n| sort @timestamp asc\n| limit 1000";
        StringBuilder groups = new StringBuilder("(");
        logGroups.forEach(group -> groups.append('~').append(text(group)));
        String detail = "~(end~0~start~-%d~timeType~%s~unit~%s~editorString~%s~source~%s))"
                .formatted(DAY_SECONDS, text("RELATIVE"), text("seconds"), text(query), groups);
        String encoded = detail.replace("~", "$257E")
                .replace("(", "$2528")
                .replace(")", "$2529")
                .replace("'", "$2527");
        return "https://%s.console.aws.amazon.com/cloudwatch/home?region=%s#logsV2:logs-insights$3FqueryDetail$3D%s"
                .formatted(place, place, encoded);
    }

    private static String text(String value) {
        StringBuilder escaped = new StringBuilder("'");
        for (byte each : value.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = (each >= '0' && each <= '9')
                    || (each >= 'A' && each <= 'Z')
                    || (each >= 'a' && each <= 'z')
                    || each == '-'
                    || each == '.';
            escaped.append(plain ? String.valueOf((char) each) : "*%02x".formatted(each));
        }
        return escaped.toString();
    }
}
