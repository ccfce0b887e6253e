package io.intake.config;

import java.util.List;
import java.util.Set;

/**
 * Whose OpenSSH user certificates a partner may log in with (OpenSSH's PROTOCOL.certkeys). A certificate needs the signature of
 * one of the keys and names one of the principals.
 *
 * @param keys OpenSSH public key lines of the authorities, at least one
 * @param principals of which a certificate must name one; at least one, by default the partner's id
 * @param revokedSerials serial numbers, unsigned, of certificates that are not accepted any more, whichever key signed them
 * @param revokedKeys fingerprints ({@code SHA256:...}) of certified keys, and of authorities', that are not accepted any more
 */
public record CertAuthority(
        List<String> keys, Set<String> principals, Set<Long> revokedSerials, Set<String> revokedKeys) {
    public CertAuthority {
        keys = List.copyOf(keys);
        principals = Set.copyOf(principals);
        revokedSerials = Set.copyOf(revokedSerials);
        revokedKeys = Set.copyOf(revokedKeys);
    }
}
