package io.intake.processors.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import io.intake.processors.Processors;
import io.intake.processors.sweep.Sweeper.Swept;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Started by a schedule: finds what was lost between events. */
public final class SweepHandler implements RequestHandler<Map<String, Object>, @Nullable Void> {
    private static final Logger LOG = LoggerFactory.getLogger(SweepHandler.class);

    private final Processors processors;

    /** For Lambda. */
    public SweepHandler() {
        this(Sandbox.processors());
    }

    /** For tests and the local run. */
    public SweepHandler(Processors processors) {
        this.processors = processors;
    }

    @Override
    public @Nullable Void handleRequest(Map<String, Object> event, Context context) {
        Swept swept = processors.sweeper().sweep();
        LOG.info(
                "{\"stage\":\"sweep\",\"uploads\":{},\"tasks\":{},\"pages\":{}}",
                swept.uploads(),
                swept.tasks(),
                swept.pages());
        return null;
    }
}
