package io.intake.config;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Compiled patterns by their text, so that records hold text only and serialise as such. Thread-safe.
 */
final class Patterns {
    /** Reloads bring new patterns for as long as the process lives. */
    private static final int MAX = 10_000;

    private static final Map<String, Pattern> COMPILED = new ConcurrentHashMap<>();

    private Patterns() {}

    /**
     * The pattern of a text.
     *
     * @throws java.util.regex.PatternSyntaxException if it is none
     */
    static Pattern of(String regex) {
        if (COMPILED.size() >= MAX) {
            COMPILED.clear();
        }
        return COMPILED.computeIfAbsent(regex, Pattern::compile);
    }
}
