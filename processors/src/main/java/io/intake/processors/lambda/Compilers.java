package io.intake.processors.lambda;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks which of the JVM's compilers a function has that files go through. With the first alone, which is what Lambda gives
 * unless JAVA_TOOL_OPTIONS says otherwise, TLS to S3 and the engine does without the processor's AES. Pure but for its log line.
 */
final class Compilers {
    private static final Logger LOG = LoggerFactory.getLogger(Compilers.class);

    /** How HotSpot calls a JVM that stops at level 1. */
    private static final String FIRST_ALONE = "emulated-client";

    private Compilers() {}

    /** Warns, once a process, if the second compiler is missing. */
    static void check() {
        if (onlyFirst(System.getProperty("java.vm.info", ""))) {
            LOG.warn("only the JVM's first compiler is there: files take about three times as long;"
                    + " JAVA_TOOL_OPTIONS needs -XX:TieredStopAtLevel=4");
        }
    }

    /** @param info the JVM's own {@code java.vm.info} */
    static boolean onlyFirst(String info) {
        return info.contains(FIRST_ALONE);
    }
}
