package io.intake.processors.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import io.intake.processors.log.LogContext;
import io.intake.processors.log.SafeThrowable;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every handler does around its work: the log's lines say which invocation they are of, and what leaves the function
 * as an exception, for Lambda's log and the record of the dead invocation, tells nothing that others put into a message.
 */
final class Invocations {
    private static final Logger LOG = LoggerFactory.getLogger(Invocations.class);

    private Invocations() {}

    /** @throws RuntimeException what the work throws, without what must not be told */
    static <T> T run(String stage, Context context, Supplier<T> work) {
        LogContext.begin(stage, context.getAwsRequestId(), context.getXrayTraceId());
        try {
            return work.get();
        } catch (RuntimeException thrown) {
            RuntimeException safe = SafeThrowable.safe(thrown);
            LOG.error("failed", safe);
            throw safe;
        } finally {
            LogContext.end();
        }
    }

    /** As the other, for work without a result. */
    static void run(String stage, Context context, Runnable work) {
        run(stage, context, () -> {
            work.run();
            return true;
        });
    }
}
