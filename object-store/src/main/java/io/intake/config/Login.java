package io.intake.config;

import java.net.InetAddress;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a partner proves who it is, from where, and until when. At least one of key and password is there; where both are,
 * both are asked for.
 *
 * @param publicKeys OpenSSH public key lines, one of which must sign the login; empty for none
 * @param passwordHash null for none
 * @param allowFrom networks it may come from; empty for everywhere
 * @param expires the last day on which it may come, in UTC; null for no end
 * @param disabled whether it is locked out for now
 */
public record Login(
        List<String> publicKeys,
        @Nullable PasswordHash passwordHash,
        List<Network> allowFrom,
        @Nullable LocalDate expires,
        boolean disabled) {
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

    /** By public key only, from everywhere, without end. */
    public static Login byKeys(List<String> publicKeys) {
        return new Login(publicKeys, null, List.of(), null, false);
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
