package io.intake.processors;

import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Resolves what a configuration names as {@code secret:NAME}. A secret comes from the environment variable {@code
 * INTAKE_SECRET_} and the name in upper case with all but letters and digits as underscores, which the deployment fills
 * from its secret store. Thread-safe.
 */
public final class Secrets {
    private static final String SCHEME = "secret:";

    private final UnaryOperator<@Nullable String> environment;

    /** @param environment gives a variable's value, or null */
    public Secrets(UnaryOperator<@Nullable String> environment) {
        this.environment = environment;
    }

    /**
     * The value itself, or of the secret that it names.
     *
     * @throws IllegalStateException if there is no such secret; the message says which variable is missing
     */
    public String resolve(String value) {
        if (!value.startsWith(SCHEME)) {
            return value;
        }
        String name = value.substring(SCHEME.length());
        String variable = "INTAKE_SECRET_" + name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
        String secret = environment.apply(variable);
        if (secret == null || secret.isEmpty()) {
            throw new IllegalStateException("the secret '" + name + "' is not set: " + variable + " is missing");
        }
        return secret;
    }
}
