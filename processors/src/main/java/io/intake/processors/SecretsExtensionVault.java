package io.intake.processors;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.processors.Secrets.Vault;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * AWS Secrets Manager through the AWS Parameters and Secrets Lambda Extension, which listens on loopback beside the function
 * (AWS Secrets Manager User Guide, "Use AWS Secrets Manager secrets in AWS Lambda functions"): no further SDK client in the
 * function. A secret's name there is the stage's prefix and the name in the configuration. Thread-safe.
 */
public final class SecretsExtensionVault implements Vault {
    private static final int TIMEOUT_MILLIS = 5_000;

    private final URI extension;
    private final String prefix;
    private final String token;

    /**
     * @param extension where it listens, for instance {@code http://localhost:2773}
     * @param prefix before each name, for instance {@code intake/prod/}
     * @param token the function's session token, by which the extension knows it
     */
    public SecretsExtensionVault(URI extension, String prefix, String token) {
        this.extension = extension;
        this.prefix = prefix;
        this.token = token;
    }

    @Override
    public @Nullable String find(String name) {
        String id = URLEncoder.encode(prefix + name, StandardCharsets.UTF_8);
        try {
            HttpURLConnection connection = (HttpURLConnection) extension
                    .resolve("/secretsmanager/get?secretId=" + id)
                    .toURL()
                    .openConnection();
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            connection.setRequestProperty("X-Aws-Parameters-Secrets-Token", token);
            if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                return null;
            }
            JsonNode answer = Json.read(connection.getInputStream().readAllBytes(), JsonNode.class);
            return answer.path("SecretString").isTextual()
                    ? answer.path("SecretString").asText()
                    : null;
        } catch (IOException outOfReach) {
            throw new IllegalStateException(
                    "the secret '" + name + "' cannot be had: the Parameters and Secrets extension does not answer on "
                            + extension + "; add its layer to the function",
                    outOfReach);
        }
    }
}
