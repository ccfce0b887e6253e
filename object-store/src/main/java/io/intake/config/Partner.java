package io.intake.config;

import java.util.List;
import java.util.Optional;

/**
 * A hospital that uploads.
 *
 * @param id its SFTP user name and its prefix in the bucket: lower-case letters, digits and hyphens
 * @param publicKeys OpenSSH public key lines, one of which must sign the login
 * @param feeds tried in this order for each file
 */
public record Partner(String id, List<String> publicKeys, List<Feed> feeds) {
    public Partner {
        publicKeys = List.copyOf(publicKeys);
        feeds = List.copyOf(feeds);
    }

    /** The first feed that takes a file. */
    public Optional<Feed> feedFor(String path) {
        return feeds.stream().filter(feed -> feed.matches(path)).findFirst();
    }
}
