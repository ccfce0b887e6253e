package io.intake.processors.log;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What each line of an invocation says beside its own: {@code request} and {@code trace}, by which Lambda's and X-Ray's own records
 * are found, and {@code stage}, {@code job}, {@code partner}, {@code feed}, {@code task} and {@code attempt} once they are known. Of one thread.
 */
public final class LogContext {
    /** Where the Java runtime keeps the trace header of the invocation (AWS Lambda Developer Guide, "Java and X-Ray"). */
    static final String TRACE_PROPERTY = "com.amazonaws.xray.traceHeader";

    private static final String ROOT = "Root=";

    private LogContext() {}

    /** Begins an invocation: nothing of an earlier one remains. */
    public static void begin(String stage, @Nullable String request, @Nullable String traceHeader) {
        MDC.clear();
        put("stage", stage);
        put("request", request);
        put("trace", trace(traceHeader == null ? System.getProperty(TRACE_PROPERTY) : traceHeader));
    }

    /** Says what the lines from now on are about. */
    public static void job(String job, String partner, String feed) {
        put("job", job);
        put("partner", partner);
        put("feed", feed);
    }

    /** Says which task is worked on; attempts count from 1. */
    public static void task(int number, int attempt) {
        put("task", Integer.toString(number));
        put("attempt", Integer.toString(attempt));
    }

    /** Ends what {@link #job} and {@link #task} said. */
    public static void endJob() {
        for (String each : new String[] {"job", "partner", "feed", "task", "attempt"}) {
            MDC.remove(each);
        }
    }

    /** Ends an invocation. */
    public static void end() {
        MDC.clear();
    }

    /** The trace's id in {@code Root=1-...;Parent=...;Sampled=1}; null if there is none. */
    static @Nullable String trace(@Nullable String header) {
        if (header == null) {
            return null;
        }
        for (String part : header.split(";", -1)) {
            if (part.startsWith(ROOT)) {
                return part.substring(ROOT.length());
            }
        }
        return null;
    }

    private static void put(String name, @Nullable String value) {
        if (value != null) {
            MDC.put(name, value);
        }
    }
}
