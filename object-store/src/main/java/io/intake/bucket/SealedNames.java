package io.intake.bucket;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Names in records as {@code sealed:{key id}:{text}}, encrypted and bound to their job. Thread-safe. */
final class SealedNames implements RecordNames {
    private static final String PURPOSE = "intake record 1";
    private static final String MARK = "sealed:";

    private final String current;
    private final Map<String, NameCipher> ciphers = new LinkedHashMap<>();
    private final boolean seals;

    /** @param seals whether new names are encrypted; else only those that are can be read */
    SealedNames(NameKeys keys, boolean seals) {
        this.current = keys.current().id();
        this.seals = seals;
        keys.keys().forEach(key -> ciphers.put(key.id(), new NameCipher(key.secret(), PURPOSE)));
    }

    @Override
    public String seal(String job, String name) {
        NameCipher cipher = ciphers.get(current);
        return seals && cipher != null ? MARK + current + ":" + cipher.encrypt(job, name) : name;
    }

    @Override
    public String open(String job, String sealed) {
        if (!sealed.startsWith(MARK)) {
            return sealed;
        }
        int colon = sealed.indexOf(':', MARK.length());
        NameCipher cipher = colon < 0 ? null : ciphers.get(sealed.substring(MARK.length(), colon));
        // what does not prove itself is a name from before names were sealed
        return Optional.ofNullable(cipher)
                .flatMap(found -> found.decrypt(job, sealed.substring(colon + 1)))
                .orElse(sealed);
    }
}
