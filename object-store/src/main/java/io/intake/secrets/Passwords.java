package io.intake.secrets;

import io.intake.config.PasswordHash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/** Argon2id (RFC 9106). Pure; takes the memory and time that the hash says, so never on an IO thread. */
public final class Passwords {
    /** OWASP's advice for Argon2id: 19 MiB, twice. */
    private static final int MEMORY_KIB = 19 << 10;

    private static final int ITERATIONS = 2;
    private static final int HASH_BYTES = 32;

    /** The bytes of salt that {@link #hash} takes. */
    public static final int SALT_BYTES = 16;

    private Passwords() {}

    /**
     * Hashes a new password.
     *
     * @param salt {@value #SALT_BYTES} random bytes
     */
    public static PasswordHash hash(String password, byte[] salt) {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        PasswordHash costs = new PasswordHash(MEMORY_KIB, ITERATIONS, 1, base64.encodeToString(salt), "");
        return new PasswordHash(
                MEMORY_KIB, ITERATIONS, 1, costs.salt(), base64.encodeToString(compute(password, costs, HASH_BYTES)));
    }

    /** Whether a password is the one; takes as long for a wrong one. */
    public static boolean verify(String password, PasswordHash hash) {
        byte[] wanted = hash.hashBytes();
        return MessageDigest.isEqual(compute(password, hash, wanted.length), wanted);
    }

    /** A hash of the same costs as another that no password has. */
    public static PasswordHash likeNobodys(PasswordHash costs) {
        return nobodys(costs.memoryKib(), costs.iterations(), costs.parallelism());
    }

    private static PasswordHash nobodys(int memoryKib, int iterations, int parallelism) {
        // a password with this very hash would have to be found first, and would then open no door: the answer is not
        // used
        String zeros = Base64.getEncoder().withoutPadding().encodeToString(new byte[HASH_BYTES]);
        return new PasswordHash(memoryKib, iterations, parallelism, zeros, zeros);
    }

    private static byte[] compute(String password, PasswordHash costs, int length) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(costs.memoryKib())
                .withIterations(costs.iterations())
                .withParallelism(costs.parallelism())
                .withSalt(costs.saltBytes())
                .build());
        byte[] secret = password.getBytes(StandardCharsets.UTF_8);
        try {
            byte[] hash = new byte[length];
            generator.generateBytes(secret, hash);
            return hash;
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }
}
