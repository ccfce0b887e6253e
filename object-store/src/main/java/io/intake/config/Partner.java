package io.intake.config;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A hospital that uploads.
 *
 * @param id its SFTP user name and its prefix in the bucket: lower-case letters, digits and hyphens
 * @param login how it proves who it is
 * @param quota what it may take of what all share
 * @param permissions what it may do
 * @param feeds tried in this order for each file
 */
public record Partner(String id, Login login, Quota quota, Set<Permission> permissions, List<Feed> feeds) {
    public Partner {
        permissions = Set.copyOf(permissions);
        feeds = List.copyOf(feeds);
    }

    /** A partner that logs in by public key and may do everything. */
    public Partner(String id, List<String> publicKeys, List<Feed> feeds) {
        this(id, Login.byKeys(publicKeys), Quota.DEFAULT, EnumSet.allOf(Permission.class), feeds);
    }

    /** OpenSSH public key lines, one of which must sign the login. */
    public List<String> publicKeys() {
        return login.publicKeys();
    }

    /** The first feed that takes a file. */
    public Optional<Feed> feedFor(String path) {
        return feeds.stream().filter(feed -> feed.takes(path)).findFirst();
    }
}
