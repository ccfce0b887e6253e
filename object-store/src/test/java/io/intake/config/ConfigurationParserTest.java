package io.intake.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * A key that is read wrongly, or not at all, routes a hospital's records to the wrong place or drops a safety rule, and
 * nobody sees it until records are missing.
 */
class ConfigurationParserTest {

    @Test
    void everyKeyReachesItsRecord() {
        Configuration configuration = ConfigurationParser.parse("partners.yml", Examples.EVERY_KEY);

        Format feedFormat = new Format(";", null, List.of(), "ISO-8859-1");
        Table patients = new Table(
                "patients",
                "p(?<n>\\d+)\\.csv",
                "n",
                true,
                new Format(null, null, List.of("MRN", "NAME"), "ISO-8859-1"),
                List.of(new Table.Column("MRN", List.of("Id", "Patient Id"), true)));
        Feed daily = new Feed(
                "daily",
                "daily/.*\\.zip",
                new ArchiveLimits(10, 2L << 30, 5),
                feedFormat,
                List.of(patients, new Table("visits", "v.csv", null, false, feedFormat, List.of())),
                "lake",
                5,
                Set.of(ReceiptKind.RECEIVED, ReceiptKind.DELIVERED));
        assertThat(configuration.partners())
                .containsExactly(new Partner("st-marys", List.of(Examples.PUBLIC_KEY), List.of(daily)));
        assertThat(configuration.engines())
                .containsExactly(Map.entry(
                        "lake",
                        new Engine(
                                "lake",
                                new HttpTarget(URI.create("http://lake.example/in"), "Bearer T0KEN"),
                                Duration.ofSeconds(45))));
        assertThat(configuration.pager())
                .isEqualTo(new Pager("secret:pagerduty/routing-key", URI.create("https://events.example/v2/enqueue")));
    }

    @Test
    void whoMayComeInReachesItsRecord() {
        String hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo";
        Partner partner = ConfigurationParser.parse("partners.yml", """
                partners:
                  - id: a
                    login:
                      password-hash: HASH
                      allow-from: [198.51.100.0/24, "2001:db8::/32"]
                      expires: 2027-01-31
                      disabled: true
                    quota: { sessions: 7, bytes: 500 GiB, files: 100000, upload-rate: 20 MiB/s }
                    permissions: [upload, list]
                    feeds: [ { id: f, match: x, deliver: { engine: e } } ]
                engines: { e: { type: http, url: http://e } }
                """.replace("HASH", hash))
                .partners()
                .getFirst();

        assertThat(partner.login())
                .isEqualTo(new Login(
                        List.of(),
                        PasswordHash.parse(hash).orElseThrow(),
                        List.of(
                                Network.parse("198.51.100.0/24").orElseThrow(),
                                Network.parse("2001:db8::/32").orElseThrow()),
                        LocalDate.of(2027, 1, 31),
                        true));
        assertThat(partner.quota()).isEqualTo(new Quota(7, 500L << 30, 100_000, 20L << 20));
        assertThat(partner.permissions()).containsExactlyInAnyOrder(Permission.UPLOAD, Permission.LIST);
    }

    @Test
    void authoritiesAndTheExceptionForOldClientsAreRead() {
        String document = """
                partners:
                  - id: st-marys
                    login:
                      allow-from: [198.51.100.7]
                      algorithms: older
                      cert-authority: { keys: ["KEY"], MORE }
                    feeds: [ { id: f, match: x, deliver: { engine: e } } ]
                engines: { e: { type: http, url: http://e } }
                """.replace("KEY", Examples.PUBLIC_KEY);
        String fingerprint = "SHA256:" + "a".repeat(43);
        Login bare = login(document.replace("MORE", ""));
        Login full = login(document.replace(
                "MORE",
                "principals: [a, b], revoked-serials: [17, 18446744073709551615], revoked-keys: [\"" + fingerprint
                        + "\"]"));

        assertThat(bare.certAuthority())
                .isEqualTo(new CertAuthority(List.of(Examples.PUBLIC_KEY), Set.of("st-marys"), Set.of(), Set.of()));
        assertThat(bare.olderAlgorithms()).isTrue();
        assertThat(bare.hasKeys()).isTrue();
        assertThat(full.certAuthority())
                .isEqualTo(new CertAuthority(
                        List.of(Examples.PUBLIC_KEY), Set.of("a", "b"), Set.of(17L, -1L), Set.of(fingerprint)));
    }

