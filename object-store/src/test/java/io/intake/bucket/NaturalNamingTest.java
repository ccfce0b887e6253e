package io.intake.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.bucket.Naming.Area;
import io.intake.bucket.Naming.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A path that maps into another partner's prefix would show one hospital's patients to another. */
class NaturalNamingTest extends NamingContract {
    private static final String[] PIECES = {
        "a",
        "B",
        ".",
        "..",
        "...",
        "",
        "//",
        "/",
        "%2e%2e",
        "%2F",
        "\\",
        "é",
        "日本",
        "x ",
        " x",
        "trailing.",
        "\u2215",
        "\uff0e\uff0e",
        "x.tmp",
        ".PART"
    };
    private final NaturalNaming naming = new NaturalNaming();

    @Override
    Naming naming() {
        return naming;
    }

    @Override
    int longestSegment() {
        return 255;
    }

    @Test
    void whatAClientSendsStaysInItsPartnersPrefix() {
        for (long seed = 0; seed < 5_000; seed++) {
            PartnerPath path = PartnerPath.parse(randomPath(new Random(seed)));
            if (path.isRoot()) {
                continue;
            }
            Place place = new Place("st-marys", Area.INBOUND, path);
            String key = naming.key(place);
            assertThat(key)
                    .as("seed %d", seed)
                    .startsWith(naming.isTemporary(place) ? "uploads/st-marys/inbound/" : "inbound/st-marys/")
                    .doesNotContain("//");
            assertThat(List.of(key.split("/", -1))).as("seed %d", seed).doesNotContain("..", ".", "");
            assertThat(naming.place(key)).as("seed %d", seed).contains(place);
        }
    }

    @Test
    void aFileWithATemporaryNameIsKeptWhereNoEventIsRaised() {
        for (String name : List.of("x.zip.filepart", "X.TMP", "a.part", "b.partial", ".tmp")) {
            Place place = new Place("p", Area.INBOUND, PartnerPath.parse("d/" + name));
            assertThat(naming.key(place)).as(name).isEqualTo("uploads/p/inbound/d/" + name);
            assertThat(naming.place("inbound/p/d/" + name)).as(name).isEmpty();
        }
        assertThat(naming.key(new Place("p", Area.OUTBOUND, PartnerPath.parse("x.tmp"))))
                .isEqualTo("outbound/p/x.tmp");
        assertThat(naming.place("uploads/p/inbound/x.zip")).isEmpty();
        assertThat(naming.place("uploads/p/outbound/x.tmp")).isEmpty();
    }

    @Test
    void aFolderNamedLikeATemporaryFileStaysAnOrdinaryFolder() {
        Place file = new Place("p", Area.INBOUND, PartnerPath.parse("d.tmp/x.zip"));
        assertThat(naming.key(file)).isEqualTo("inbound/p/d.tmp/x.zip");
        assertThat(naming.place("inbound/p/d.tmp/x.zip")).contains(file);
        Place folder = new Place("p", Area.INBOUND, PartnerPath.parse("d.tmp"));
        assertThat(naming.prefixes(folder)).containsExactly("inbound/p/d.tmp/", "uploads/p/inbound/d.tmp/");
    }

    @Test
    void aFoldersPrefixesLeadBackToIt() {
        for (String path : List.of("", "d", "d.tmp", "d/e")) {
            for (Area area : Area.values()) {
                Place folder = new Place("p", area, PartnerPath.parse(path));
                for (String prefix : naming.prefixes(folder)) {
                    assertThat(naming.folder(prefix)).as(prefix).contains(folder);
                }
            }
        }
        for (String text : List.of("inbound/", "inbound/p", "jobs/p/d/", "uploads/p/", "inbound/p/d//")) {
            assertThat(naming.folder(text)).as(text).isEmpty();
        }
    }

    @Test
    void everyFileIsUnderOneOfItsFoldersPrefixes() {
        for (String path : List.of("a", "a.tmp", "d/a", "d/a.part")) {
            Place file = new Place("p", Area.INBOUND, PartnerPath.parse(path));
            Place folder = new Place("p", Area.INBOUND, file.path().parent());
            assertThat(naming.prefixes(folder)).as(path).anyMatch(naming.key(file)::startsWith);
        }
    }

    @Test
    void namesOfMoreThan255BytesAreRefused() {
        assertThat(PartnerPath.parse("é".repeat(127)).name()).hasSize(127);
        assertThatThrownBy(() -> PartnerPath.parse("é".repeat(128))).hasMessageContaining("longer than 255 bytes");
    }

    @Test
    void nulIsRefused() {
        assertThatThrownBy(() -> PartnerPath.parse("a\0b")).isInstanceOf(IllegalArgumentException.class);
    }

    private static String randomPath(Random random) {
        List<String> pieces = new ArrayList<>();
        for (int i = random.nextInt(8); i >= 0; i--) {
            pieces.add(PIECES[random.nextInt(PIECES.length)]);
        }
        return String.join(random.nextBoolean() ? "/" : "", pieces);
    }
}
