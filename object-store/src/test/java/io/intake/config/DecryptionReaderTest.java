package io.intake.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;

/** A password that stands in the configuration would be copied into the record of every job. */
class DecryptionReaderTest {
    private static Configuration parse(String decrypt) {
        return ConfigurationParser.parse(
                "f", Examples.EVERY_KEY.replace("id: daily\n", "id: daily\n        " + decrypt + "\n"));
    }

    private static Feed feed(String decrypt) {
        return parse(decrypt).partners().getFirst().feeds().getFirst();
    }

    @Test
    void oneSecretOrSeveralToBeTriedAreTaken() {
        assertThat(feed("decrypt: { zip-password: \"secret:st-marys/zip\" }").decrypt())
                .extracting(Decryption::zipPasswords)
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .containsExactly("secret:st-marys/zip");
        assertThat(feed("decrypt: { zip-password: [\"secret:new\", \"secret:old\"] }")
                        .decrypt())
                .extracting(Decryption::zipPasswords)
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .containsExactly("secret:new", "secret:old");
    }

    @Test
    void aPasswordItselfIsRefusedAndNotRepeated() {
        assertThatThrownBy(() -> parse("decrypt: { zip-password: \"Tr0ub4dor\" }"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("f:7: 'zip-password' must be secret:NAME, the name of a secret")
                .hasMessageNotContaining("Tr0ub4dor");
    }

    @Test
    void theSnapshotOfAFeedKeepsItAndOldOnesHaveNone() throws Exception {
        JsonMapper mapper = JsonMapper.builder().build();
        Feed feed = feed("decrypt: { zip-password: \"secret:zip\" }");

        String json = mapper.writeValueAsString(feed);

        assertThat(mapper.readValue(json, Feed.class)).isEqualTo(feed);
        String old = json.replaceAll(",\"decrypt\":\\{.*?\\}", "");
        assertThat(old).isNotEqualTo(json);
        assertThat(mapper.readValue(old, Feed.class).decrypt()).isNull();
    }
}
