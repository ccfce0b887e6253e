package io.intake.config;

import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An Argon2id hash (RFC 9106, version 1.3) as the PHC string format writes it. Its costs are bounded: below, a stolen
 * configuration gives passwords away (OWASP's least: 19 MiB twice, or what costs as much); above, a login would take the
 * memory of uploads.
 *
 * @param memoryKib memory, in KiB
 * @param iterations passes over it
 * @param parallelism lanes
 * @param salt base64 without padding
 * @param hash base64 without padding
 */
public record PasswordHash(int memoryKib, int iterations, int parallelism, String salt, String hash) {
    public static final int MIN_MEMORY_KIB = 7 << 10;
    public static final int MAX_MEMORY_KIB = 64 << 10;
    public static final int MAX_ITERATIONS = 10;
    public static final int MAX_PARALLELISM = 4;

    /** OWASP's weakest advice, in KiB passed over: 7 MiB, five times. */
    private static final int MIN_WORK_KIB = 5 * MIN_MEMORY_KIB;

    private static final int MIN_BYTES = 16;
    private static final int MAX_BYTES = 64;
    private static final Pattern PHC = Pattern.compile(
            "\\$argon2id\\$v=19\\$m=([1-9][0-9]{0,8}),t=([1-9][0-9]{0,8}),p=([1-9][0-9]{0,8})\\$([A-Za-z0-9+/]{1,128})\\$([A-Za-z0-9+/]{1,128})");

    /** Reads {@code $argon2id$v=19$m=19456,t=2,p=1$salt$hash}; empty if it is none, or its costs are out of bounds. */
    public static Optional<PasswordHash> parse(String text) {
        Matcher matcher = PHC.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        PasswordHash read = new PasswordHash(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)),
                matcher.group(4),
                matcher.group(5));
        return read.isWithinBounds() ? Optional.of(read) : Optional.empty();
    }

    private boolean isWithinBounds() {
        return memoryKib >= MIN_MEMORY_KIB
                && memoryKib <= MAX_MEMORY_KIB
                && iterations <= MAX_ITERATIONS
                && parallelism <= MAX_PARALLELISM
                && (long) memoryKib * iterations >= MIN_WORK_KIB
                && isLongEnough(salt)
                && isLongEnough(hash);
    }

    private static boolean isLongEnough(String base64) {
        try {
            int length = Base64.getDecoder().decode(base64).length;
            return length >= MIN_BYTES && length <= MAX_BYTES;
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }

    public byte[] saltBytes() {
        return Base64.getDecoder().decode(salt);
    }

    public byte[] hashBytes() {
        return Base64.getDecoder().decode(hash);
    }

    /** KiB passed over: what a verification costs, about. */
    public long work() {
        return (long) memoryKib * iterations;
    }

    /** In PHC string format: what {@link #parse} reads. */
    public String toPhc() {
        return "$argon2id$v=19$m=" + memoryKib + ",t=" + iterations + ",p=" + parallelism + "$" + salt + "$" + hash;
    }

    /** Without salt and hash: they are to be kept from those who guess passwords. */
    @Override
    public String toString() {
        return "PasswordHash[m=" + memoryKib + ",t=" + iterations + ",p=" + parallelism + "]";
    }
}
