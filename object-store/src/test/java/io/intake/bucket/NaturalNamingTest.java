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
class NaturalNamingTest {
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
        "\uff0e\uff0e"
    };
    private final NaturalNaming naming = new NaturalNaming();

    @Test
    void everyPathStaysInItsPartnersPrefixAndComesBackTheSame() {
        for (long seed = 0; seed < 5_000; seed++) {
            PartnerPath path = PartnerPath.parse(randomPath(new Random(seed)));
            if (path.isRoot()) {
                continue;
            }
            Place place = new Place("st-marys", Area.INBOUND, path);
            String key = naming.key(place);
            assertThat(key).as("seed %d", seed).startsWith("inbound/st-marys/").doesNotContain("//");
            assertThat(List.of(key.split("/", -1))).as("seed %d", seed).doesNotContain("..", ".", "");
            assertThat(naming.place(key)).as("seed %d", seed).contains(place);
        }
    }

    @Test
    void keysThatNoPathMakesHaveNoPlace() {
        for (String key :
                List.of("inbound/p/", "inbound/p", "inbound//x", "jobs/p/x", "inbound/p/../q/x", "inbound/p/a//b")) {
            assertThat(naming.place(key)).as(key).isEmpty();
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
