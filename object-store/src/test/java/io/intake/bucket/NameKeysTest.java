package io.intake.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A wrong or leaked name key is every file's name lost or told. */
class NameKeysTest {
    private static String line(String id, int bytes) {
        byte[] secret = new byte[bytes];
        java.util.Arrays.fill(secret, (byte) id.charAt(0));
        return id + ":" + Base64.getEncoder().encodeToString(secret);
    }

    @Test
    void theFirstKeyEncrypts() {
        NameKeys keys = NameKeys.parse("\n" + line("b2", 64) + ",\n" + line("a1", 64) + "\n");
        assertThat(keys.keys()).extracting(NameKeys.Key::id).containsExactly("b2", "a1");
        assertThat(keys.current().id()).isEqualTo("b2");
    }

    @Test
    void allMistakesAreToldAndNoSecret() {
        String shortKey = line("b2", 32);
        assertThatThrownBy(() -> NameKeys.parse(shortKey + " hello " + line("a1", 64) + " " + line("a1", 64)))
                .hasMessageContaining("name key 'b2' is not 64 bytes")
                .hasMessageContaining("name key 2 is not ID:BASE64")
                .hasMessageContaining("name key 4 has the id 'a1' of an earlier one")
                .hasMessageNotContaining(shortKey.substring(3))
                .hasMessageNotContaining("hello");
        assertThatThrownBy(() -> NameKeys.parse("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aKeysTextHoldsNoSecret() {
        NameKeys keys = NameKeys.parse(line("a1", 64));
        assertThat(keys.toString()).isEqualTo("NameKeys[keys=[Key[a1]]]");
    }

    /** RFC 5297, appendix A.1, against the library with the halves of the key as we give them. */
    @Test
    void theCipherIsAesSivOfRfc5297() {
        HexFormat hex = HexFormat.of();
        byte[] sealed = new org.cryptomator.siv.SivMode()
                .encrypt(
                        hex.parseHex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"),
                        hex.parseHex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0"),
                        hex.parseHex("112233445566778899aabbccddee"),
                        hex.parseHex("101112131415161718191a1b1c1d1e1f2021222324252627"));
        assertThat(hex.formatHex(sealed)).isEqualTo("85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c");
    }

    /** The text of stored keys must never change: a key that is made otherwise finds no file. */
    @Test
    void theFormOfAnEncryptedNameStays() {
        byte[] secret = new byte[NameKeys.Key.BYTES];
        for (int i = 0; i < secret.length; i++) {
            secret[i] = (byte) i;
        }
        Naming naming = new EncryptedNaming(new NameKeys.Key("k1", secret), TemporaryNames.DEFAULT);
        assertThat(naming.key(new Naming.Place("st-marys", Naming.Area.INBOUND, PartnerPath.parse("daily/A_1.ZIP"))))
                .isEqualTo("inbound/st-marys/_k1/csBGVvbFOvtwYRk3O-2Rb-89Szkn/9-GOj1G0UxQnl66xNGd4nVv5xHFQuMU.zip");
    }

    @Test
    void namesInRecordsAreSealedForTheirJob() {
        NameKeys one = new NameKeys(List.of(TestNames.key("k1", 1)));
        NameKeys rotated = new NameKeys(List.of(TestNames.key("k2", 2), TestNames.key("k1", 1)));
        RecordNames names = new SealedNames(one, true);
        String sealed = names.seal("job", "Smith/é.csv");
        assertThat(sealed).startsWith("sealed:k1:").doesNotContain("Smith").isEqualTo(names.seal("job", "Smith/é.csv"));
        assertThat(names.open("job", sealed)).isEqualTo("Smith/é.csv");
        assertThat(new SealedNames(rotated, true).open("job", sealed)).isEqualTo("Smith/é.csv");
        assertThat(new SealedNames(rotated, true).seal("job", "x")).startsWith("sealed:k2:");
        assertThat(names.open("another", sealed)).isEqualTo(sealed);
        assertThat(names.open("job", "from before.csv")).isEqualTo("from before.csv");
        assertThat(names.open("job", "sealed:k9:x")).isEqualTo("sealed:k9:x");
        assertThat(new SealedNames(one, false).seal("job", "x")).isEqualTo("x");
        assertThat(RecordNames.CLEAR.open("job", RecordNames.CLEAR.seal("job", "x")))
                .isEqualTo("x");
    }
}
