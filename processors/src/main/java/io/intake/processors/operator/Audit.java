package io.intake.processors.operator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.bucket.BucketLayout;
import io.intake.processors.Json;
import io.intake.secrets.CallerIdentity;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Records who did what: an object for each, written before the deed, so that nothing is done that is not recorded. Who: what AWS
 * says of the caller's credentials, and the operating system's user; neither can be given on the command line.
 */
final class Audit {
    private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE.withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HHmmssSSS").withZone(ZoneOffset.UTC);

    private final Session session;
    private @Nullable String caller;

    Audit(Session session) {
        this.session = session;
    }

    /**
     * Who calls, in a form that is fit for records: the last part of the role session or user name, else the user here.
     */
    String name() {
        String arn = caller();
        String last = arn.substring(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1);
        String plain =
                (last.isEmpty() ? session.surroundings().user().get() : last).replaceAll("[^A-Za-z0-9@._-]", "_");
        return plain.substring(0, Math.min(63, plain.length()));
    }

    /** The caller as AWS knows it; as the system does where the bucket is not AWS's. */
    String caller() {
        String known = caller;
        if (known == null) {
            caller = known = ask();
        }
        return known;
    }

    private String ask() {
        if (session.settings().endpoint() != null && !session.variables().containsKey("AWS_ENDPOINT_URL_STS")) {
            return "local:" + session.surroundings().user().get();
        }
        try {
            return CallerIdentity.arn(
                    session.variables(), session.surroundings().clock());
        } catch (IOException e) {
            throw new ProblemException(
                    ExitCode.NO_ACCESS, "AWS does not say who you are (sts:GetCallerIdentity): " + e.getMessage());
        }
    }

    /**
     * Records a deed.
     *
     * @param action a word
     * @param subject a job, a partner: no name
     * @param why in the caller's words
     */
    void record(String action, String subject, String why) {
        Instant now = session.surroundings().clock().instant();
        ObjectNode entry = Json.mapper()
                .createObjectNode()
                .put("at", now.toString())
                .put("action", action)
                .put("subject", subject)
                .put("why", why)
                .put("caller", caller())
                .put("user", session.surroundings().user().get());
        String key = BucketLayout.audit(
                DAY.format(now).substring(0, 8),
                TIME.format(now) + "-" + session.surroundings().ids().get());
        session.store().put(PutRequest.of(key, Content.of(Json.bytes(entry)), Json.TYPE));
    }
}