    private static Login login(String document) {
        return ConfigurationParser.parse("partners.yml", document)
                .partners()
                .getFirst()
                .login();
    }

    @Test
    void whatIsLeftOutHasItsDefault() {
        Configuration configuration =
                ConfigurationParser.parse("partners.yml", """
                partners:
                  - id: a
                    login: { public-keys: ["KEY"] }
                    feeds: [ { id: f, match: x, deliver: { engine: e } } ]
                engines: { e: { type: http, url: http://e } }
                """.replace("KEY", Examples.PUBLIC_KEY));

        Feed feed = configuration.partners().getFirst().feeds().getFirst();
        assertThat(feed)
                .isEqualTo(new Feed(
                        "f",
                        "x",
                        ArchiveLimits.DEFAULT,
                        Format.DEFAULT,
                        List.of(),
                        "e",
                        500,
                        Set.of(ReceiptKind.values())));
        assertThat(configuration.engines().values())
                .containsExactly(new Engine("e", new HttpTarget(URI.create("http://e"), null), Duration.ofSeconds(30)));
        assertThat(configuration.pager()).isNull();
    }

    @Test
    void aTablesFormatTakesWhatItLeavesOutFromTheFeeds() {
        String yaml =
                Examples.EVERY_KEY.replace("match: 'v.csv'", "match: 'v.csv'\n            format: { quote: \"'\" }");

        Configuration configuration = ConfigurationParser.parse("partners.yml", yaml);

        assertThat(configuration
                        .partners()
                        .getFirst()
                        .feeds()
                        .getFirst()
                        .tables()
                        .get(1)
                        .format())
                .isEqualTo(new Format(";", '\'', List.of(), "ISO-8859-1"));
    }

    @Test
    void sharedPartsMayBeWrittenOnceWithAnAnchor() {
        String yaml = Examples.EVERY_KEY
                .replace("format: { delimiter: auto,", "format: &plain { delimiter: auto,")
                .replace("match: 'v.csv'", "match: 'v.csv'\n            format: *plain");

        List<Table> tables = ConfigurationParser.parse("partners.yml", yaml)
                .partners()
                .getFirst()
                .feeds()
                .getFirst()
                .tables();

        assertThat(tables.get(1).format()).isEqualTo(tables.get(0).format());
    }

    @Test
    void allMistakesAreReportedTogetherInTheOrderOfTheFile() {
        String yaml = Examples.EVERY_KEY
                .replace("batch: 5", "batch: 0")
                .replace("type: http", "type: ftp")
                .replace("id: st-marys", "id: St-Marys");

        assertThat(problems(yaml))
                .containsExactly(
                        "partners.yml:2: 'id' must be 1 to 63 lower-case letters, digits and hyphens, the first no hyphen",
                        "partners.yml:19: 'batch' must be a whole number from 1 to 100,000",
                        "partners.yml:23: 'type' must be fhir, http, mllp, redox, s3, sftp");
    }

    @Test
    void aMistakeInASharedPartIsOneMistake() {
        String yaml = Examples.EVERY_KEY
                .replace("format: { delimiter: auto,", "format: &plain { delimiter: comma,")
                .replace("match: 'v.csv'", "match: 'v.csv'\n            format: *plain");

        assertThat(problems(yaml)).hasSize(1);
    }

