package io.intake.processors;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Records.Versioned;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Ids of objects that stand for names of files. A plain hash of a name tells whoever lists the bucket whether a name that he
 * guesses is right, and patients' names are easily guessed; so these are HMAC-SHA-256 (RFC 2104). Their key is the bucket's own,
 * made by whoever needs it first, and stays the same while name keys are rotated: a file and its marker, which may be weeks
 * apart, must find each other. Thread-safe, also across processes.
 */
public final class KeyedHashes {
    private static final String HMAC = "HmacSHA256";

    private final Records records;
    private final Supplier<String> ids;
    private volatile byte @Nullable [] key;

    /** @param ids gives text of at least 122 random bits, as a random UUID has */
    public KeyedHashes(Records records, Supplier<String> ids) {
        this.records = records;
        this.ids = ids;
    }

    /** What the object holds. */
    record Key(String key) {
        /** Without the key. */
        @Override
        public String toString() {
            return "Key";
        }
    }

    /** The first bytes of a text's hash, in hex. */
    public String hex(String text, int bytes) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key(), HMAC));
            byte[] hash = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + HMAC, e);
        }
    }

    private byte[] key() {
        byte[] known = key;
        if (known == null) {
            known = stored().key().getBytes(StandardCharsets.UTF_8);
            key = known;
        }
        return known;
    }

    private Key stored() {
        return find().or(this::create)
                .or(this::find)
                .orElseThrow(() -> new IllegalStateException("the key of hashes is there and is not"));
    }

    private Optional<Key> find() {
        return records.find(BucketLayout.HASH_KEY, Key.class).map(Versioned::value);
    }

    /** Empty if somebody else was sooner. */
    private Optional<Key> create() {
        return records.create(BucketLayout.HASH_KEY, new Key(ids.get() + ids.get()))
                .map(Versioned::value);
    }
}
