package io.intake.config;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads OpenSSH public key lines as in {@code authorized_keys}, without options: algorithm, base64, comment. The blob's
 * layout is checked too (RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4, OpenSSH's PROTOCOL.u2f), so
 * that a key cut short by copying is found here and not at the partner's first login.
 */
final class PublicKeyLine {
    private static final int MIN_RSA_BITS = 2_048;
    private static final int MAX_RSA_BITS = 16_384;
    private static final Pattern LINE =
            Pattern.compile("([a-z0-9@.-]{1,64})[ \\t]+([A-Za-z0-9+/]+={0,2})(?:[ \\t]+[^\\p{Cntrl}]*)?");

    private final byte[] blob;
    private int position;

    private PublicKeyLine(byte[] blob) {
        this.blob = blob;
    }

    /** A line as it was written, surrounding blanks removed. */
    static Optional<String> read(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).map(String::strip).filter(line -> {
            Optional<String> mistake = mistake(line);
            mistake.ifPresent(message -> problems.add(node, "'" + key + "': " + message));
            return mistake.isEmpty();
        });
    }

    /** Reads lines, and reports a key that comes twice. For one list. */
    static Reader<String> distinct() {
        return Lists.distinct(
                PublicKeyLine::read,
                "this public key",
                text -> List.of(text.split("[ \\t]+", 3)).subList(0, 2));
    }

    /** What makes a line no usable public key; empty for a good one. Never quotes the line. */
    static Optional<String> mistake(String line) {
        if (line.contains("PRIVATE KEY")) {
            return Optional.of(
                    "this is a private key: remove it, have the partner make a new pair, and give the .pub file's line");
        }
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            return Optional.of("not an OpenSSH public key line, as in 'ssh-ed25519 AAAA... name'");
        }
        String algorithm = matcher.group(1);
        byte[] blob;
        try {
            blob = Base64.getDecoder().decode(matcher.group(2));
        } catch (IllegalArgumentException notBase64) {
            return Optional.of("the key's base64 is damaged");
        }
        return new PublicKeyLine(blob).mistakeIn(algorithm);
    }

    private Optional<String> mistakeIn(String algorithm) {
        boolean whole = switch (algorithm) {
            case "ssh-ed25519" -> named(algorithm) && next().length == 32;
            case "ssh-rsa" -> named(algorithm) && next().length > 0;
            case "ecdsa-sha2-nistp256" -> named(algorithm) && point("nistp256", 32);
            case "ecdsa-sha2-nistp384" -> named(algorithm) && point("nistp384", 48);
            case "ecdsa-sha2-nistp521" -> named(algorithm) && point("nistp521", 66);
            case "sk-ssh-ed25519@openssh.com" -> named(algorithm) && next().length == 32 && next().length > 0;
            case "sk-ecdsa-sha2-nistp256@openssh.com" -> named(algorithm) && point("nistp256", 32) && next().length > 0;
            default -> {
                position = -1;
                yield false;
            }
        };
        if (position < 0) {
            return Optional.of("this kind of key is not accepted; use ssh-ed25519, ecdsa-sha2-nistp256 or ssh-rsa");
        }
        if (whole && algorithm.equals("ssh-rsa")) {
            return mistakeInModulus();
        }
        return whole && position == blob.length ? Optional.empty() : Optional.of("the key is damaged or cut short");
    }

    private Optional<String> mistakeInModulus() {
        byte[] modulus = next();
        BigInteger value = modulus.length == 0 ? BigInteger.ZERO : new BigInteger(modulus);
        int bits = value.bitLength();
        if (position != blob.length || value.signum() <= 0) {
            return Optional.of("the key is damaged or cut short");
        }
        return bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS
                ? Optional.empty()
                : Optional.of("an RSA key must have 2,048 to 16,384 bits");
    }

    private boolean named(String algorithm) {
        return new String(next(), StandardCharsets.US_ASCII).equals(algorithm);
    }

    private boolean point(String curve, int coordinate) {
        boolean named = named(curve);
        byte[] point = next();
        // 4 marks an uncompressed point, the only form that SSH implementations agree on
        return named && point.length == 1 + 2 * coordinate && point[0] == 4;
    }

    /** The next length-prefixed string; empty, which no field may be, where the blob ends too early. */
    private byte[] next() {
        if (blob.length - position < Integer.BYTES) {
            return new byte[0];
        }
        int length = ByteBuffer.wrap(blob, position, Integer.BYTES).getInt();
        if (length < 0 || length > blob.length - position - Integer.BYTES) {
            return new byte[0];
        }
        int start = position + Integer.BYTES;
        position = start + length;
        return Arrays.copyOfRange(blob, start, position);
    }
}
