package io.intake.processors;

import io.intake.processors.Secrets.Vault;
import io.intake.secrets.AwsSecrets;
import io.intake.secrets.SecretName;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * AWS Secrets Manager. A secret's name there is the stage's prefix and the name in the configuration. Asked directly, not
 * through the Parameters and Secrets Lambda Extension: that is a layer whose ARN differs by region and version, and what it
 * adds, a cache, {@link Secrets} has. Thread-safe.
 */
public final class SecretsManagerVault implements Vault {
    private final Supplier<AwsSecrets> service;
    private final String prefix;
    private volatile @Nullable AwsSecrets opened;

    /**
     * Asks nothing yet.
     *
     * @param service is opened when the first secret is asked for: most invocations need none
     * @param prefix before each name, for instance {@code intake/prod/}
     */
    public SecretsManagerVault(Supplier<AwsSecrets> service, String prefix) {
        this.service = service;
        this.prefix = prefix;
    }

    @Override
    public @Nullable String find(String name) {
        AwsSecrets secrets = opened;
        if (secrets == null) {
            opened = secrets = service.get();
        }
        try {
            return secrets.find(new SecretName(SecretName.Service.SECRETS_MANAGER, prefix + name))
                    .orElse(null);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the secret '" + name + "' cannot be had from Secrets Manager as " + prefix + name + ": "
                            + e.getMessage(),
                    e);
        }
    }
}
