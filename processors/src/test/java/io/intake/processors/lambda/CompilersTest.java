package io.intake.processors.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A deployment whose options Lambda does not take works, at a third of its speed, and nobody would know why. */
class CompilersTest {
    /** What a JVM with an option says of itself. */
    private static String info(String option) throws IOException, InterruptedException {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        option,
                        "-XshowSettings:properties",
                        "-version")
                .redirectErrorStream(true)
                .start();
        String said = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(jvm.waitFor()).as(said).isZero();
        return said.lines()
                .filter(line -> line.strip().startsWith("java.vm.info"))
                .findAny()
                .orElseThrow();
    }

    @Test
    void aJvmThatStopsAtTheFirstCompilerIsKnown() throws Exception {
        assertThat(Compilers.onlyFirst(info("-XX:TieredStopAtLevel=1"))).isTrue();
    }

    @Test
    void oneWithBothIsNotTakenForIt() throws Exception {
        assertThat(Compilers.onlyFirst(info("-XX:TieredStopAtLevel=4"))).isFalse();
        assertThat(Compilers.onlyFirst(System.getProperty("java.vm.info"))).isFalse();
    }
}
