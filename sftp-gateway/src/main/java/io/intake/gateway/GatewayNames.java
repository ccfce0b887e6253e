package io.intake.gateway;

import io.intake.bucket.NameKeys;
import io.intake.bucket.Names;
import io.intake.bucket.NamingSetting;
import io.intake.bucket.TemporaryNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads from the environment how names are kept in the bucket: {@code INTAKE_NAMING} ({@code encrypted} if it is not set) and,
 * where names are encrypted, the keys in {@code INTAKE_NAME_KEYS} or in the file that {@code INTAKE_NAME_KEYS_FILE} names.
 */
final class GatewayNames {
    private static final String KEYS = "INTAKE_NAME_KEYS";
    private static final String FILE = "INTAKE_NAME_KEYS_FILE";

    private GatewayNames() {}

    /**
     * The names; natural ones where there is a mistake.
     *
     * @param config for the temporary names; null if it has mistakes itself
     * @param problems gets each mistake, without a key
     */
    static Names read(Map<String, String> environment, @Nullable GatewayConfig config, List<String> problems) {
        TemporaryNames temporary = config == null ? TemporaryNames.DEFAULT : config.temporaryNames();
        try {
            NamingSetting setting = value(environment, NamingSetting.VARIABLE)
                    .map(NamingSetting::parse)
                    .orElse(NamingSetting.ENCRYPTED);
            return setting.names(setting.needsKeys() ? keys(environment) : null, temporary);
        } catch (IllegalArgumentException mistake) {
            problems.add(String.valueOf(mistake.getMessage()));
            return Names.natural(temporary);
        }
    }

    private static NameKeys keys(Map<String, String> environment) {
        Optional<String> text = value(environment, KEYS);
        Optional<String> file = value(environment, FILE);
        if (text.isPresent() == file.isPresent()) {
            throw new IllegalArgumentException(KEYS + " or " + FILE
                    + ": give one of them, since names are encrypted unless " + NamingSetting.VARIABLE + " is natural");
        }
        try {
            return NameKeys.parse(text.isPresent() ? text.get() : Files.readString(Path.of(file.orElse(""))));
        } catch (IOException | InvalidPathException unreadable) {
            throw new IllegalArgumentException(FILE + ": cannot be read as a text file", unreadable);
        } catch (IllegalArgumentException mistake) {
            throw new IllegalArgumentException((text.isPresent() ? KEYS : FILE) + ": " + mistake.getMessage(), mistake);
        }
    }

    private static Optional<String> value(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(text -> !text.isEmpty());
    }
}
