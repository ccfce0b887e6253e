package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.processors.HttpScript.Answer;
import io.intake.secrets.AwsSecrets;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A secret that cannot be had must stop the work with words that lead to the cause, not send a request without it. */
class SecretsManagerVaultTest {
    @BeforeEach
    void credentials() {
        System.setProperty("aws.accessKeyId", "test");
        System.setProperty("aws.secretAccessKey", "test");
    }

    @AfterEach
    void noCredentials() {
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    private static SecretsManagerVault vault(HttpScript service) {
        String address = service.uri("").toString();
        return new SecretsManagerVault(
                () -> AwsSecrets.fromEnvironment(
                        Map.of("AWS_REGION", "us-east-1", "AWS_ENDPOINT_URL_SECRETS_MANAGER", address),
                        InstantSource.system()),
                "intake/prod/");
    }

    @Test
    void aSecretIsAskedForByStageAndName() {
        try (HttpScript service = new HttpScript(Answer.of(200, "{\"SecretString\":\"s3cret\"}"))) {
            assertThat(vault(service).find("redox/key")).isEqualTo("s3cret");
            assertThat(service.received().getFirst().body()).isEqualTo("{\"SecretId\":\"intake/prod/redox/key\"}");
            assertThat(service.received().getFirst().headers())
                    .containsEntry("x-amz-target", "secretsmanager.GetSecretValue");
        }
    }

    @Test
    void whatIsNotThereIsNoSecret() {
        try (HttpScript service = new HttpScript(Answer.of(400, "{\"__type\":\"ResourceNotFoundException\"}"))) {
            assertThat(vault(service).find("absent")).isNull();
        }
    }

    @Test
    void aRefusalAndSilenceSayWhatTheyAre() {
        SecretsManagerVault vault;
        try (HttpScript service = new HttpScript(Answer.of(400, "{\"__type\":\"AccessDeniedException\"}"))) {
            vault = vault(service);
            assertThatThrownBy(() -> vault.find("redox/key"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("intake/prod/redox/key")
                    .hasMessageContaining("AccessDeniedException");
        }
        assertThatThrownBy(() -> vault.find("redox/key"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("intake/prod/redox/key");
    }
}
