package io.intake.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.bucket.Naming.Area;
import io.intake.bucket.Naming.Place;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A patient's name in a key is read by everybody who reads access logs, trails and events. */
class EncryptedNamingTest extends NamingContract {
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_-]{23,362}(\\.[a-z0-9]{1,8})?");

    private final Naming naming = new EncryptedNaming(TestNames.key("k1", 1), TemporaryNames.DEFAULT);
    private final Naming other = new EncryptedNaming(TestNames.key("k2", 2), TemporaryNames.DEFAULT);

    @Override
    Naming naming() {
        return naming;
    }

    @Override
    int longestSegment() {
        return 362 + 4;
    }

    private static Place inbound(String partner, String path) {
        return new Place(partner, Area.INBOUND, PartnerPath.parse(path));
    }

    @Test
    void aKeyTellsTheKeyIdAndWellKnownSuffixesAndNothingElse() {
        for (long seed = 0; seed < 2_000; seed++) {
            Place place = new Place("p", Area.OUTBOUND, TestNames.path(new Random(seed), 4, 40));
            String[] parts = naming.key(place).split("/", -1);
            assertThat(parts[2]).isEqualTo("_k1");
            for (int i = 3; i < parts.length; i++) {
                assertThat(parts[i]).as("seed %d", seed).matches(SEGMENT);
            }
        }
    }

    @Test
    void onlySuffixesThatTellNothingOfAPatientAreKept() {
        assertThat(naming.key(inbound("p", "Smith, John.ZIP"))).endsWith(".zip").doesNotContain("Smith");
        assertThat(naming.key(inbound("p", "x.csv.pgp"))).endsWith(".pgp").doesNotContain(".csv");
        assertThat(naming.key(inbound("p", "x.csv.filepart")))
                .endsWith(".filepart")
                .doesNotContain(".csv");
        for (String name : List.of("Smith.John", "scan.4711", "a.SMITH", "x.", ".zip", "zip", "x.19570312")) {
            assertThat(naming.key(inbound("p", name))).as(name).doesNotContain(".");
        }
    }

    @Test
    void caseAndFormOfANameAreKept() {
        for (String name : List.of("X.ZIP", "x.zip", "X.Zip", "e\u0301.csv", "\u00e9.csv")) {
            String key = naming.key(inbound("p", name));
            assertThat(naming.place(key)).contains(inbound("p", name));
        }
        assertThat(naming.key(inbound("p", "X.ZIP"))).isNotEqualTo(naming.key(inbound("p", "x.zip")));
    }

    @Test
    void anotherPartnersNameIsEncryptedOtherwiseAndCannotBeMovedThere() {
        String key = naming.key(inbound("p", "d/x.csv"));
        String there = naming.key(inbound("q", "d/x.csv"));
        assertThat(there.substring("inbound/q/".length())).isNotEqualTo(key.substring("inbound/p/".length()));
        assertThat(naming.place(key.replace("inbound/p/", "inbound/q/"))).isEmpty();
    }

    @Test
    void whatWasChangedOrMadeWithAnotherKeyHasNoPlace() {
        String key = naming.key(inbound("p", "d/x.csv"));
        assertThat(other.place(key)).isEmpty();
        assertThat(other.place(key.replace("_k1", "_k2"))).isEmpty();
        assertThat(naming.place(key.replace(".csv", ".zip"))).isEmpty();
        assertThat(naming.place(key.replace(".csv", ""))).isEmpty();
        assertThat(naming.place("inbound/p/d/x.csv")).isEmpty();
        assertThat(naming.place("inbound/p/_k1/d/x.csv")).isEmpty();
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            int at = "inbound/p/_k1/".length() + random.nextInt(key.length() - "inbound/p/_k1/".length());
            char changed = (char) ('A' + random.nextInt(26));
            String tampered = key.substring(0, at) + changed + key.substring(at + 1);
            if (!tampered.equals(key)) {
                assertThat(naming.place(tampered)).as("round %d", i).isEmpty();
            }
        }
    }

    /** Buckets are case-sensitive, but a copy of one on a case-insensitive file system must not mix files up. */
    @Test
    void keysDifferNotOnlyByCase() {
        List<String> keys = java.util.stream.IntStream.range(0, 5_000)
                .mapToObj(i -> naming.key(inbound("p", "x" + i)).toLowerCase(Locale.ROOT))
                .toList();
        assertThat(keys).doesNotHaveDuplicates();
    }

    @Test
    void filesOfFormerNamingsAreStillRead() {
        Naming natural = new NaturalNaming();
        Naming several = new SeveralNamings(List.of(other, naming, natural));
        for (long seed = 0; seed < 1_000; seed++) {
            Place place = new Place("p", Area.INBOUND, TestNames.path(new Random(seed), 4, 40));
            assertThat(several.key(place)).isEqualTo(other.key(place));
            for (Naming each : several.generations()) {
                assertThat(several.place(each.key(place))).as("seed %d", seed).contains(place);
                for (String prefix : each.prefixes(place)) {
                    assertThat(several.folder(prefix)).as("seed %d", seed).contains(place);
                }
            }
        }
    }

    @Test
    void naturalNamesReadEncryptedOnesBeforeTheyAreUsed() {
        Naming several = NamingSetting.parse("natural, encrypted")
                .names(new NameKeys(List.of(TestNames.key("k1", 1))), TemporaryNames.DEFAULT)
                .naming();
        Place place = inbound("p", "d/x.zip");
        assertThat(several.key(place)).isEqualTo("inbound/p/d/x.zip");
        assertThat(several.place(naming.key(place))).contains(place);
    }

    @Test
    void aSettingThatIsNoneIsRefused() {
        assertThatThrownBy(() -> NamingSetting.parse("clear")).hasMessageContaining("INTAKE_NAMING");
        assertThat(NamingSetting.parse("natural")
                        .names(null, TemporaryNames.DEFAULT)
                        .naming())
                .isInstanceOf(NaturalNaming.class);
        assertThat(NamingSetting.parse("encrypted,natural")
                        .names(new NameKeys(List.of(TestNames.key("k1", 1))), TemporaryNames.DEFAULT)
                        .naming()
                        .generations())
                .hasSize(2);
    }
}
