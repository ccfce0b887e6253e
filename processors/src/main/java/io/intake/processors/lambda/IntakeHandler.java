package io.intake.processors.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.S3Event;
import io.intake.processors.Processors;
import io.intake.processors.intake.Intake;
import org.jspecify.annotations.Nullable;

/** Started by objects under {@code inbound/}: opens jobs, of which their reports tell. */
public final class IntakeHandler implements RequestHandler<S3Event, @Nullable Void> {
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
        Invocations.run("intake", context, () -> Keys.each(event, intake::take));
        return null;
    }
}
