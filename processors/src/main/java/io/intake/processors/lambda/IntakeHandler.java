package io.intake.processors.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.S3Event;
import io.intake.processors.Processors;
import io.intake.processors.intake.Intake;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Started by objects under {@code inbound/}: opens jobs. */
public final class IntakeHandler implements RequestHandler<S3Event, @Nullable Void> {
    private static final Logger LOG = LoggerFactory.getLogger(IntakeHandler.class);

    private final Intake intake;

    /** For Lambda. */
    public IntakeHandler() {
        this(Sandbox.processors());
    }

    /** For tests and the local run. */
    public IntakeHandler(Processors processors) {
        this.intake = processors.intake();
    }

    @Override
    public @Nullable Void handleRequest(S3Event event, Context context) {
        Keys.each(
                event,
                key -> intake.take(key)
                        .ifPresent(job -> LOG.info(
                                "{\"stage\":\"intake\",\"job\":\"{}\",\"partner\":\"{}\",\"feed\":\"{}\",\"bytes\":{},\"state\":\"{}\"}",
                                job.id(),
                                job.partner(),
                                job.feedId(),
                                job.input().size(),
                                job.state())));
        return null;
    }
}