    @Test
    void noMessageAndNoTextOfARecordRepeatsASecret() {
        String secret = "hunter2SECRET";
        for (String place : List.of(
                "authorization: Bearer T0KEN",
                "routing-key: secret:pagerduty/routing-key",
                "timeout: 45s",
                "type: http",
                "url: http://lake.example/in",
                "id: daily",
                "required: true",
                "engine: lake",
                "batch: 5",
                "header: each",
                "quote: none",
                "delimiter: auto",
                "charset: latin1",
                "order: n",
                "bytes: 2 GiB")) {
            String key = place.substring(0, place.indexOf(':'));
            for (String value : List.of(
                    "!" + secret,
                    "*" + secret,
                    "[" + secret + "]",
                    secret + "\u00e9",
                    "{" + secret + ": 1}",
                    "\"" + secret,
                    "'" + secret,
                    "@" + secret,
                    "a: " + secret,
                    "http://u:" + secret + "@h/",
                    "\"\\q" + secret + "\"",
                    "\n  " + secret,
                    "%" + secret,
                    "secret:" + secret + " ",
                    "|" + secret,
                    "&" + secret + " x",
                    "http://" + secret + ":99999/")) {
                try {
                    Configuration parsed = ConfigurationParser.parse(
                            "partners.yml", Examples.EVERY_KEY.replace(place, key + ": " + value));
                    assertThat(parsed.engines().toString() + parsed.pager()).doesNotContain(secret);
                } catch (ConfigurationException refused) {
                    assertThat(refused).as(key + ": " + value).message().doesNotContain(secret);
                    assertThat(refused.getCause()).isNull();
                }
            }
        }
    }

    @Test
    void noKeyIsEverIgnored() {
        Matcher key = Pattern.compile("(?m)(?<=^|[ {-])([a-z-]+):(?= |$)").matcher(Examples.EVERY_KEY);
        int keys = 0;
        while (key.find()) {
            if (List.of("patients", "visits").contains(key.group(1))) {
                continue; // chosen by the engineer
            }
            String yaml =
                    Examples.EVERY_KEY.substring(0, key.end(1)) + "qqq" + Examples.EVERY_KEY.substring(key.end(1));
            assertThat(problems(yaml)).as(key.group(1)).isNotEmpty();
            keys++;
        }
        assertThat(keys).isGreaterThan(35);
    }

    @Test
    void aFileThatIsEmptyIsAMistakeBecauseItWouldLockEverybodyOut() {
        for (String yaml : List.of("", " \n", "# nothing\n", "---\n", "null")) {
            assertThat(problems(yaml)).as(yaml).hasSize(1);
        }
        assertThat(problems("")).containsExactly("partners.yml:1: the file is empty");
    }

    @Test
    void aliasesThatStandForBillionsOfNodesAreRefusedAtOnce() {
        StringBuilder yaml = new StringBuilder("a0: &a0 [x]\n");
        for (int level = 1; level < 30; level++) {
            yaml.append("a%1$d: &a%1$d [*a%2$d, *a%2$d, *a%2$d, *a%2$d]\n".formatted(level, level - 1));
        }

        assertThat(problems(yaml.toString()))
                .containsExactly("partners.yml:1: the aliases stand for too much:"
                        + " at most 200000 nodes and 40 levels are allowed");
    }

    @Test
    void anAnchorThatHoldsItselfIsRefused() {
        assertThat(problems("partners: &p [*p]\n"))
                .singleElement()
                .asString()
                .contains("the aliases stand for too much");
    }

    @Test
    void deepNestingIsRefusedBeforeItExhaustsTheStack() {
        assertThat(problems("[".repeat(100_000)))
                .containsExactly("partners.yml:1: the file is nested deeper than 40 levels");
        assertThat(problems("- ".repeat(100_000)))
                .containsExactly("partners.yml:1: the file is nested deeper than 40 levels");
        assertThat(problems("? ".repeat(100_000)))
                .containsExactly("partners.yml:1: the file is nested deeper than 40 levels");
    }

    @Test
    void aDocumentOfMoreThanAMebibyteIsRefused() {
        assertThat(problems("#".repeat((1 << 20) + 1)))
                .containsExactly("partners.yml:1: the file is longer than 1 MiB");
    }

    @Test
    void aThousandMistakesAreEnough() {
        String yaml = "partners: [" + "1, ".repeat(5_000) + "2]";
        assertThat(problems(yaml.replace(", ", ",\n"))).hasSize(1_000);
    }

    @Test
    void theExampleOfTheseTestsIsValid() {
        assertThatCode(() -> ConfigurationParser.parse("partners.yml", Examples.EVERY_KEY))
                .doesNotThrowAnyException();
    }

    private static List<String> problems(String yaml) {
        ConfigurationException refused = catchThrowableOfType(
                ConfigurationException.class, () -> ConfigurationParser.parse("partners.yml", yaml));
        return Objects.requireNonNull(refused, "accepted").problems();
    }
}
