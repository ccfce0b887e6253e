package io.intake.processors.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.S3Event;
import io.intake.bucket.BucketLayout;
import io.intake.processors.Processors;
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
        Keys.each(event, key -> {
            if (key.startsWith(BucketLayout.TASKS)) {
                processors
                        .pages()
                        .send(key, Sandbox.budget(context))
                        .ifPresent(outcome -> LOG.info("{\"stage\":\"page\",\"outcome\":\"{}\"}", outcome));
            } else if (key.startsWith(BucketLayout.FAILURES)) {
                processors.deadInvocations().report(key);
            }
        });
        return null;
    }
}
