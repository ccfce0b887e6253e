package io.intake.processors.lambda;

import io.intake.bucket.Stage;
import io.intake.processors.Processors;

/** Started by objects under {@code tasks/stitch/}: makes tables of an archive's files. */
public final class StitchHandler extends StageHandler {

    /** For Lambda. */
    public StitchHandler() {
        this(Sandbox.processors());
    }

    /** For tests and the local run. */
    public StitchHandler(Processors processors) {
        super(processors, Stage.STITCH);
    }
}
