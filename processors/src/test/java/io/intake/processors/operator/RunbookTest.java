package io.intake.processors.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.forward.shape.TemplateProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who is paged with a code that the runbook does not know stands alone; so does who reads of one that is never sent. */
class RunbookTest {
    private static final Pattern CODE = Pattern.compile("\"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\"");
    private static final Pattern ANCHOR = Pattern.compile("<a id=\"([a-z0-9-]+)\"></a>([A-Z0-9_]+)");

    /** Codes of one word, which look like other words. */
    private static final Set<String> ONE_WORD = Set.of("ENCRYPTED", "UNMATCHED", "SHRUNK");

    /** Codes that are put together at run time: an HTTP answer's status, a listener's answer (HL7 table 0008 and 0357), a template's. */
    private static final Pattern COMPOSED =
            Pattern.compile("(TOKEN_)?HTTP_\\d{3}|MSA_[AC][ER](_20[0-367])?|TEMPLATE_(ABSENT|INVALID|FAILED)");

    private static final String TOKEN = "TOKEN_";

    /** What a token service says (RFC 6749, 5.2). */
    private static final Set<String> OF_TOKENS = Set.of(
            "TOKEN_INVALID_REQUEST",
            "TOKEN_INVALID_CLIENT",
            "TOKEN_INVALID_GRANT",
            "TOKEN_UNAUTHORIZED_CLIENT",
            "TOKEN_UNSUPPORTED_GRANT_TYPE",
            "TOKEN_INVALID_SCOPE");

    /** Why a row was rejected: in the rejects file, and in no page. */
    private static final Set<String> OF_ROWS = Set.of(
            "NOT_ALLOWED",
            "NOT_AN_INTEGER",
            "NOT_A_BOOLEAN",
            "NOT_A_DATE",
            "NOT_A_DECIMAL",
            "NOT_A_TEXT",
            "NOT_A_TIMESTAMP",
            "ORPHAN_ROW",
            "OUT_OF_RANGE",
            "TOO_LONG",
            "TOO_SHORT",
            "WRONG_PATTERN");

    /** Names of variables. */
    private static final Pattern VARIABLE = Pattern.compile("(INTAKE|AWS)_.*");

    private static String runbook() throws IOException {
        return Files.readString(Path.of("..", "docs", "runbook.md"));
    }

    private static Set<String> codes() throws IOException {
        TreeSet<String> codes = new TreeSet<>(ONE_WORD);
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(file -> {
                try {
                    Matcher matcher = CODE.matcher(Files.readString(file));
                    while (matcher.find()) {
                        codes.add(matcher.group(1));
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
        codes.removeAll(OF_ROWS);
        codes.removeIf(code -> VARIABLE.matcher(code).matches());
        return codes;
    }

    private static Set<String> sections() throws IOException {
        TreeSet<String> sections = new TreeSet<>();
        Matcher matcher = ANCHOR.matcher(runbook());
        while (matcher.find()) {
            assertThat(matcher.group(1))
                    .isEqualTo(matcher.group(2).toLowerCase(Locale.ROOT).replace('_', '-'));
            assertThat(sections.add(matcher.group(2))).as(matcher.group(2)).isTrue();
        }
        return sections;
    }

    @Test
    void eachCodeThatCanBeSentHasItsPlaceInTheRunbook() throws IOException {
        Set<String> sections = sections();
        assertThat(codes().stream().filter(code -> !sections.contains(code)).collect(Collectors.toSet()))
                .as("codes in the sources that docs/runbook.md does not explain")
                .isEmpty();
    }

    @Test
    void eachPlaceInTheRunbookIsForACodeThatCanBeSent() throws IOException {
        Set<String> codes = codes();
        assertThat(sections().stream()
                        .filter(section -> !codes.contains(section))
                        .filter(section -> !COMPOSED.matcher(section).matches())
                        .filter(section -> !section.startsWith(TOKEN)
                                || (!codes.contains(section.substring(TOKEN.length())) && !OF_TOKENS.contains(section)))
                        .collect(Collectors.toSet()))
                .as("codes in docs/runbook.md that no source has")
                .isEmpty();
    }

    @Test
    void whatMayBeWrongWithAnAddressHasItsPlaceForATokenServiceToo() throws IOException {
        Path faults = Path.of("src/main/java/io/intake/processors/forward/ConnectionFaults.java");
        TreeSet<String> expected = new TreeSet<>(OF_TOKENS);
        CODE.matcher(Files.readString(faults)).results().forEach(found -> expected.add(TOKEN + found.group(1)));
        Stream.of(TemplateProblem.values()).map(TemplateProblem::code).forEach(expected::add);
        expected.add("TOKEN_TIMED_OUT");
        expected.add("TOKEN_TLS_SECRET_UNUSABLE");
        assertThat(expected).hasSizeGreaterThan(12).isSubsetOf(sections());
    }

    @Test
    void eachCommandThatTheRunbookNamesExists() throws IOException {
        Matcher named = Pattern.compile("(?:bin/|`)intake ([a-z][a-z-]+)").matcher(runbook());
        Set<String> known = new picocli.CommandLine(new IntakeCommand(Surroundings.ofProcess()))
                .getSubcommands()
                .keySet();
        while (named.find()) {
            assertThat(known).contains(named.group(1));
        }
    }
}
