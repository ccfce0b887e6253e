package io.intake.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.bucket.Naming.Area;
import io.intake.bucket.Naming.Place;
import io.intake.store.ObjectStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What every naming keeps to. One that mixed two paths up would show one hospital's patients to another, or put one file in
 * another's place.
 */
abstract class NamingContract {
    private static final int ROUNDS = 2_000;

    /** The naming under test, with the default temporary names. */
    abstract Naming naming();

    /** How many bytes a name of 255 takes in a key at most. */
    abstract int longestSegment();

    private static Place place(Random random) {
        Area area = random.nextBoolean() ? Area.INBOUND : Area.OUTBOUND;
        return new Place(random.nextBoolean() ? "st-marys" : "p", area, TestNames.path(random, 4, 40));
    }

    @Test
    void everyPathStaysInItsPartnersPrefixAndComesBackTheSame() {
        for (long seed = 0; seed < ROUNDS; seed++) {
            Place place = place(new Random(seed));
            String key = naming().key(place);
            String area = place.area().folder();
            assertThat(key)
                    .as("seed %d", seed)
                    .startsWith(
                            naming().isTemporary(place)
                                    ? "uploads/" + place.partner() + "/" + area + "/"
                                    : area + "/" + place.partner() + "/")
                    .doesNotContain("//")
                    .doesNotEndWith("/");
            assertThat(List.of(key.split("/", -1))).as("seed %d", seed).doesNotContain("..", ".", "");
            assertThat(naming().place(key)).as("seed %d", seed).contains(place);
            assertThat(naming().key(place)).as("seed %d", seed).isEqualTo(key);
        }
    }

    @Test
    void noTwoPathsHaveOneKey() {
        Map<String, Place> byKey = new HashMap<>();
        for (long seed = 0; seed < ROUNDS; seed++) {
            Place place = place(new Random(seed));
            Place other = byKey.put(naming().key(place), place);
            assertThat(other == null || other.equals(place)).as("seed %d", seed).isTrue();
        }
    }

    @Test
    void whatIsInAFolderIsUnderItsPrefixesAndOneLevelDown() {
        for (long seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            Place file = place(random);
            Place folder = new Place(file.partner(), file.area(), file.path().parent());
            String key = naming().key(file);
            assertThat(naming().prefixes(folder)).as("seed %d", seed).startsWith(naming().prefix(folder));
            List<String> rests = naming().prefixes(folder).stream()
                    .filter(key::startsWith)
                    .map(prefix -> key.substring(prefix.length()))
                    .toList();
            assertThat(rests).as("seed %d", seed).hasSize(1);
            assertThat(rests.getFirst()).as("seed %d", seed).isNotEmpty().doesNotContain("/");
            for (String prefix : naming().prefixes(folder)) {
                assertThat(naming().folder(prefix))
                        .as("seed %d, %s", seed, folder)
                        .contains(folder);
                assertThat(naming().place(prefix)).as("seed %d", seed).isEmpty();
            }
        }
    }

