package io.intake.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.bucket.Naming.Area;
import io.intake.bucket.Naming.Place;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A file taken for finished while it is written is half a file; one taken for unfinished is never processed. */
class TemporaryNamesTest {
    private final TemporaryNames names = TemporaryNames.DEFAULT;

    @Test
    void theNameThatIsLeftIsTheOneExpected() {
        assertThat(names.finalName("x.zip.filepart")).contains("x.zip");
        assertThat(names.finalName("X.ZIP.FilePart")).contains("X.ZIP");
        assertThat(names.finalName("x.zip.1f0c9e2a.partial")).contains("x.zip");
        assertThat(names.finalName("x.zip.partial")).contains("x.zip");
        assertThat(names.finalName("x.zip.1f0c9e2.partial")).contains("x.zip.1f0c9e2");
        assertThat(names.finalName(".in.x.zip")).contains("x.zip");
        assertThat(names.finalName("x.tmp")).contains("x");
    }

    @Test
    void whatIsNotTemporaryOrLeavesNothingOrAnotherTemporaryNameHasNone() {
        for (String name : new String[] {
            "x.zip", ".filepart", ".in.", "x.tmp.part", ".in.x.tmp", "..tmp", "...tmp", "in.x", "x.in.zip"
        }) {
            assertThat(names.finalName(name)).as(name).isEmpty();
        }
        assertThat(TemporaryNames.NONE.finalName("x.tmp")).isEmpty();
    }

    @Test
    void aPatternIsAPrefixAndOnlyAtItsEndAnAsterisk() {
        TemporaryNames own = new TemporaryNames(Set.of(".upload-*", ".busy"));
        assertThat(own.matches(".UPLOAD-x")).isTrue();
        assertThat(own.matches("x.busy")).isTrue();
        assertThat(own.matches("x.upload-")).isFalse();
        for (String bad : new String[] {".*", ".a*b", "*", "x"}) {
            assertThatThrownBy(() -> new TemporaryNames(Set.of(bad)))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void theExpectedPlaceIsInTheSameFolderAndItsKeyIsUnderInbound() {
        NaturalNaming naming = new NaturalNaming();
        Place place = new Place("p", Area.INBOUND, PartnerPath.parse("/a/b/x.zip.part"));
        assertThat(naming.finalPlace(place).map(naming::key)).contains("inbound/p/a/b/x.zip");
        assertThat(naming.finalPlace(new Place("p", Area.OUTBOUND, PartnerPath.parse("/x.part"))))
                .isEmpty();
    }

    @Test
    void aMarkWithholdsOneUploadUnderOneKeyAndTellsNoName() {
        Map<String, String> metadata = Map.of(Withheld.UPLOAD_ID, "u1", Withheld.EXPECTED, "1");
        String mark = Withheld.mark("p", "inbound/p/x", metadata).orElseThrow();
        assertThat(mark).matches("uploads/p/withheld/[0-9a-f]{32}");
        assertThat(Withheld.mark("p", "inbound/p/y", metadata)).isPresent().isNotEqualTo(java.util.Optional.of(mark));
        assertThat(Withheld.mark("p", "inbound/p/x", "u2")).isNotEqualTo(mark);
        assertThat(Withheld.mark("p", "inbound/p/x", Map.of(Withheld.UPLOAD_ID, "u1")))
                .isEmpty();
        assertThat(new NaturalNaming().place(mark)).isEmpty();
    }
}
