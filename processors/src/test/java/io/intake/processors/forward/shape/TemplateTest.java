package io.intake.processors.forward.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A value that becomes part of the message's structure sends a patient's result to another patient. */
class TemplateTest {
    private static final Map<String, Object> ABOUT = Map.of("@id", "0123456789abcdef0123456789abcdef", "@job", "j-1");

    private static String shape(String name, String template, String record) throws TemplateException {
        byte[] shaped = Template.of(name, template).shape(record.getBytes(StandardCharsets.UTF_8), ABOUT);
        return new String(shaped, StandardCharsets.UTF_8);
    }

    private static TemplateProblem problem(String name, String template, String record) {
        TemplateException refused = catchThrowableOfType(TemplateException.class, () -> shape(name, template, record));
        return Objects.requireNonNull(refused, "shaped").problem();
    }

    @Test
    void aRecordBecomesTheJsonThatTheTemplateSaysInOneLine() throws TemplateException {
        String template = """
                {
                  "resourceType": "Patient",
                  "identifier": [ { "system": "urn:mrn", "value": "{{MRN}}" } ],
                  "birthDate": "{{date DOB "MM/dd/yyyy" "yyyy-MM-dd"}}",
                  "gender": "{{map SEX M="male" F="female" other="unknown"}}",
                  {{#if PHONE}}"telecom": [ { "value": "{{digits PHONE}}" } ],{{/if}}
                  "weight": {{number WEIGHT}},
                  "all": {{json visits}},
                  "visits": [ {{#each visits}} { "id": "{{ID}}", "of": "{{MRN}}", "n": {{number @index}} }{{#unless @last}},{{/unless}} {{/each}} ],
                  "job": "{{@job}}"
                }
                """;
        String record = """
                {"MRN":"7","DOB":"02/28/1980","SEX":"X","PHONE":"","WEIGHT":"70.50","visits":[{"ID":"a"},{"ID":"b"}]}""";
        assertThat(shape("p.json", template, record))
                .isEqualTo("{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"urn:mrn\",\"value\":\"7\"}],"
                        + "\"birthDate\":\"1980-02-28\",\"gender\":\"unknown\",\"weight\":70.50,"
                        + "\"all\":[{\"ID\":\"a\"},{\"ID\":\"b\"}],\"visits\":[{\"id\":\"a\",\"of\":\"7\",\"n\":0},"
                        + "{\"id\":\"b\",\"of\":\"7\",\"n\":1}],\"job\":\"j-1\"}");
    }

    @Test
    void noValueCanBreakOutOfItsPlace() throws TemplateException {
        String hostile = "{\"X\":\"a\\\",\\\"to\\\":\\\"other\\n|^~\\\\&<b>{{@job}}\"}";
        assertThat(shape("x.json", "{\"v\":\"{{X}}\"}", hostile))
                .isEqualTo("{\"v\":\"a\\\",\\\"to\\\":\\\"other\\n|^~\\\\&<b>{{@job}}\"}");
        assertThat(shape("x.hl7", "MSH|^~\\&|A\nPID|1||{{X}}\n\n", hostile))
                .isEqualTo("MSH|^~\\&|A\rPID|1||a\",\"to\":\"other\\X0A\\\\F\\\\S\\\\R\\\\E\\\\T\\<b>{{@job}}\r");
        assertThat(shape("x.xml", "<v>{{X}}</v>", hostile))
                .isEqualTo("<v>a&quot;,&quot;to&quot;:&quot;other&#10;|^~\\&amp;&lt;b&gt;{{@job}}</v>");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            x.json ~ {"v": {{X}} }
            x.json ~ {"v": "{{number X}}" }
            x.json ~ {"v": "{{{X}}}" }
            x.json ~ {"v": "{{&X}}" }
            x.json ~ {"v": "{{> other}}" }
            x.json ~ {{#*inline "a"}}{{/inline}}
            x.json ~ {"v": "{{#if X}}" }
            x.json ~ {"v": "{{#nothing X}}{{/nothing}}{{log X}}{{" }
            x.doc ~ X
            """)
    void whatCouldDoHarmIsNoTemplate(String name, String template) {
        assertThat(problem(name, template, "{\"X\":\"1\"}")).isEqualTo(TemplateProblem.INVALID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"v\":\"{{MRM}}\"}",
                "{\"v\":\"{{log MRN}}\"}",
                "{\"v\":\"{{date MRN \"yyyyMMdd\" \"yyyy\"}}\"}",
                "{\"v\":\"{{map MRN a=\"b\"}}\"}",
                "{\"v\":{{number MRN}} }",
                "{\"v\":\"1\",}",
                "{\"v\":\"1\",\"v\":\"2\"}",
                "{} {}",
                "{{#if NONE}}{}{{/if}}"
            })
    void aRecordThatHasNoShapeIsRefusedWithoutAWordOfIt(String template) {
        assertThatThrownBy(() -> shape("x.json", template, "{\"MRN\":\"x-4711\",\"NONE\":null}"))
                .isInstanceOfSatisfying(
                        TemplateException.class, e -> assertThat(e.problem()).isEqualTo(TemplateProblem.FAILED))
                .hasMessageNotContaining("4711")
                .hasNoCause();
    }

    @Test
    void nullsAndMissingNestedValuesAreEmpty() throws TemplateException {
        assertThat(shape("x.json", "{\"v\":\"{{A}}{{b.c}}\"}", "{\"A\":null,\"b\":{}}"))
                .isEqualTo("{\"v\":\"\"}");
    }

    @Test
    void javaIsOutOfReach() {
        assertThat(problem("x.txt", "{{X.class.name}}{{X.bytes}}", "{\"X\":\"1\"}"))
                .isEqualTo(TemplateProblem.FAILED);
    }

    @Test
    void aTemplateThatLoopsInLoopsEnds() {
        String rows = "{\"a\":[" + "0,".repeat(2_000) + "0]}";
        String template = "{{#each a}}{{#each ../a}}{{#each ../../a}}{{/each}}{{/each}}{{/each}}";
        assertThat(problem("x.txt", template, rows)).isEqualTo(TemplateProblem.FAILED);
    }

    @Test
    void aTemplateThatGrowsWithoutBoundEnds() {
        String record = "{\"X\":\"" + "y".repeat(1 << 20) + "\"}";
        assertThat(problem("x.txt", "{{#if X}}" + "{{X}}".repeat(2_000) + "{{/if}}", record))
                .isEqualTo(TemplateProblem.FAILED);
    }

    @Test
    void theSameRecordAlwaysHasTheSameShape() throws TemplateException {
        String template =
                "{\"a\":\"{{uuid \"patient\"}}\",\"b\":\"{{uuid \"visit\"}}\",\"c\":\"{{uuid \"patient\"}}\"}";
        String once = shape("x.json", template, "{}");
        assertThat(shape("x.json", template, "{}")).isEqualTo(once);
        assertThat(once).matches("\\{\"a\":\"([0-9a-f-]{36})\",\"b\":\"(?!\\1)[0-9a-f-]{36}\",\"c\":\"\\1\"}");
    }
}
