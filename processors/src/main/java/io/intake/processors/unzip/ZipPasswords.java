package io.intake.processors.unzip;

import io.intake.config.Decryption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The passwords to try on an archive's entries, the one that was right last time first. They are looked up when the first
 * entry needs one, and live as long as the archive is open. Not thread-safe.
 */
final class ZipPasswords {
    private final List<String> references;
    private final UnaryOperator<String> secrets;
    private @Nullable List<String> resolved;

    /**
     * A feed's passwords.
     *
     * @param decryption null for none
     * @param secrets gives the secret of a reference
     */
    ZipPasswords(@Nullable Decryption decryption, UnaryOperator<String> secrets) {
        this.references = decryption == null ? List.of() : decryption.zipPasswords();
        this.secrets = secrets;
    }

    static ZipPasswords none() {
        return new ZipPasswords(null, UnaryOperator.identity());
    }

    /** In the order in which to try them; a copy. */
    List<String> inOrder() {
        return List.copyOf(all());
    }

    /** Says that a password was right. */
    void right(String password) {
        List<String> all = all();
        all.remove(password);
        all.addFirst(password);
    }

    private List<String> all() {
        List<String> known = resolved;
        if (known == null) {
            known = new ArrayList<>();
            for (String reference : references) {
                known.add(secret(reference));
            }
            resolved = known;
        }
        return known;
    }

    private String secret(String reference) {
        try {
            return secrets.apply(reference);
        } catch (IllegalStateException unavailable) {
            throw new SecretUnavailableException(unavailable);
        }
    }

    /** Without the passwords. */
    @Override
    public String toString() {
        return "ZipPasswords[" + references.size() + "]";
    }
}
