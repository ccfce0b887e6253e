package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whoever may list the bucket, or reads its access log, guesses that a file of a known patient has come, and tries the guess. */
class GuessedNameTest {
    private static final String FEEDS = """
                      - id: marked
                        match: 'marked/.*'
                        ready: { marker: ".done" }
                        deliver: { engine: lab }
                      - id: listed
                        match: 'listed/.*'
                        ready: { manifest: { match: 'listed/.*/MANIFEST', style: columns, name: File } }
                        deliver: { engine: lab }
                      - id: sets
                        match: 'set/(?<patient>[A-Z-]+)/.*\\.csv'
                        collect: { by: [patient], count: 2, within: 2d }
                        deliver: { engine: lab }
                """;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void noKeyHoldsAHashOfAnythingThatCanBeGuessed() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("marked/DOE-JANE.csv", bytes("MRN\n1\n"));
            world.upload("marked/ROE-RICHARD.csv.done", new byte[0]);
            world.upload("listed/a/DOE-JANE.csv", bytes("MRN\n1\n"));
            world.upload("listed/a/MANIFEST", bytes("File\nDOE-JANE.csv\nROE-RICHARD.csv\n"));
            world.upload("set/DOE-JANE/1.csv", bytes("MRN\n1\n"));
            world.run();

            List<String> keys = world.keys("").stream()
                    // With natural names, as here, these hold names themselves
                    .filter(key -> !key.startsWith("inbound/") && !key.startsWith("outbound/"))
                    .toList();
            assertThat(keys).as("marks").anyMatch(key -> key.startsWith("awaited/"));
            assertThat(keys).as("sets").anyMatch(key -> key.startsWith("sets/"));
            assertThat(keys).as("what was entered").anyMatch(key -> key.contains("/announced/"));
            String all = String.join("\n", keys);
            for (String guess : List.of(
                    "marked/DOE-JANE.csv",
                    "marked/ROE-RICHARD.csv",
                    "marked/ROE-RICHARD.csv.done",
                    "listed/a/DOE-JANE.csv",
                    "listed/a/ROE-RICHARD.csv",
                    "DOE-JANE.csv",
                    "DOE-JANE",
                    "sets\0DOE-JANE",
                    "set/DOE-JANE/1.csv")) {
                for (String of : List.of(guess, "st-marys\0" + guess, "st-marys/" + guess)) {
                    for (String algorithm : List.of("MD5", "SHA-1", "SHA-256")) {
                        byte[] hash = MessageDigest.getInstance(algorithm).digest(bytes(of));
                        assertThat(all)
                                .as("%s of %s", algorithm, of)
                                .doesNotContain(HexFormat.of().formatHex(hash, 0, 6));
                    }
                }
            }
        }
    }
}
