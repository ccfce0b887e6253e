package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.processors.HttpScript.Answer;
import org.junit.jupiter.api.Test;

/** A secret that cannot be had must stop the work with words that lead to the cause, not send a request without it. */
class SecretsExtensionVaultTest {
    @Test
    void aSecretIsAskedForByStageAndNameWithTheFunctionsToken() {
        try (HttpScript extension = new HttpScript(Answer.of(200, "{\"SecretString\":\"s3cret\"}"))) {
            SecretsExtensionVault vault = new SecretsExtensionVault(extension.uri(""), "intake/prod/", "tok");
            assertThat(vault.find("redox/key")).isEqualTo("s3cret");
            assertThat(extension.received().getFirst().headers())
                    .containsEntry("x-aws-parameters-secrets-token", "tok");
            assertThat(extension.paths()).containsExactly("/secretsmanager/get?secretId=intake%2Fprod%2Fredox%2Fkey");
        }
    }

    @Test
    void aRefusalIsNoSecretAndSilenceSaysWhatIsMissing() {
        SecretsExtensionVault vault;
        try (HttpScript extension = new HttpScript(Answer.of(400, "ResourceNotFoundException"))) {
            vault = new SecretsExtensionVault(extension.uri(""), "intake/prod/", "tok");
            assertThat(vault.find("absent")).isNull();
        }
        assertThatThrownBy(() -> vault.find("redox/key"))
                .hasMessageContaining("redox/key")
                .hasMessageContaining("layer");
    }
}
