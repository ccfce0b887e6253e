package io.intake.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** A server whose key nobody checks gets patients' records whoever it is. */
class SftpConfigurationTest {
    private static final String PRINT = "SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDPqXuiEu/cp0JgoUU";
    private static final String LEAST =
            "host: lab.example.org, user: intake, key: 'secret:lab/key', host-key: '" + PRINT + "'";

    private static String yaml(String deliver, String engine) {
        return """
                partners:
                  - id: st-marys
                    login:
                      public-keys: ["KEY"]
                    feeds: [ { id: rows, match: x, deliver: { engine: lab DELIVER } } ]
                engines:
                  lab: { type: sftp, ENGINE }
                """.replace("DELIVER", deliver).replace("ENGINE", engine).replace("KEY", Examples.PUBLIC_KEY);
    }

    private static List<String> problems(String deliver, String engine) {
        return Assertions.catchThrowableOfType(
                        ConfigurationException.class, () -> ConfigurationParser.parse("f", yaml(deliver, engine)))
                .problems();
    }

    private static SftpTarget target(String engine) {
        Engine lab = ConfigurationParser.parse("f", yaml("", engine)).engines().get("lab");
        assertThat(lab).isNotNull();
        assertThat(lab.target()).isInstanceOf(SftpTarget.class);
        return (SftpTarget) lab.target();
    }

    @Test
    void whatIsWrittenIsWhatIsMeant() {
        assertThat(target(LEAST))
                .isEqualTo(new SftpTarget(
                        "lab.example.org",
                        22,
                        "intake",
                        new SftpTarget.Identity("secret:lab/key", null, null),
                        List.of(PRINT),
                        ".",
                        "{partner}-{feed}-{job}-",
                        "",
                        false,
                        false));
        SftpTarget all = target(
                "host: '::1:2', port: 2222, user: 'DOM\\a', key: 'secret:k', passphrase: 'secret:p', password: 'secret:w',"
                        + " host-key: ['KEY', '" + PRINT + "'], directory: /in/lab, prefix: 'x_{date}_{job}_',"
                        + " suffix: .hl7, names: true, manifest: true");
        assertThat(all)
                .isEqualTo(new SftpTarget(
                        "::1:2",
                        2222,
                        "DOM\\a",
                        new SftpTarget.Identity("secret:k", "secret:p", "secret:w"),
                        List.of(Examples.PUBLIC_KEY, PRINT),
                        "/in/lab",
                        "x_{date}_{job}_",
                        ".hl7",
                        true,
                        true));
        assertThat(all.prefixOf("p", "f", "20260304-aa")).isEqualTo("x_20260304_20260304-aa_");
        assertThat(all + "" + all.login()).doesNotContain("secret", "::1");
    }

    @Test
    void withoutAHostKeyOrALoginItIsNoEngine() {
        assertThat(problems("", "host: h, user: u, key: 'secret:k'")).containsExactly("f:7: 'host-key' is missing");
        assertThat(problems("", LEAST.replace("key: 'secret:lab/key', ", "")))
                .containsExactly("f:7: an engine of type sftp needs a 'key', a 'password' or both");
        assertThat(problems("", LEAST.replace("key: 'secret:lab/key'", "password: 'secret:w', passphrase: 'secret:p'")))
                .containsExactly("f:7: 'passphrase' is a key's, and there is none");
    }

    @Test
    void mistakesAreReportedWithTheirLine() {
        assertThat(problems("", LEAST.replace(PRINT, PRINT.substring(0, 40))))
                .containsExactly(
                        "f:7: 'host-key': a fingerprint is SHA256: and 43 characters, as ssh-keygen -lf prints it");
        assertThat(problems("", LEAST.replace(PRINT, "ssh-ed25519 AAAA")))
                .containsExactly("f:7: 'host-key': the key is damaged or cut short");
        assertThat(problems("", LEAST.replace("'" + PRINT + "'", "[]")))
                .containsExactly("f:7: 'host-key' must have at least one entry");
        assertThat(problems("", LEAST.replace("secret:lab/key", "-----BEGIN")))
                .containsExactly("f:7: 'key' must be secret:NAME, the name of a secret");
        for (String wrong : List.of("../x", "a/../b", "a/..", "..")) {
            assertThat(problems("", LEAST + ", directory: '" + wrong + "'"))
                    .as(wrong)
                    .containsExactly(
                            "f:7: 'directory' must be a path of letters, digits, blanks and !_.@+=()/- without '..'");
        }
        for (String wrong : List.of("x", "{job}/", ".{job}", "{name}-{job}")) {
            assertThat(problems("", LEAST + ", prefix: '" + wrong + "'"))
                    .as(wrong)
                    .containsExactly(
                            "f:7: 'prefix' must be letters, digits and !_.@+=()- with {partner}, {feed}, {date} and"
                                    + " {job}, of which {job} must be there, and begin with no point or hyphen");
        }
        assertThat(problems(", template: a.json", LEAST))
                .containsExactly("f:5: an engine of type sftp gets tables as they are, without a 'template'");
    }
}
