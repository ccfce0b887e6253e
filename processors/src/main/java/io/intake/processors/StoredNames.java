package io.intake.processors;

import io.intake.bucket.NameKeys;
import io.intake.bucket.Names;
import io.intake.bucket.Naming;
import io.intake.bucket.NamingSetting;
import io.intake.bucket.RecordNames;
import io.intake.bucket.TemporaryNames;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How names are kept, by {@code INTAKE_NAMING} (natural, if it is not set) and the name keys: {@code INTAKE_NAME_KEYS}, else
 * the secret {@value #SECRET}. Keys are asked for when they are first needed, since Lambda's extension does not answer while
 * a function starts, and again whenever {@link Secrets} does. Thread-safe.
 */
public final class StoredNames {
    /** The name of the secret. */
    public static final String SECRET = "name-keys";

    /** The variable that holds the keys themselves. */
    public static final String KEYS = "INTAKE_NAME_KEYS";

    private final NamingSetting setting;
    private final UnaryOperator<@Nullable String> environment;
    private final Secrets secrets;
    private final AtomicReference<@Nullable Known> last = new AtomicReference<>();

    private record Known(String text, Names names) {}

    /**
     * Reads the setting, not yet the keys.
     *
     * @param environment gives a variable's value, or null
     * @throws IllegalArgumentException if the setting is none
     */
    public StoredNames(UnaryOperator<@Nullable String> environment, Secrets secrets) {
        String text = environment.apply(NamingSetting.VARIABLE);
        this.setting = text == null || text.isBlank() ? NamingSetting.NATURAL : NamingSetting.parse(text);
        this.environment = environment;
        this.secrets = secrets;
    }

    /** The names as they are now. */
    Names names() {
        String text = setting.needsKeys() ? keys() : "";
        Known known = last.get();
        if (known == null || !known.text().equals(text)) {
            NameKeys keys = setting.needsKeys() ? NameKeys.parse(text) : null;
            known = new Known(text, setting.names(keys, TemporaryNames.DEFAULT));
            last.set(known);
        }
        return known.names();
    }

    private String keys() {
        String text = environment.apply(KEYS);
        return text == null || text.isBlank() ? secrets.resolve("secret:" + SECRET) : text;
    }

    /** The naming, which follows the keys. */
    public Naming naming() {
        return new Naming() {
            @Override
            public String key(Place place) {
                return names().naming().key(place);
            }

            @Override
            public String prefix(Place folder) {
                return names().naming().prefix(folder);
            }

            @Override
            public List<String> prefixes(Place folder) {
                return names().naming().prefixes(folder);
            }

            @Override
            public boolean isTemporary(Place place) {
                return names().naming().isTemporary(place);
            }

            @Override
            public Optional<Place> finalPlace(Place place) {
                return names().naming().finalPlace(place);
            }

            @Override
            public Optional<Place> place(String key) {
                return names().naming().place(key);
            }

            @Override
            public Optional<Place> folder(String prefix) {
                return names().naming().folder(prefix);
            }

            @Override
            public List<Naming> generations() {
                return names().naming().generations();
            }
        };
    }

    /** How records hold names, which follows the keys. */
    public RecordNames records() {
        return new RecordNames() {
            @Override
            public String seal(String job, String name) {
                return names().records().seal(job, name);
            }

            @Override
            public String open(String job, String sealed) {
                return names().records().open(job, sealed);
            }
        };
    }
}
