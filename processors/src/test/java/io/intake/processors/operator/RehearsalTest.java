package io.intake.processors.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A procedure that nobody has ever gone through is found to be wrong at night. */
class RehearsalTest {
    private static final String BY_TESTS = "\n## Brought about by tests\n";
    private static final Pattern SECTION = Pattern.compile("<a id=\"[a-z0-9-]+\"></a>([A-Z0-9_]+)");
    private static final Pattern WALKED = Pattern.compile("(?m)^\\| ([A-Z0-9_]+) \\| (.*)$");
    private static final Pattern TESTED = Pattern.compile("(?m)^\\| ([A-Z0-9_]+) \\| ([A-Za-z0-9]+Test) \\| .+ \\|$");

    private static String document(String name) throws IOException {
        return Files.readString(Path.of("..", "docs", name));
    }

    /** What the script walked, with what it says of it. */
    private static Map<String, String> walked() throws IOException {
        TreeMap<String, String> walked = new TreeMap<>();
        Matcher rows = WALKED.matcher(document("runbook-rehearsal.md").split(BY_TESTS, -1)[0]);
        while (rows.find()) {
            walked.put(rows.group(1), rows.group(2));
        }
        return walked;
    }

    /** The classes of tests by the codes that they bring about. */
    private static Map<String, String> tested() throws IOException {
        String[] parts = document("runbook-rehearsal.md").split(BY_TESTS, -1);
        assertThat(parts).hasSize(2);
        TreeMap<String, String> tested = new TreeMap<>();
        Matcher rows = TESTED.matcher(parts[1].split("\n## ", -1)[0]);
        while (rows.find()) {
            assertThat(tested.put(rows.group(1), rows.group(2)))
                    .as(rows.group(1))
                    .isNull();
        }
        return tested;
    }

    @Test
    void eachCodeOfTheRunbookWasWalkedOrIsBroughtAboutByATest() throws IOException {
        Set<String> without = new TreeSet<>();
        Matcher sections = SECTION.matcher(document("runbook.md"));
        while (sections.find()) {
            without.add(sections.group(1));
        }
        assertThat(without).hasSizeGreaterThan(200);
        without.removeAll(walked().keySet());
        without.removeAll(tested().keySet());
        assertThat(without)
                .as(
                        "codes of docs/runbook.md that docs/runbook-rehearsal.md does not prove: walk them (fixtures/runbook/run)"
                                + " or name the test that brings them about")
                .isEmpty();
    }

    @Test
    void whatWasWalkedDidWhatItPromised() throws IOException {
        assertThat(walked())
                .allSatisfy((code, said) -> assertThat(said).as(code).doesNotContain("not as promised"));
    }

    @Test
    void eachTestThatIsNamedIsThereAndSpeaksOfTheCode() throws IOException {
        Map<String, Path> tests = new TreeMap<>();
        for (String module : List.of("processors", "fixtures", "sftp-gateway", "object-store")) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "test", "java"))) {
                files.filter(file -> file.toString().endsWith("Test.java"))
                        .forEach(file -> tests.put(file.getFileName().toString().replace(".java", ""), file));
            }
        }
        for (Map.Entry<String, String> each : tested().entrySet()) {
            Path file = tests.get(each.getValue());
            assertThat(file).as(each.getValue()).isNotNull();
            assertThat(Pattern.compile("\\b" + each.getKey() + "\\b")
                            .matcher(Files.readString(file))
                            .find())
                    .as(each.toString())
                    .isTrue();
        }
    }
}
