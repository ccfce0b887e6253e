package io.intake.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An engineer corrects what a message names. A wrong line, or words that do not say what is wanted, cost an outage's
 * minutes; a mistake that passes costs records.
 */
class ConfigurationMistakesTest {
    private static final String ID_RULE = "1 to 63 lower-case letters, digits and hyphens, the first no hyphen";

    /** What is replaced in {@link Examples#EVERY_KEY}, by what, and all problems that follow. */
    record Mistake(String right, String wrong, List<String> problems) {
        @Override
        public String toString() {
            return (right + " -> " + wrong).replace("\n", "\u21b5");
        }
    }

    private static Mistake mistake(String right, String wrong, String... problems) {
        return new Mistake(right, wrong, List.of(problems));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"keys", "identities", "numbers", "formats", "tables", "outside", "access", "syntax"})
    void eachMistakeIsReportedWithItsLineAndWhatIsWanted(Mistake mistake) {
        assertThat(Examples.EVERY_KEY).contains(mistake.right());
        String yaml = Examples.EVERY_KEY.replace(mistake.right(), mistake.wrong());

        ConfigurationException refused =
                catchThrowableOfType(ConfigurationException.class, () -> ConfigurationParser.parse("f", yaml));

        assertThat(Objects.requireNonNull(refused, "accepted").problems())
                .containsExactlyElementsOf(mistake.problems());
    }

    static Stream<Mistake> keys() {
        return Stream.of(
                mistake("batch: 5", "bacth: 5", "f:19: unknown key 'bacth' in 'deliver'; did you mean 'batch'?"),
                mistake(
                        "batch: 5",
                        "colour: 5",
                        "f:19: unknown key 'colour' in 'deliver'; known are as, batch, content-type, engine, max-bytes,"
                                + " max-refused, ordered, template"),
                mistake(
                        "public-keys:",
                        "public_keys:",
                        "f:4: unknown key 'public_keys' in 'login'; did you mean 'public-keys'?",
                        "f:4: 'public-keys', 'cert-authority' or 'password-hash' is missing; a password beside one of"
                                + " the others means both are asked for"),
                mistake(
                        "batch: 5",
                        "9f8e7d6c5b4a: 5",
                        "f:19: unknown key in 'deliver'; known are as, batch, content-type, engine, max-bytes,"
                                + " max-refused, ordered, template"),
                mistake("batch: 5", "batch: 5, batch: 6", "f:19: the key 'batch' is given twice, first in line 19"),
                mistake("pager:", "partner:", "f:27: unknown key 'partner' in the file; did you mean 'partners'?"),
                mistake("batch: 5", "[a]: 5", "f:19: a key of 'deliver' must be a word"),
                mistake("engine: lake, ", "", "f:19: 'engine' is missing"),
                mistake(
                        "deliver: { engine: lake, batch: 5 }",
                        "deliver: lake",
                        "f:19: 'deliver' must be a mapping, as in 'key: value'"),
                mistake(
                        "deliver: { engine: lake, batch: 5 }",
                        "deliver:",
                        "f:19: 'deliver' must be a mapping, as in 'key: value'"),
                mistake("receipts: [delivered, received]", "receipts: delivered", "f:20: 'receipts' must be a list"),
                mistake("match: 'v.csv'", "match: [v]", "f:18: 'match' must be a text"),
                mistake("match: 'v.csv'", "match:", "f:18: 'match' is empty"),
                mistake("match: 'v.csv'", "match: ''", "f:18: 'match' is empty"),
                mistake("match: 'v.csv'", "match: 2017", "f:18: 'match' must be a text; put it in quotes if it is one"),
                mistake("match: 'v.csv'", "match: true", "f:18: 'match' must be a text; put it in quotes if it is one"),
                mistake(
                        "match: 'v.csv'",
                        "match: '" + "v".repeat(20_000) + "'",
                        "f:18: 'match' is longer than 16,384 characters"),
                mistake("required: true\n", "required: yes\n", "f:14: 'required' must be true or false"));
    }

    static Stream<Mistake> identities() {
        return Stream.of(
                mistake("id: st-marys", "id: -a", "f:2: 'id' must be " + ID_RULE),
                mistake("id: st-marys", "id: a/b", "f:2: 'id' must be " + ID_RULE),
                mistake("id: st-marys", "id: ../x", "f:2: 'id' must be " + ID_RULE),
                mistake("id: st-marys", "id: " + "a".repeat(64), "f:2: 'id' must be " + ID_RULE),
                mistake("id: daily", "id: Daily", "f:6: 'id' must be " + ID_RULE),
                mistake(
                        "  lake:",
                        "  Lake:",
                        "f:19: 'engine' must be one of 'engines'; did you mean 'Lake'?",
                        "f:22: an engine's id must be " + ID_RULE),
                mistake(
                        "engine: lake",
                        "engine: lakes",
                        "f:19: 'engine' must be one of 'engines'; did you mean 'lake'?"),
                mistake("engine: lake", "engine: redox-prod", "f:19: 'engine' must be one of 'engines'"),
                mistake(
                        "receipts: [delivered, received]",
                        "receipts: []\n      - { id: daily, match: x, deliver: { engine: lake } }",
                        "f:21: this feed's id is given twice, first in line 6"),
                mistake(
                        "engines:\n",
                        "  - { id: st-marys, login: { public-keys: [\"" + Examples.PUBLIC_KEY
                                + "\"] }, feeds: [ { id: a, match: x, deliver: { engine: lake } } ] }\nengines:\n",
                        "f:21: this partner's id is given twice, first in line 2"),
                mistake(
                        "id: daily\n",
                        "id: X\n        match: a\n        deliver: { engine: lake }\n      - id: Y\n",
                        "f:6: 'id' must be " + ID_RULE,
                        "f:9: 'id' must be " + ID_RULE),
                mistake(
                        "engines:",
                        "engine:",
                        "f:1: 'engines' is missing",
                        "f:21: unknown key 'engine' in the file; did you mean 'engines'?"),
                mistake(
                        "feeds:\n",
                        "feeds: []\n    x:\n",
                        "f:5: 'feeds' must have at least one entry",
                        "f:6: unknown key 'x' in a partner; known are feeds, id, login, permissions, quota"),
                mistake(
                        "[delivered, received]",
                        "[delivered, delivered]",
                        "f:20: this receipt is given twice, first in line 20"),
                mistake(
                        "[delivered, received]",
                        "[dlivered]",
                        "f:20: a receipt must be one of received, delayed, rejected, delivered, collected, held, skipped"));
    }

    static Stream<Mistake> numbers() {
        String batch = "f:19: 'batch' must be a whole number from 1 to 100,000";
        String size = "f:8: 'bytes' must be a size such as 500 MiB or 200 GiB, of whole bytes and at most 50 TiB";
        String timeout = "f:26: 'timeout' must be a duration such as 30s or 5m, from 1s to 10m";
        return Stream.of(
                        Stream.of("0", "-1", "100001", "1.5", "many", "99999999999999999999", "[5]", "''", "0x10")
                                .map(wrong -> mistake("batch: 5", "batch: " + wrong, batch)),
                        Stream.of(
                                        "0",
                                        "-1",
                                        "2 gib",
                                        "2 GIB",
                                        "GiB",
                                        "0.5 B",
                                        "51 TiB",
                                        "9999999999 TiB",
                                        "1e9",
                                        "{}",
                                        "lots")
                                .map(wrong -> mistake("bytes: 2 GiB", "bytes: " + wrong, size)),
                        Stream.of("45", "0s", "999ms", "11m", "1h", "45 seconds", "-1s", "PT45S", "999999999d", "''")
                                .map(wrong -> mistake("timeout: 45s", "timeout: " + wrong, timeout)),
                        Stream.of(
                                mistake(
                                        "entries: 10",
                                        "entries: 0",
                                        "f:8: 'entries' must be a whole number from 1 to 1,000,000"),
                                mistake(
                                        "ratio: 5",
                                        "ratio: 10%",
                                        "f:8: 'ratio' must be a whole number from 1 to 1,000,000")))
                .flatMap(all -> all);
    }

    static Stream<Mistake> formats() {
        String delimiter =
                "f:9: 'delimiter' must be auto, or 1 to 4 characters that are no letters, digits or backslashes;"
                        + " a tab is \"\\t\" in double quotes";
        String quote = "f:9: 'quote' must be none, auto, or one character that is no letter, digit, blank or backslash";
        String charset = "f:9: 'charset' must be auto, or an IANA name such as UTF-8, windows-1252 or UTF-16LE";
        return Stream.of(
                        Stream.of("comma", "'\\t'", "'|||||'", "\"\\n\"")
                                .map(wrong -> mistake("delimiter: \";\"", "delimiter: " + wrong, delimiter)),
                        Stream.of("\"''\"", "q", "' '", "\"\\U0001F600\"")
                                .map(wrong -> mistake("quote: none", "quote: " + wrong, quote)),
                        Stream.of("utf-9", "'UTF 8'", "\"\\xe9\"")
                                .map(wrong -> mistake("charset: latin1", "charset: " + wrong, charset)),
                        Stream.of(
                                mistake(
                                        "quote: none",
                                        "quote: ;",
                                        "f:9: the quote is part of the delimiter; is 'quote: none' meant?"),
                                mistake(
                                        "header: each",
                                        "header: once",
                                        "f:9: 'header' must be each, first, or the list of the columns' names"),
                                mistake("header: each", "header: []", "f:9: 'header' must have at least one entry"),
                                mistake(
                                        "header: each",
                                        "header: [MRN, mrn]",
                                        "f:9: this column is given twice, first in line 9"),
                                mistake("header: each", "header: [[MRN]]", "f:9: 'header' must be a text")),
                        layouts())
                .flatMap(all -> all);
    }

    private static Stream<Mistake> layouts() {
        String escape = "f:9: 'escape' must be none, or one ASCII character that is no letter, digit or blank";
        String contradiction =
                "f:9: 'escape' is the quote or part of the delimiter; a quote in a value that is quoted is doubled";
        return Stream.of(
                mistake("quote: none", "escape: x", escape),
                mistake("quote: none", "escape: \"\\xe9\"", escape),
                mistake("quote: none", "escape: ;", contradiction),
                mistake(
                        "quote: none",
                        "comment: 12345678901234567",
                        "f:9: 'comment' must be a text; put it in quotes if it is one"),
                mistake(
                        "quote: none",
                        "comment: \"12345678901234567\"",
                        "f:9: 'comment' must be none, or the 1 to 16 characters that such lines begin with"),
                mistake(
                        "quote: none",
                        "trailer: '('",
                        "f:9: 'trailer' is no regular expression: Unclosed group near character 2"),
                mistake("quote: none", "fixed: []", "f:9: 'fixed' must have at least one entry"),
                mistake("quote: none", "fixed: [{ name: a, from: 1 }]", "f:9: 'length' is missing"),
                mistake(
                        "quote: none",
                        "fixed: [{ name: a, from: 0, length: 2 }]",
                        "f:9: 'from' must be a whole number from 1 to 1,000,000"),
                mistake(
                        "quote: none",
                        "fixed: [{ name: a, from: 1, length: 2 }, { name: A, from: 1, length: 2 }]",
                        "f:9: this column is given twice, first in line 9"),
                mistake(
                        "header: each",
                        "header: [x], fixed: [{ name: a, from: 1, length: 2 }]",
                        "f:9: 'fixed' names the columns; 'header' cannot name them too"));
    }

    static Stream<Mistake> tables() {
        String order = "f:13: 'order' must name a group of the table's 'match', as n is in (?<n>\\d+)";
        return Stream.of(
                mistake("order: n", "order: part", order),
                mistake("(?<n>", "(", order),
                mistake(
                        "order: n }",
                        "order: n }\n            extra-columns: no",
                        "f:14: 'extra-columns' must be one of keep, drop, refuse"),
                mistake(
                        "order: n }",
                        "order: n }\n            column-names: any",
                        "f:14: 'column-names' must be one of ignore-case, exact"),
                mistake(
                        "match: 'v.csv'",
                        "match: '(v.csv'",
                        "f:18: 'match' is no regular expression: Unclosed group near character 7"),
                mistake(
                        "'p(?<n>",
                        "'p)(?<n>",
                        "f:12: 'match' is no regular expression: Unmatched closing ')' near character 1"),
                mistake(
                        "match: 'v.csv'",
                        "match: '" + "v".repeat(1_001) + "'",
                        "f:18: 'match' is longer than 1,000 characters"),
                mistake(
                        "match: 'v.csv'",
                        "match: '" + "(".repeat(100) + "'",
                        "f:18: 'match' is no regular expression: Unclosed group near character 101"),
                mistake("parts: { order: n }", "parts: {}", "f:13: 'order' is missing"),
                mistake(
                        "          visits:",
                        "          pat ients:",
                        "f:17: a table's name must be 1 to 63 letters, digits, dots, hyphens and underscores, the first no dot or hyphen"),
                mistake(
                        "          visits:",
                        "          patients:",
                        "f:17: the key 'patients' is given twice, first in line 11"),
                mistake(
                        "name: MRN",
                        "nme: MRN",
                        "f:16: unknown key 'nme' in a column; did you mean 'name'?",
                        "f:16: 'name' is missing"),
                mistake(
                        "aliases: [Id, \"Patient Id\"]",
                        "aliases: [mrn]",
                        "f:16: this column's name or alias is given twice, first in line 16"),
                mistake("aliases: [Id, \"Patient Id\"]", "aliases: Id", "f:16: 'aliases' must be a list"));
    }

    static Stream<Mistake> outside() {
        String address = "f:24: 'url' must be an address such as https://host/path";
        String secret = "'%s' must be printable ASCII without blanks around it, or secret:NAME";
        String login = "f:4: 'public-keys': not an OpenSSH public key line, as in 'ssh-ed25519 AAAA... name'";
        return Stream.of(
                        Stream.of(
                                        "ftp://h/",
                                        "lake",
                                        "http:///x",
                                        "http://a b/",
                                        "mailto:a@b",
                                        "http://h:99999/",
                                        "https://h/#x")
                                .map(wrong -> mistake("url: http://lake.example/in", "url: '" + wrong + "'", address)),
                        Stream.of(
                                mistake(
                                        "url: http://lake",
                                        "url: http://u:p@lake",
                                        "f:24: 'url' must hold no user or password; use 'authorization'"),
                                mistake(
                                        "type: http",
                                        "type: smtp",
                                        "f:23: 'type' must be fhir, http, mllp, redox, s3, sftp"),
                                mistake(
                                        "Bearer T0KEN",
                                        "\"a\\r\\nX: y\"",
                                        "f:25: " + secret.formatted("authorization")),
                                mistake("Bearer T0KEN", "'secret:'", "f:25: " + secret.formatted("authorization")),
                                mistake("Bearer T0KEN", "'secret:a b'", "f:25: " + secret.formatted("authorization")),
                                mistake("Bearer T0KEN", "' x'", "f:25: " + secret.formatted("authorization")),
                                mistake(
                                        "secret:pagerduty/routing-key",
                                        "\"\\u00e9\"",
                                        "f:28: " + secret.formatted("routing-key")),
                                mistake(
                                        "  routing-key: secret:pagerduty/routing-key\n",
                                        "",
                                        "f:28: 'routing-key' is missing"),
                                mistake(
                                        "[\"" + Examples.PUBLIC_KEY + "\"]",
                                        "[]",
                                        "f:4: 'public-keys' must have at least one entry"),
                                mistake("[\"" + Examples.PUBLIC_KEY + "\"]", "[AAAAC3Nz]", login),
                                mistake(
                                        "[\"" + Examples.PUBLIC_KEY + "\"]",
                                        "[\"" + Examples.PUBLIC_KEY + "\",\n        \"" + Examples.PUBLIC_KEY
                                                + " too\"]",
                                        "f:5: this public key is given twice, first in line 4")))
                .flatMap(all -> all);
    }

    static Stream<Mistake> access() {
        String network = "f:4: 'allow-from' must hold addresses or networks such as 198.51.100.0/24 or 2001:db8::/32,"
                + " without bits behind the prefix";
        String hash = "f:4: 'password-hash' must be what the gateway's --hash-password prints:"
                + " $argon2id$v=19$m=...,t=...,p=...$salt$hash, with m to 65536, t to 10, p to 4, and m times t at least"
                + " 35840";
        String permission = "f:3: a permission must be one of upload, download, list, delete, rename, overwrite";
        return Stream.of(
                login("allow-from: [198.51.100.7/24]", network),
                login("allow-from: [a.example]", network),
                login("allow-from: []", "f:4: 'allow-from' must have at least one entry"),
                login("allow-from: 198.51.100.7", "f:4: 'allow-from' must be a list"),
                login(
                        "allow-from: [198.51.100.7, 198.51.100.7/32]",
                        "f:4: this network is given twice, first in line 4"),
                login("password-hash: hunter2", hash),
                login("password-hash: $2b$12$abcdefghijklmnopqrstuv", hash),
                login("expires: 2027-02-30", "f:4: 'expires' must be a date such as 2027-01-31"),
                login("expires: soon", "f:4: 'expires' must be a date such as 2027-01-31"),
                login("disabled: maybe", "f:4: 'disabled' must be true or false"),
                login("algorithms: any", "f:4: 'algorithms' must be modern or older"),
                login(
                        "algorithms: older",
                        "f:4: 'algorithms: older' needs 'allow-from': older algorithms are offered only there"),
                login("cert-authority: x", "f:4: 'cert-authority' must be a mapping, as in 'key: value'"),
                login("cert-authority: {}", "f:4: 'keys' is missing"),
                login(
                        "cert-authority: { keys: [AAAA] }",
                        "f:4: 'keys': not an OpenSSH public key line, as in 'ssh-ed25519 AAAA... name'"),
                authority("principals: []", "f:4: 'principals' must have at least one entry"),
                authority("principals: [\"a,b\"]", "f:4: 'principals' must be a name without blanks and commas"),
                authority(
                        "revoked-serials: [18446744073709551616, -1]",
                        "f:4: 'revoked-serials' must hold whole numbers from 0 to 18446744073709551615"),
                authority(
                        "revoked-keys: [\"MD5:00\"]",
                        "f:4: 'revoked-keys' must be a fingerprint such as ssh-keygen -l prints, SHA256:..."),
                login("disable: true", "f:4: unknown key 'disable' in 'login'; did you mean 'disabled'?"),
                partner("quota: { sessions: 0 }", "f:3: 'sessions' must be a whole number from 1 to 10,000"),
                partner(
                        "quota: { bytes: much }",
                        "f:3: 'bytes' must be a size such as 500 MiB or 200 GiB, of whole bytes and at most 50 TiB"),
                partner("quota: { files: 0 }", "f:3: 'files' must be a whole number from 1 to 1,000,000,000"),
                partner(
                        "quota: { upload-rate: 20 MiB }",
                        "f:3: 'upload-rate' must be a rate such as 20 MiB/s, at least 1 KiB/s"),
                partner(
                        "quota: { upload-rate: 1 B/s }",
                        "f:3: 'upload-rate' must be a rate such as 20 MiB/s, at least 1 KiB/s"),
                partner(
                        "quota: { upload-rat: 1 MiB/s }",
                        "f:3: unknown key 'upload-rat' in 'quota'; did you mean 'upload-rate'?"),
                partner("permissions: [uplaod]", permission),
                partner("permissions: all", "f:3: 'permissions' must be a list"),
                partner("permissions: [list, list]", "f:3: this permission is given twice, first in line 3"));
    }

    private static Mistake login(String line, String problem) {
        return mistake("login:\n", "login:\n      " + line + "\n", problem);
    }

    private static Mistake authority(String line, String... problems) {
        String keys = "cert-authority: { keys: [\"" + Examples.PUBLIC_KEY + "\"], " + line + " }";
        return mistake("login:\n", "login:\n      " + keys + "\n", problems);
    }

    private static Mistake partner(String line, String problem) {
        return mistake("id: st-marys\n", "id: st-marys\n    " + line + "\n", problem);
    }

    static Stream<Mistake> syntax() {
        return Stream.of(
                mistake("id: daily", "id: [daily", "f:7: this is not YAML: a comma or the closing bracket is missing"),
                mistake(
                        "match: 'v.csv'",
                        "match: \"\\d\"",
                        "f:18: this is not YAML: in double quotes a backslash must be doubled; use single quotes"),
                mistake(
                        "match: 'v.csv'",
                        "match: *v",
                        "f:18: this is not YAML: this alias has no anchor before it; a value that begins with * needs quotes"),
                mistake(
                        "match: 'v.csv'",
                        "match: !v x",
                        "f:18: tags are not allowed; a value that begins with ! needs quotes"),
                mistake(
                        "match: 'v.csv'",
                        "match: a: b",
                        "f:18: this is not YAML: a key is not expected here; check the indentation"),
                mistake(
                        "            match: 'v.csv'",
                        "\t\tmatch: 'v.csv'",
                        "f:18: this is not YAML: indent with spaces, not with tabs"),
                mistake("match: 'v.csv'", "match: 'v.csv", "f:30: this is not YAML: a quote is not closed"),
                mistake("match: 'v.csv'", "match: \u0007", "f:18: this is not YAML: a character is not allowed in it"),
                mistake("pager:", "---\npager:", "f:27: this is not YAML: only one document is allowed"));
    }
}
