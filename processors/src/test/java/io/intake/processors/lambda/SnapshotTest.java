package io.intake.processors.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * An environment that Lambda makes of a snapshot has whatever was in memory when that was taken: two of them with one seed choose the same
 * ids, and wait the same time before they try again. Whoever turns SnapStart on (docs/adr/0029) does not look for that.
 */
class SnapshotTest {
    /** What keeps a seed of its own. UUID.randomUUID and SecureRandom ask the operating system, which knows of restores. */
    private static final Pattern SEED = Pattern.compile(
            "new (Random|SplittableRandom)\\(|ThreadLocalRandom\\.current|Math\\.random|RandomGenerator\\.(of|getDefault)");

    private static final Map<String, String> ELSEWHERE =
            Map.of("DirectSender.java", "only the gateway's, whose store is another");

    @Test
    void noCodeOfTheFunctionsKeepsASeed() throws IOException {
        Set<String> seeded = new TreeSet<>();
        for (Path sources :
                List.of(Path.of("src", "main", "java"), Path.of("..", "object-store", "src", "main", "java"))) {
            try (Stream<Path> files = Files.walk(sources)) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .filter(file -> SEED.matcher(read(file)).find())
                        .forEach(file -> seeded.add(file.getFileName().toString()));
            }
        }
        assertThat(seeded).isEqualTo(ELSEWHERE.keySet());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
