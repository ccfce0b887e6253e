package io.intake.processors;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Resolves what a configuration names as {@code secret:NAME}: first from the environment variable {@code INTAKE_SECRET_} and
 * the name in upper case with all but letters and digits as underscores, for the local run and for stores other than AWS's;
 * then from the vault. What the vault gave is kept for {@link #KEPT}, so that a rotated secret comes into force without a
 * deployment. Thread-safe.
 */
public final class Secrets {
    /** How long a secret is used without asking for it again. */
    static final Duration KEPT = Duration.ofMinutes(5);

    private static final String SCHEME = "secret:";

    private final UnaryOperator<@Nullable String> environment;
    private final Vault vault;
    private final InstantSource clock;
    private final ConcurrentHashMap<String, Kept> kept = new ConcurrentHashMap<>();

    private record Kept(String secret, Instant until) {}

    /** Where secrets are kept. */
    @FunctionalInterface
    public interface Vault {
        /** The secret of a name, or null if there is none. */
        @Nullable
        String find(String name);
    }

    /** @param environment gives a variable's value, or null */
    public Secrets(UnaryOperator<@Nullable String> environment, Vault vault, InstantSource clock) {
        this.environment = environment;
        this.vault = vault;
        this.clock = clock;
    }

    /**
     * The value itself, or of the secret that it names.
     *
     * @throws IllegalStateException if there is no such secret; the message names it
     */
    public String resolve(String value) {
        if (!value.startsWith(SCHEME)) {
            return value;
        }
        String name = value.substring(SCHEME.length());
        String variable = "INTAKE_SECRET_" + name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
        String secret = environment.apply(variable);
        return secret == null || secret.isEmpty() ? fromVault(name, variable) : secret;
    }

    /**
     * As {@link #resolve}, of what may be left out.
     *
     * @return null for null
     */
    public @Nullable String resolveOptional(@Nullable String value) {
        return value == null ? null : resolve(value);
    }

    private String fromVault(String name, String variable) {
        Instant now = clock.instant();
        Kept known = kept.get(name);
        if (known != null && now.isBefore(known.until())) {
            return known.secret();
        }
        String secret = vault.find(name);
        if (secret == null || secret.isEmpty()) {
            throw new IllegalStateException(
                    "there is no secret '" + name + "' in the vault, and " + variable + " is not set");
        }
        kept.put(name, new Kept(secret, now.plus(KEPT)));
        return secret;
    }
}
