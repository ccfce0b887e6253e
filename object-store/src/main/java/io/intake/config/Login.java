package io.intake.config;

import java.net.InetAddress;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a partner proves who it is, from where, and until when. At least one of key, certificate and password is there; where
 * there is a password beside one of the others, both are asked for.
 *
 * @param publicKeys OpenSSH public key lines, one of which must sign the login; empty for none
 * @param certAuthority whose certificates do instead of one of the keys; null for nobody's
 * @param passwordHash null for none
 * @param allowFrom networks it may come from; empty for everywhere
 * @param expires the last day on which it may come, in UTC; null for no end
 * @param disabled whether it is locked out for now
 * @param olderAlgorithms whether its client may agree on encryption that others are not offered; then {@code allowFrom} is not
 *     empty
 */
public record Login(
        List<String> publicKeys,
        @Nullable CertAuthority certAuthority,
        @Nullable PasswordHash passwordHash,
        List<Network> allowFrom,
        @Nullable LocalDate expires,
        boolean disabled,
        boolean olderAlgorithms) {
    /** Why a login is refused whatever is proved. */
    public enum Refusal {
        DISABLED,
        EXPIRED,
        ADDRESS
    }

    public Login {
        publicKeys = List.copyOf(publicKeys);
        allowFrom = List.copyOf(allowFrom);
    }

    /** Without certificates and without exceptions. */
    public Login(
            List<String> publicKeys,
            @Nullable PasswordHash passwordHash,
            List<Network> allowFrom,
            @Nullable LocalDate expires,
            boolean disabled) {
        this(publicKeys, null, passwordHash, allowFrom, expires, disabled, false);
    }

    /** By public key only, from everywhere, without end. */
    public static Login byKeys(List<String> publicKeys) {
        return new Login(publicKeys, null, List.of(), null, false);
    }

    /** Whether a signature is asked for: by a key of its own or by one that is certified. */
    public boolean hasKeys() {
        return !publicKeys.isEmpty() || certAuthority != null;
    }

    /** The same, with a certificate's principal where none is given. */
    Login withPrincipal(String principal) {
        CertAuthority authority = certAuthority;
        if (authority == null || !authority.principals().isEmpty()) {
            return this;
        }
        CertAuthority named = new CertAuthority(
                authority.keys(), Set.of(principal), authority.revokedSerials(), authority.revokedKeys());
        return new Login(publicKeys, named, passwordHash, allowFrom, expires, disabled, olderAlgorithms);
    }

    /**
     * Why a login is refused whatever is proved; empty if it is not.
     *
     * @param from the client's address; null where it is not known, which no network holds
     */
    public Optional<Refusal> refusal(@Nullable InetAddress from, Instant now) {
        if (disabled) {
            return Optional.of(Refusal.DISABLED);
        }
        if (expires != null && LocalDate.ofInstant(now, ZoneOffset.UTC).isAfter(expires)) {
            return Optional.of(Refusal.EXPIRED);
        }
        boolean allowed =
                allowFrom.isEmpty() || (from != null && allowFrom.stream().anyMatch(network -> network.contains(from)));
        return allowed ? Optional.empty() : Optional.of(Refusal.ADDRESS);
    }
}
