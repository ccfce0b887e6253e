package io.intake.gateway;

import io.intake.config.ConfigurationException;
import io.intake.config.SettingsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where settings come from: the environment, and a file that {@value #FILE} names. The environment wins. A key of the file is
 * the variable's name without {@code INTAKE_}, in lower case, with hyphens: {@code upload-memory} is {@code
 * INTAKE_UPLOAD_MEMORY}, {@code aws-region} is {@code AWS_REGION}.
 *
 * <p>Whoever reads settings gets them as a map of variables, which remembers what it was asked for. What nobody asked for is
 * unknown: a setting with a slip in its name must not be ignored in silence. Not thread-safe.
 */
final class GatewaySettings {
    /** The variable that names the file; the only one that cannot be in it. */
    static final String FILE = "INTAKE_CONFIG_FILE";

    private static final String PREFIX = "INTAKE_";
    private static final String CLOUD_PREFIX = "AWS_";

    private record Setting(
            String value, @Nullable String key, @Nullable String place) {}

    private final Map<String, Setting> settings = new TreeMap<>();
    private final Set<String> known = new TreeSet<>(Set.of(FILE));
    private final List<String> problems = new ArrayList<>();

    private GatewaySettings() {}

    /** Reads the file if there is one. Its mistakes are among the {@link #problems}. */
    static GatewaySettings read(Map<String, String> environment) {
        GatewaySettings read = new GatewaySettings();
        String file = environment.get(FILE);
        if (file != null && !file.isBlank()) {
            read.readFile(file.strip());
        }
        environment.forEach((name, value) -> {
            if ((name.startsWith(PREFIX) || name.startsWith(CLOUD_PREFIX)) && !value.isBlank()) {
                read.settings.put(name, new Setting(value, null, null));
            }
        });
        return read;
    }

    private void readFile(String file) {
        try {
            Path path = Path.of(file);
            String name = String.valueOf(path.getFileName());
            SettingsFile.parse(name, Files.readString(path)).forEach((key, value) -> {
                if (key.matches("[a-z0-9-]+") && !variable(key).equals(FILE)) {
                    settings.put(variable(key), new Setting(value.text(), key, name + ":" + value.line()));
                } else {
                    problems.add(name + ":" + value.line() + ": a key is made of lower-case letters and hyphens");
                }
            });
        } catch (ConfigurationException e) {
            problems.addAll(e.problems());
        } catch (IOException | InvalidPathException e) {
            problems.add(FILE + ": cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    /** The variable that a key of the file stands for. */
    static String variable(String key) {
        String name = key.toUpperCase(Locale.ROOT).replace('-', '_');
        return name.startsWith(CLOUD_PREFIX) ? name : PREFIX + name;
    }

    private static String key(String variable) {
        String name = variable.startsWith(PREFIX) ? variable.substring(PREFIX.length()) : variable;
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** All of them, as variables. Its {@code get} is how a setting becomes known. */
    Map<String, String> asVariables() {
        Map<String, String> values = new HashMap<>();
        settings.forEach((name, setting) -> values.put(name, setting.value()));
        return new AbstractMap<>() {
            @Override
            public @Nullable String get(@Nullable Object name) {
                if (name instanceof String variable) {
                    known.add(variable);
                }
                return values.get(name);
            }

            @Override
            public boolean containsKey(@Nullable Object name) {
                return get(name) != null;
            }

            @Override
            public Set<Entry<String, String>> entrySet() {
                return Map.copyOf(values).entrySet();
            }
        };
    }

    /** The variables that were asked for. */
    Set<String> known() {
        return Set.copyOf(known);
    }

    /**
     * The file's mistakes, others' put in the file's words, and settings that nobody has asked for; to be called last.
     *
     * @param others mistakes that begin with the name of a variable
     */
    List<String> problems(List<String> others) {
        List<String> all = new ArrayList<>(problems);
        others.forEach(problem -> all.add(inItsPlace(problem)));
        settings.forEach((name, setting) -> {
            // the SDK reads variables of its own
            if (!known.contains(name) && (setting.place() != null || name.startsWith(PREFIX))) {
                all.add(unknown(name, setting));
            }
        });
        return all;
    }

    private String inItsPlace(String problem) {
        for (Map.Entry<String, Setting> each : settings.entrySet()) {
            Setting setting = each.getValue();
            String name = each.getKey();
            if (setting.place() != null && problem.matches("(?s)" + name + "\\b.*")) {
                return setting.place() + ": " + setting.key() + problem.substring(name.length());
            }
        }
        return problem;
    }

    private String unknown(String name, Setting setting) {
        if (setting.key() == null) {
            return name + ": there is no such setting" + meant(key(name), near -> variable(near));
        }
        return setting.place() + ": " + setting.key() + ": there is no such setting"
                + meant(setting.key(), near -> near);
    }

    private String meant(String key, java.util.function.UnaryOperator<String> words) {
        List<String> keys = known.stream().map(GatewaySettings::key).toList();
        return SettingsFile.nearest(key, keys)
                .map(near -> "; did you mean " + words.apply(near) + "?")
                .orElse("");
    }
}
