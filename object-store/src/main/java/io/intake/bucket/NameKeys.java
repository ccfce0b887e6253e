package io.intake.bucket;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The keys by which names are encrypted: the first encrypts, the others are only read with. Immutable and thread-safe.
 *
 * @param keys at least one, each with its own id
 */
public record NameKeys(List<Key> keys) {
    private static final Pattern ENTRY = Pattern.compile("(?<id>[a-z0-9]{1,16}):(?<secret>[A-Za-z0-9+/_=-]+)");

    /**
     * One key.
     *
     * @param id stands in the clear in each key of the bucket that was made with it: 1 to 16 lower-case letters and digits
     * @param secret {@value Key#BYTES} random bytes
     */
    public record Key(String id, byte[] secret) {
        /** AES-SIV with two keys of 256 bits (RFC 5297, section 2.2). */
        public static final int BYTES = 64;

        public Key {
            if (!id.matches("[a-z0-9]{1,16}")) {
                throw new IllegalArgumentException("a name key's id is 1 to 16 lower-case letters and digits");
            }
            if (secret.length != BYTES) {
                throw new IllegalArgumentException("a name key has " + BYTES + " bytes, not " + secret.length);
            }
            secret = secret.clone();
        }

        @Override
        public byte[] secret() {
            return secret.clone();
        }

        /** Without the secret. */
        @Override
        public String toString() {
            return "Key[" + id + "]";
        }
    }

    public NameKeys {
        keys = List.copyOf(keys);
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("at least one name key is needed");
        }
    }

    /**
     * Reads {@code id:base64} entries, apart by white space or commas; the first is the one that encrypts.
     *
     * @throws IllegalArgumentException with all mistakes, and nothing of the keys but their ids and places
     */
    public static NameKeys parse(String text) {
        List<String> problems = new ArrayList<>();
        List<Key> keys = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        int place = 0;
        for (String entry : text.strip().split("[\\s,]+", -1)) {
            place++;
            Matcher matcher = ENTRY.matcher(entry);
            if (!matcher.matches()) {
                problems.add(
                        "name key " + place + " is not ID:BASE64 with an id of 1 to 16 lower-case letters and digits");
                continue;
            }
            String id = matcher.group("id");
            if (!ids.add(id)) {
                problems.add("name key " + place + " has the id '" + id + "' of an earlier one");
            }
            byte[] secret = decode(matcher.group("secret"));
            if (secret.length == Key.BYTES) {
                keys.add(new Key(id, secret));
            } else {
                problems.add("name key '" + id + "' is not " + Key.BYTES + " bytes in base64");
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        return new NameKeys(keys);
    }

    /** The bytes; none for what is not base64. */
    private static byte[] decode(String text) {
        try {
            return Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
        } catch (IllegalArgumentException notBase64) {
            return new byte[0];
        }
    }

    /** The key that encrypts. */
    public Key current() {
        return keys.getFirst();
    }
}
