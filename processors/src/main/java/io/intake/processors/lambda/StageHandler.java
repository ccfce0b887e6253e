package io.intake.processors.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.S3Event;
import io.intake.bucket.Stage;
import io.intake.processors.Processors;
import io.intake.processors.log.LogContext;
import io.intake.processors.task.TaskRunner;
import io.intake.processors.task.TaskRunner.Ending;
import io.intake.processors.task.TaskStore.TaskKey;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Started by task objects: runs the task as far as the function's time allows. */
abstract sealed class StageHandler implements RequestHandler<S3Event, @Nullable Void>
        permits UnzipHandler, StitchHandler, ForwardHandler {
    private static final Logger LOG = LoggerFactory.getLogger(StageHandler.class);

    private final Processors processors;
    private final Stage stage;

    StageHandler(Processors processors, Stage stage) {
        this.processors = processors;
        this.stage = stage;
        Compilers.check();
    }

    @Override
    public final @Nullable Void handleRequest(S3Event event, Context context) {
        Invocations.run(
                stage.id(),
                context,
                () -> Keys.each(
                        event,
                        key -> TaskKey.parse(key)
                                .filter(task -> task.stage() == stage)
                                .ifPresent(task -> run(task, context))));
        return null;
    }

    private void run(TaskKey task, Context context) {
        TaskRunner runner = processors.runner();
        Ending ending = runner.run(task, processors.work(stage), context.getAwsRequestId(), Sandbox.budget(context));
        LOG.atInfo()
                .addKeyValue("job", task.job())
                .addKeyValue("task", task.number())
                .addKeyValue("ending", ending.name())
                .log("task");
        LogContext.endJob();
    }
}
