package io.intake.processors.log;

import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * SLF4J's back end in the functions. Written by hand because a cold start is what a hospital waits for: docs/adr/0024 has what
 * others cost. Named as the provider by the Lambda artifact only, so that tests and other programs keep theirs. Thread-safe.
 */
public final class JsonLogProvider implements SLF4JServiceProvider {
    /** Set to {@code on}, what libraries log is told. */
    static final String LIBRARIES = "INTAKE_LOG_LIBRARIES";

    private static final String FUNCTION = "AWS_LAMBDA_FUNCTION_NAME";

    private final MDCAdapter context = new BasicMDCAdapter();
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final ConcurrentMap<String, Logger> loggers = new ConcurrentHashMap<>();
    private final JsonLog log;

    /** For SLF4J: from the environment to the standard output. */
    public JsonLogProvider() {
        this(System::getenv);
    }

    JsonLogProvider(UnaryOperator<@Nullable String> environment) {
        String function = environment.apply(FUNCTION);
        this.log = new JsonLog(
                InstantSource.system(),
                () -> System.out,
                context::getCopyOfContextMap,
                function == null ? Map.of() : Map.of("function", function),
                "on".equals(environment.apply(LIBRARIES)));
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return name -> loggers.computeIfAbsent(name, absent -> new JsonLogger(absent, JsonLog.threshold(absent), log));
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    @Override
    public void initialize() {
        // all is made with the object
    }
}
