package io.intake.processors.log;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.helpers.MessageFormatter;

/**
 * Writes log lines: time, level, logger, message, what the caller adds, what the invocation adds (see {@link LogContext}). A line is one
 * write, so that lines of two threads do not mix. What others than we say is withheld, because libraries quote what they are
 * given; level, place and type remain. Thread-safe.
 */
public final class JsonLog {
    private final InstantSource clock;
    private final Supplier<PrintStream> out;
    private final Supplier<@Nullable Map<String, String>> context;
    private final Map<String, String> always;
    private final boolean libraries;

    /**
     * @param out asked for each line, because Lambda's runtime replaces the standard output after this was made
     * @param context what is added to each line now
     * @param always what is added to each line always
     * @param libraries whether to tell what other people's code says: for a stage without PHI
     */
    public JsonLog(
            InstantSource clock,
            Supplier<PrintStream> out,
            Supplier<@Nullable Map<String, String>> context,
            Map<String, String> always,
            boolean libraries) {
        this.clock = clock;
        this.out = out;
        this.context = context;
        this.always = Map.copyOf(always);
        this.libraries = libraries;
    }

    /** Ours from INFO on, others' from WARN on: PagerDuty's client prints its routing key at DEBUG. */
    static Level threshold(String logger) {
        return SafeThrowable.isOurs(logger) ? Level.INFO : Level.WARN;
    }

    void write(
            String logger,
            Level level,
            @Nullable String message,
            Object @Nullable [] arguments,
            @Nullable List<KeyValuePair> values,
            @Nullable Throwable thrown) {
        boolean told = libraries || SafeThrowable.isOurs(logger);
        JsonLine line = new JsonLine()
                .add("time", clock.instant().toString())
                .add("level", level.toString())
                .add("logger", logger.substring(told ? logger.lastIndexOf('.') + 1 : 0))
                .add("message", told ? formatted(message, arguments) : "(withheld)");
        if (values != null && told) {
            values.forEach(pair -> line.addValue(pair.key, pair.value));
        }
        line.addAll(context.get()).addAll(always);
        if (thrown != null) {
            line.add("error", SafeThrowable.trace(thrown));
        }
        print(line.toString());
    }

    private static @Nullable String formatted(@Nullable String message, Object @Nullable [] arguments) {
        return message == null || arguments == null ? message : MessageFormatter.basicArrayFormat(message, arguments);
    }

    /** Writes a line that is whole already. */
    public void print(String line) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        PrintStream stream = out.get();
        stream.write(bytes, 0, bytes.length);
        stream.flush();
    }
}
