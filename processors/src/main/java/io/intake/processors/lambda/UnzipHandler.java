package io.intake.processors.lambda;

import io.intake.bucket.Stage;
import io.intake.processors.Processors;

/** Started by objects under {@code tasks/unzip/}: extracts archives. */
public final class UnzipHandler extends StageHandler {

    /** For Lambda. */
    public UnzipHandler() {
        this(Sandbox.processors());
    }

    /** For tests and the local run. */
    public UnzipHandler(Processors processors) {
        super(processors, Stage.UNZIP);
    }
}
