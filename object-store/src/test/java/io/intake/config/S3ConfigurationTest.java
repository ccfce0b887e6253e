package io.intake.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** A prefix that two jobs share mixes their tables under one manifest. */
class S3ConfigurationTest {
    private static String yaml(String deliver, String engine) {
        return """
                partners:
                  - id: st-marys
                    login:
                      public-keys: ["KEY"]
                    feeds: [ { id: rows, match: x, deliver: { engine: lake DELIVER } } ]
                engines:
                  lake: { type: s3, ENGINE }
                """.replace("KEY", Examples.PUBLIC_KEY)
                .replace("DELIVER", deliver)
                .replace("ENGINE", engine);
    }

    private static List<String> problems(String deliver, String engine) {
        return Assertions.catchThrowableOfType(
                        ConfigurationException.class, () -> ConfigurationParser.parse("f", yaml(deliver, engine)))
                .problems();
    }

    private static Target target(String engine) {
        Engine lake = ConfigurationParser.parse("f", yaml("", engine)).engines().get("lake");
        assertThat(lake).isNotNull();
        return lake.target();
    }

    @Test
    void whatIsWrittenIsWhatIsMeant() {
        S3Target usual = new S3Target("lake-house", null, "{partner}/{feed}/{date}/{job}/", false);
        assertThat(target("bucket: lake-house")).isEqualTo(usual);
        assertThat(target("bucket: lake-house, region: eu-west-1, prefix: 'a/{job}/', names: true"))
                .isEqualTo(new S3Target("lake-house", "eu-west-1", "a/{job}/", true));
        assertThat(usual.prefixOf("p", "f", "20260304-aa")).isEqualTo("p/f/20260304/20260304-aa/");
    }

    @Test
    void mistakesAreReportedWithTheirLine() {
        String prefix = "f:7: 'prefix' must be letters, digits and !_.*'()/- with {partner}, {feed}, {date} and {job},"
                + " of which {job} must be there, and end with a slash";
        assertThat(problems("", "prefix: 'a/{job}/'")).containsExactly("f:7: 'bucket' is missing");
        for (String wrong : List.of("a/", "{job}", "/{job}/", "{name}/{job}/", "a b/{job}/")) {
            assertThat(problems("", "bucket: lake, prefix: '" + wrong + "'"))
                    .as(wrong)
                    .containsExactly(prefix);
        }
        assertThat(problems("", "bucket: Lake_House, region: west"))
                .containsExactly(
                        "f:7: 'bucket' must be the name of a bucket",
                        "f:7: 'region' must be a region such as eu-west-1");
        assertThat(problems(", template: a.json", "bucket: lake"))
                .containsExactly("f:5: an engine of type s3 gets tables as they are, without a 'template'");
    }
}
