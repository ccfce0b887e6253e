package io.intake.processors.lambda;

import io.intake.bucket.Stage;
import io.intake.processors.Processors;

/** Started by objects under {@code tasks/forward/}: sends records to the engine. */
public final class ForwardHandler extends StageHandler {

    /** For Lambda. */
    public ForwardHandler() {
        this(Sandbox.processors());
    }

    /** For tests and the local run. */
    public ForwardHandler(Processors processors) {
        super(processors, Stage.FORWARD);
    }
}
