package io.intake.bucket;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import javax.crypto.IllegalBlockSizeException;
import org.cryptomator.siv.SivMode;
import org.cryptomator.siv.UnauthenticCiphertextException;
import org.jspecify.annotations.Nullable;

/**
 * Deterministic, authenticated encryption of names with AES-SIV (RFC 5297) as text that is safe in a key: base64url without
 * padding (RFC 4648, section 5). The same name under the same key in the same context always gives the same text, so that a
 * name can be looked up; nothing else gives a text that decrypts. Pure and thread-safe.
 */
final class NameCipher {
    /** What AES-SIV adds to a name, in bytes. */
    static final int OVERHEAD_BYTES = 16;

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

    /** Enough for the folders and the few files that are worked on at one moment; each name is asked for several times. */
    private static final int REMEMBERED = 64;

    private final SivMode siv = new SivMode();
    private final AtomicReferenceArray<@Nullable Sealed> remembered = new AtomicReferenceArray<>(REMEMBERED);
    private final byte[] macKey;
    private final byte[] counterKey;
    private final byte[] purpose;

    /**
     * @param secret {@link NameKeys.Key#BYTES} bytes
     * @param purpose what is encrypted for one purpose does not decrypt for another
     */
    NameCipher(byte[] secret, String purpose) {
        int half = secret.length / 2;
        this.macKey = Arrays.copyOf(secret, half);
        this.counterKey = Arrays.copyOfRange(secret, half, secret.length);
        this.purpose = purpose.getBytes(StandardCharsets.UTF_8);
    }

    private record Sealed(String context, String name, String text) {
        boolean isOf(String otherContext, String otherName) {
            return name.equals(otherName) && context.equals(otherContext);
        }
    }

    /** @param context what the name is bound to, such as its partner */
    String encrypt(String context, String name) {
        int place = Math.floorMod(31 * context.hashCode() + name.hashCode(), REMEMBERED);
        Sealed known = remembered.get(place);
        if (known == null || !known.isOf(context, name)) {
            known = new Sealed(context, name, seal(context, name));
            remembered.set(place, known);
        }
        return known.text();
    }

    private String seal(String context, String name) {
        byte[] plain = name.getBytes(StandardCharsets.UTF_8);
        byte[] sealed = siv.encrypt(counterKey, macKey, plain, purpose, context.getBytes(StandardCharsets.UTF_8));
        return ENCODER.encodeToString(sealed);
    }

    /** Empty for what {@link #encrypt} did not make with this key for this context. */
    Optional<String> decrypt(String context, String text) {
        try {
            byte[] sealed = DECODER.decode(text);
            // the decoder takes padding and stray last bits too; each name has one text only
            if (!ENCODER.encodeToString(sealed).equals(text)) {
                return Optional.empty();
            }
            byte[] plain = siv.decrypt(counterKey, macKey, sealed, purpose, context.getBytes(StandardCharsets.UTF_8));
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(plain))
                    .toString());
        } catch (IllegalArgumentException
                | UnauthenticCiphertextException
                | IllegalBlockSizeException
                | CharacterCodingException notOurs) {
            return Optional.empty();
        }
    }
}
