package io.intake.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Engineers copy the example from the document; one that is refused, or that says something else, is worse than none. */
class ConfigurationDocumentTest {

    @Test
    void theDocumentsExampleIsValidAndMeansWhatItSays() throws IOException {
        String document = Files.readString(Path.of("..", "docs", "configuration.md"));
        Matcher example = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(document);
        assertThat(example.find()).isTrue();

        Configuration configuration = ConfigurationParser.parse("docs/configuration.md", example.group(1));

        List<Feed> feeds = configuration.partner("st-marys").orElseThrow().feeds();
        assertThat(feeds).extracting(Feed::id).containsExactly("daily-extract", "any-zip");
        assertThat(feeds.getFirst().matches("daily/EXTRACT_20261121_001.zip")).isTrue();
        List<Table> tables = feeds.getFirst().tables();
        assertThat(tables).extracting(Table::name).containsExactly("patients", "encounters", "observations");
        assertThat(tables.get(0)
                        .matches("x/Patients_part02of03.CSV")
                        .orElseThrow()
                        .group("n"))
                .isEqualTo("02");
        assertThat(tables.get(1).format()).isEqualTo(new Format("|", null, List.of(), "windows-1252"));
        assertThat(tables.get(2).format())
                .isEqualTo(new Format(null, '"', List.of("MRN", "CODE", "VALUE", "UNITS"), "UTF-8"));
        assertThat(feeds.get(1).limits()).isEqualTo(ArchiveLimits.DEFAULT);
    }
}