    /** A recursive tree is listed folder by folder, as S3 groups keys by the delimiter. */
    @Test
    void aTreeIsFoundAgainByItsPrefixes() {
        Random random = new Random(7);
        List<PartnerPath> files = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            PartnerPath path = new PartnerPath(List.of(
                    "d" + random.nextInt(3), "é" + random.nextInt(3), "f" + i + (i % 5 == 0 ? ".tmp" : ".csv")));
            files.add(path);
            keys.add(naming().key(new Place("p", Area.INBOUND, path)));
        }
        List<PartnerPath> found = new ArrayList<>();
        walk(new Place("p", Area.INBOUND, PartnerPath.ROOT), keys, found);
        assertThat(found).containsExactlyInAnyOrderElementsOf(files);
    }

    private void walk(Place folder, List<String> keys, List<PartnerPath> found) {
        List<Place> below = new ArrayList<>();
        for (String prefix : naming().prefixes(folder)) {
            for (String key : keys) {
                if (key.startsWith(prefix)) {
                    int slash = key.indexOf('/', prefix.length());
                    if (slash < 0) {
                        found.add(naming().place(key).orElseThrow().path());
                    } else {
                        below.add(naming().folder(key.substring(0, slash + 1)).orElseThrow());
                    }
                }
            }
        }
        below.stream().distinct().forEach(place -> walk(place, keys, found));
    }

    /** So that a folder's rename is a copy from prefix to prefix. */
    @Test
    void aFilesNameInItsFolderDoesNotDependOnTheFolder() {
        for (long seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            String name = TestNames.name(random, 40);
            PartnerPath one = TestNames.path(random, 3, 40);
            PartnerPath other = TestNames.path(random, 3, 40);
            assertThat(last(new Place("p", Area.INBOUND, one.child(name))))
                    .as("seed %d", seed)
                    .isEqualTo(last(new Place("p", Area.INBOUND, other.child(name))));
        }
    }

    private String last(Place place) {
        String key = naming().key(place);
        return key.substring(key.lastIndexOf('/') + 1);
    }

    @Test
    void aRenameFromATemporaryNameOnlyLeavesTheUploadsPrefix() {
        Place temporary = new Place("p", Area.INBOUND, PartnerPath.parse("d/x.csv.filepart"));
        Place renamed = new Place("p", Area.INBOUND, PartnerPath.parse("d/x.csv"));
        assertThat(naming().key(temporary)).startsWith("uploads/p/inbound/").endsWith(".filepart");
        assertThat(naming().key(renamed)).startsWith("inbound/p/").endsWith(".csv");
    }

    @Test
    void namesOf255BytesHaveAKeyAndComeBack() {
        for (String name : List.of(
                "x".repeat(255),
                "é".repeat(127) + "x",
                "日".repeat(85),
                "\uD83D\uDE00".repeat(63) + "abc",
                "x".repeat(251) + ".zip")) {
            assertThat(TestNames.length(name)).isEqualTo(255);
            Place place = new Place("st-marys", Area.INBOUND, new PartnerPath(List.of(name)));
            String key = naming().key(place);
            assertThat(key.length() - key.lastIndexOf('/') - 1).isLessThanOrEqualTo(longestSegment());
            assertThat(naming().place(key)).contains(place);
        }
    }

    @Test
    void noKeyIsLongerThanS3AllowsAndWhatWouldBeIsRefusedWithoutAWordOfTheName() {
        int refused = 0;
        int longest = 0;
        for (long seed = 0; seed < ROUNDS; seed++) {
            Place place = new Place("st-marys", Area.INBOUND, TestNames.path(new Random(seed), 12, 255));
            try {
                String key = naming().key(place);
                longest = Math.max(longest, TestNames.length(key));
                assertThat(naming().place(key)).as("seed %d", seed).contains(place);
            } catch (IllegalArgumentException tooLong) {
                refused++;
                assertThat(tooLong.getMessage()).matches("the path is too long: \\d+ bytes as a key, 1024 are allowed");
            }
        }
        assertThat(refused).isPositive();
        assertThat(longest).isBetween(900, ObjectStore.Limits.MAX_KEY_BYTES);
    }

    @Test
    void keysThatNoPathMakesHaveNoPlace() {
        for (String key :
                List.of("inbound/p/", "inbound/p", "inbound//x", "jobs/p/x", "inbound/p/../q/x", "inbound/p/a//b")) {
            assertThat(naming().place(key)).as(key).isEmpty();
        }
        for (String text : List.of("inbound/", "inbound/p", "jobs/p/d/", "uploads/p/", "inbound/p/d//")) {
            assertThat(naming().folder(text)).as(text).isEmpty();
        }
        assertThatThrownBy(() -> naming().key(new Place("p", Area.INBOUND, PartnerPath.ROOT)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
