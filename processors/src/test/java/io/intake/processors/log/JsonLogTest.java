package io.intake.processors.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/** A line that is no JSON is lost to queries at three in the morning; a line that quotes a library quotes a patient. */
class JsonLogTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-03-04T05:06:07.008Z"));

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Map<String, String> context = new LinkedHashMap<>();

    private JsonLogger logger(String name, boolean libraries) {
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        JsonLog log = new JsonLog(CLOCK, () -> out, () -> context, Map.of("function", "intake-x"), libraries);
        return new JsonLogger(name, JsonLog.threshold(name), log);
    }

    private String written() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private JsonNode only() throws JsonProcessingException {
        assertThat(written()).endsWith("\n").containsOnlyOnce("\n");
        return new ObjectMapper().readTree(written());
    }

    @Test
    void aLineHasWhatTheCallerAndTheInvocationSay() throws Exception {
        context.put("job", "j1");
        context.put("attempt", "2");
        logger("io.intake.processors.A", false)
                .atInfo()
                .addKeyValue("rows", 12L)
                .addKeyValue("ok", true)
                .addKeyValue("state", Level.INFO)
                .log("stage {} done", "unzip");
        assertThat(only()).isEqualTo(new ObjectMapper().readTree("""
                                {"time":"2026-03-04T05:06:07.008Z","level":"INFO","logger":"A","message":"stage unzip done",
                                 "rows":12,"ok":true,"state":"INFO","job":"j1","attempt":"2","function":"intake-x"}"""));
    }

    @Test
    void whatTheCallerSaysGoesBeforeWhatTheInvocationSays() throws Exception {
        context.put("job", "of the invocation");
        logger("io.intake.A", false)
                .atInfo()
                .addKeyValue("job", "of the caller")
                .log("x");
        assertThat(only().path("job").asText()).isEqualTo("of the caller");
    }

    @Test
    void ourInfoIsWrittenAndOurDebugAndOthersInfoAreNot() {
        logger("io.intake.A", false).debug("no");
        logger("org.apache.http.Wire", false).info("no");
        logger("com.github.dikhan.X", false).debug("the routing key");
        assertThat(written()).isEmpty();
    }

    @Test
    void whatALibrarySaysIsWithheldUnlessItIsAskedFor() throws Exception {
        BiFunction<String, Boolean, Logger> made = this::logger;
        made.apply("org.library.B", false).warn("cannot parse {}", "Smith");
        JsonNode line = only();
        assertThat(line.path("logger").asText()).isEqualTo("org.library.B");
        assertThat(line.path("level").asText()).isEqualTo("WARN");
        assertThat(written()).doesNotContain("Smith").doesNotContain("parse");
        bytes.reset();
        made.apply("org.library.B", true).warn("cannot parse {}", "Smith");
        assertThat(only().path("message").asText()).isEqualTo("cannot parse Smith");
    }

    @Test
    void anExceptionIsWrittenWithItsFramesAndNoForeignMessage() throws Exception {
        try {
            Integer.parseInt("Smith");
        } catch (NumberFormatException e) {
            logger("io.intake.A", false).error("failed", new IllegalStateException("row 7 is bad", e));
        }
        assertThat(written()).doesNotContain("Smith");
        assertThat(only().path("error").asText())
                .startsWith("java.lang.IllegalStateException: row 7 is bad\n\tat io.intake.processors.log.JsonLogTest")
                .contains("Caused by: java.lang.NumberFormatException: (message withheld)");
    }

    @Test
    void anyTextMakesOneLineOfJson() throws Exception {
        Random random = new Random(7);
        for (int run = 0; run < 500; run++) {
            bytes.reset();
            StringBuilder text = new StringBuilder();
            for (int at = random.nextInt(12); at > 0; at--) {
                text.append(List.of(
                                "a", "\"", "\\", "\n", "\r", "\t", "\u0000", "\u2028", "\u007f", "é", "😀", "\ud83d",
                                "\ude00")
                        .get(random.nextInt(13)));
            }
            logger("io.intake.A", false).atInfo().addKeyValue(text + "k", text).log(text.toString());
            assertThat(only().path("message").asText())
                    .as("run %d of seed 7", run)
                    .isEqualTo(new String(text.toString().getBytes(StandardCharsets.UTF_16), StandardCharsets.UTF_16));
            assertThat(written().codePoints().filter(each -> each < 0x20)).containsExactly((int) '\n');
        }
    }

    @Test
    void theTraceIsTheRootOfTheHeader() {
        assertThat(LogContext.trace("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"))
                .isEqualTo("1-5759e988-bd862e3fe1be46a994272793");
        assertThat(LogContext.trace("Sampled=0")).isNull();
        assertThat(LogContext.trace(null)).isNull();
    }

    @Test
    void theProviderNamesTheFunctionAndIsTheOneThatTheArtifactNames() throws Exception {
        Map<String, @Nullable String> environment = new HashMap<>();
        environment.put("AWS_LAMBDA_FUNCTION_NAME", "intake-prod-unzip");
        JsonLogProvider provider = new JsonLogProvider(environment::get);
        provider.initialize();
        provider.getMDCAdapter().put("job", "j2");
        PrintStream before = System.out;
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            provider.getLoggerFactory().getLogger("io.intake.A").info("hello");
        } finally {
            System.setOut(before);
        }
        assertThat(only().path("function").asText()).isEqualTo("intake-prod-unzip");
        assertThat(only().path("job").asText()).isEqualTo("j2");
        assertThat(java.nio.file.Path.of("src/lambda/META-INF/services/org.slf4j.spi.SLF4JServiceProvider"))
                .hasContent(JsonLogProvider.class.getName());
    }
}
