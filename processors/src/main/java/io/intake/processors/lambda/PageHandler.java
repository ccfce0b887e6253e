package io.intake.processors.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.S3Event;
import io.intake.bucket.BucketLayout;
import io.intake.processors.Processors;
import io.intake.processors.page.Pager.Outcome;
import io.intake.processors.telemetry.Metric;
import io.intake.processors.telemetry.Metrics.Dimension;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Started by pages in the outbox and by the records of dead invocations: tells on-call. */
public final class PageHandler implements RequestHandler<S3Event, @Nullable Void> {
    private static final Logger LOG = LoggerFactory.getLogger(PageHandler.class);

    private final Processors processors;

    /** For Lambda. */
    public PageHandler() {
        this(Sandbox.processors());
    }

    /** For tests and the local run. */
    public PageHandler(Processors processors) {
        this.processors = processors;
    }

    @Override
    public @Nullable Void handleRequest(S3Event event, Context context) {
        Invocations.run(
                "page",
                context,
                () -> Keys.each(event, key -> {
                    if (key.startsWith(BucketLayout.TASKS)) {
                        processors.pages().send(key, Sandbox.budget(context)).ifPresent(this::tell);
                    } else if (key.startsWith(BucketLayout.FAILURES)) {
                        processors.deadInvocations().report(key);
                    }
                }));
        return null;
    }

    private void tell(Outcome outcome) {
        LOG.atInfo().addKeyValue("outcome", outcome.name()).log("page");
        processors
                .metrics()
                .take(Dimension.NONE, outcome == Outcome.ACCEPTED ? Metric.PAGES_SENT : Metric.PAGES_NOT_SENT, 1);
    }
}
