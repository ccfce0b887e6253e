package io.intake.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.InstanceOfAssertFactories;
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
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .containsExactly("secret:st-marys/zip");
        assertThat(feed("decrypt: { zip-password: [\"secret:new\", \"secret:old\"] }")
                        .decrypt())
                .extracting(Decryption::zipPasswords)
                .asInstanceOf(InstanceOfAssertFactories.LIST)
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

    private static final String SIGNERS =
            "signers: [\"-----BEGIN PGP PUBLIC KEY BLOCK-----\\n...\", \"secret:partner\"]";

    @Test
    void openPgpTakesKeysAndWhoMaySign() {
        Decryption all = feed("decrypt: { pgp: { key: [\"secret:new\", \"secret:old\"], passphrase: \"secret:p\", "
                        + "signature: if-present, " + SIGNERS + " } }")
                .decrypt();
        assertThat(all)
                .isEqualTo(new Decryption(
                        List.of(),
                        new PgpDecryption(
                                List.of("secret:new", "secret:old"),
                                List.of("secret:p"),
                                SignaturePolicy.IF_PRESENT,
                                List.of("-----BEGIN PGP PUBLIC KEY BLOCK-----\n...", "secret:partner"))));
    }

    @Test
    void whoNamesSignersWantsSignatures() {
        assertThat(policy("")).isEqualTo(SignaturePolicy.NONE);
        assertThat(policy(", " + SIGNERS)).isEqualTo(SignaturePolicy.REQUIRED);
        assertThat(policy(", signature: none, " + SIGNERS)).isEqualTo(SignaturePolicy.NONE);
    }

    private static SignaturePolicy policy(String rest) {
        Decryption decryption =
                feed("decrypt: { pgp: { key: \"secret:k\"" + rest + " } }").decrypt();
        return Objects.requireNonNull(Objects.requireNonNull(decryption).pgp()).signature();
    }

    @Test
    void whatOpenPgpCannotDoWithIsRefused() {
        assertMistake("decrypt: { pgp: { signature: required, key: \"secret:k\" } }", "'signers' is missing");
        assertMistake("decrypt: { pgp: { signature: none } }", "'key' is missing");
        assertMistake("decrypt: { pgp: { key: \"secret:k\", signature: maybe } }", "none, if-present or required");
        assertMistake(
                "decrypt: { pgp: { key: \"-----BEGIN PGP PRIVATE KEY BLOCK-----\" } }",
                "'key' must be secret:NAME, the name of a secret");
        assertMistake("decrypt: { gpg: {} }", "unknown key 'gpg' in 'decrypt'");
    }

    private static void assertMistake(String decrypt, String problem) {
        assertThatThrownBy(() -> parse(decrypt))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(problem)
                .hasMessageNotContaining("BEGIN PGP PRIVATE");
    }
}
