package io.intake.gateway;

import io.intake.config.CertAuthority;
import io.intake.config.Configuration;
import io.intake.config.Partner;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.RSAKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.jspecify.annotations.Nullable;

/** The public keys of a configuration's partners and of the authorities that they trust, parsed. Immutable. */
final class PartnerKeys {
    private static final int MIN_RSA_BITS = 2048;
    private static final Set<String> TYPES = Set.of(
            KeyPairProvider.SSH_ED25519,
            KeyPairProvider.SSH_RSA,
            KeyPairProvider.ECDSA_SHA2_NISTP256,
            KeyPairProvider.ECDSA_SHA2_NISTP384,
            KeyPairProvider.ECDSA_SHA2_NISTP521,
            "sk-ssh-ed25519@openssh.com",
            "sk-ecdsa-sha2-nistp256@openssh.com");

    private final Map<String, List<PublicKey>> keys;
    private final Map<String, UserCertificates.Trust> trusts;
    private final List<String> problems;

    private PartnerKeys(
            Map<String, List<PublicKey>> keys, Map<String, UserCertificates.Trust> trusts, List<String> problems) {
        this.keys = Map.copyOf(keys);
        this.trusts = Map.copyOf(trusts);
        this.problems = List.copyOf(problems);
    }

    static PartnerKeys of(Configuration configuration) {
        Map<String, List<PublicKey>> keys = new HashMap<>();
        List<String> problems = new ArrayList<>();
        Map<String, UserCertificates.Trust> trusts = new HashMap<>();
        for (Partner partner : configuration.partners()) {
            String owner = "partner " + partner.id() + ", ";
            keys.put(partner.id(), usable(partner.publicKeys(), owner + "public key ", problems));
            CertAuthority authority = partner.login().certAuthority();
            if (authority != null) {
                trusts.put(
                        partner.id(),
                        new UserCertificates.Trust(
                                usable(authority.keys(), owner + "authority's key ", problems),
                                authority.principals(),
                                authority.revokedSerials(),
                                authority.revokedKeys()));
            }
        }
        return new PartnerKeys(keys, trusts, problems);
    }

    private static List<PublicKey> usable(List<String> lines, String what, List<String> problems) {
        List<PublicKey> usable = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            PublicKey key = parse(lines.get(i));
            if (key != null && isAcceptable(key)) {
                usable.add(key);
            } else {
                problems.add(what + (i + 1)
                        + ": not an OpenSSH public key line of type Ed25519, ECDSA or RSA of at least 2048 bits");
            }
        }
        return List.copyOf(usable);
    }

    /** Keys that cannot be used; a partner's other keys can. */
    List<String> problems() {
        return problems;
    }

    boolean isPartner(String name) {
        return keys.containsKey(name);
    }

    /** Whether a key is one of a partner's; false for a name that is no partner's. */
    boolean allows(String name, PublicKey offered) {
        boolean allowed = false;
        for (PublicKey key : keys.getOrDefault(name, List.of())) {
            allowed |= KeyUtils.compareKeys(key, offered);
        }
        return allowed && isAcceptable(offered);
    }

    /** The authority whose certificates a partner may use; null for none, and for a name that is no partner's. */
    UserCertificates.@Nullable Trust trust(String name) {
        return trusts.get(name);
    }

    /** Modern types of enough strength; never DSA. */
    static boolean isAcceptable(PublicKey key) {
        boolean strong = !(key instanceof RSAKey rsa) || rsa.getModulus().bitLength() >= MIN_RSA_BITS;
        return strong && TYPES.contains(KeyUtils.getKeyType(key));
    }

    private static @Nullable PublicKey parse(String line) {
        try {
            AuthorizedKeyEntry entry = AuthorizedKeyEntry.parseAuthorizedKeyEntry(line);
            return entry == null ? null : entry.resolvePublicKey(null, PublicKeyEntryResolver.IGNORING);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            return null;
        }
    }
}
