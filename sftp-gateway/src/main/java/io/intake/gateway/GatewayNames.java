package io.intake.gateway;

import io.intake.bucket.NameKeys;
import io.intake.bucket.Names;
import io.intake.bucket.NamingSetting;
import io.intake.bucket.TemporaryNames;
import io.intake.secrets.AwsSecrets;
import io.intake.secrets.SecretName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads from the environment how names are kept in the bucket: {@code INTAKE_NAMING} ({@code encrypted} if it is not set) and,
 * where names are encrypted, the keys: in {@code INTAKE_NAME_KEYS}, in the file that {@code INTAKE_NAME_KEYS_FILE} names, or in
 * the secret that {@code INTAKE_NAME_KEYS_SECRET} names.
 */
final class GatewayNames {
    private static final String KEYS = "INTAKE_NAME_KEYS";
    private static final String FILE = "INTAKE_NAME_KEYS_FILE";
    private static final String SECRET = "INTAKE_NAME_KEYS_SECRET";
    private static final String NO_SECRET = "the name of a secret is needed, secretsmanager:NAME or ssm:NAME";

    private GatewayNames() {}

    /**
     * The names; natural ones where there is a mistake.
     *
     * @param config for the temporary names; null if it has mistakes itself
     * @param secrets whether keys that are kept in a secret are read; else they are taken on trust
     * @param problems gets each mistake, without a key
     */
    static Names read(
            Map<String, String> environment, @Nullable GatewayConfig config, boolean secrets, List<String> problems) {
        List<String> given = Stream.of(KEYS, FILE, SECRET)
                .filter(name -> value(environment, name).isPresent())
                .toList();
        TemporaryNames temporary = config == null ? TemporaryNames.DEFAULT : config.temporaryNames();
        try {
            NamingSetting setting = value(environment, NamingSetting.VARIABLE)
                    .map(NamingSetting::parse)
                    .orElse(NamingSetting.ENCRYPTED);
            if (!secrets && setting.needsKeys() && given.equals(List.of(SECRET))) {
                if (SecretName.parse(value(environment, SECRET).orElseThrow()).isEmpty()) {
                    throw new IllegalArgumentException(SECRET + ": " + NO_SECRET);
                }
                return Names.natural(temporary);
            }
            return setting.names(setting.needsKeys() ? keys(environment, given) : null, temporary);
        } catch (IllegalArgumentException mistake) {
            problems.add(String.valueOf(mistake.getMessage()));
            return Names.natural(temporary);
        }
    }

    private static NameKeys keys(Map<String, String> environment, List<String> given) {
        if (given.size() != 1) {
            throw new IllegalArgumentException(KEYS + ", " + FILE + " or " + SECRET
                    + ": give one of them, since names are encrypted unless " + NamingSetting.VARIABLE + " is natural");
        }
        String name = given.getFirst();
        try {
            return NameKeys.parse(
                    text(environment, name, value(environment, name).orElseThrow()));
        } catch (IOException | InvalidPathException unreadable) {
            throw new IllegalArgumentException(name + ": cannot be read", unreadable);
        } catch (IllegalArgumentException mistake) {
            throw new IllegalArgumentException(name + ": " + mistake.getMessage(), mistake);
        }
    }

    private static String text(Map<String, String> environment, String name, String value) throws IOException {
        return switch (name) {
            case FILE -> Files.readString(Path.of(value));
            case SECRET ->
                AwsSecrets.fromEnvironment(environment, InstantSource.system()).read(secret(value));
            default -> value;
        };
    }

    private static SecretName secret(String value) {
        return SecretName.parse(value).orElseThrow(() -> new IllegalArgumentException(NO_SECRET));
    }

    private static Optional<String> value(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(text -> !text.isEmpty());
    }
}
