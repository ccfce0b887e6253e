package io.intake.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Another SFTP server that whole files are delivered to. Each is uploaded under a temporary name beside its own, and renamed
 * when all of it is there.
 *
 * @param host a name or an address
 * @param port 1 to 65,535
 * @param user whom we log in as
 * @param login how we say who we are
 * @param hostKeys the server's, of which it must show one: OpenSSH public key lines or {@code SHA256:} fingerprints; at least one
 * @param directory where files go, absolute or from the login's directory on; it must be there
 * @param prefix of the files' names, with {@code {partner}}, {@code {feed}}, {@code {date}} and {@code {job}}, the last of which
 *     makes them one of a kind
 * @param suffix of the names of files that are delivered as they are; empty for none
 * @param names whether the names say what files were called, which can be patients' names
 * @param manifest whether a file that lists a job's files comes behind them
 */
public record SftpTarget(
        String host,
        int port,
        String user,
        Identity login,
        List<String> hostKeys,
        String directory,
        String prefix,
        String suffix,
        boolean names,
        boolean manifest)
        implements Target {
    public SftpTarget {
        hostKeys = List.copyOf(hostKeys);
    }

    /**
     * How we say who we are; by a key, a password, or both where the server asks for both.
     *
     * @param key the secret of a private key: OpenSSH's own format or PEM; null for none
     * @param passphrase of the key; null where it has none
     * @param password null for none
     */
    public record Identity(
            @Nullable String key,
            @Nullable String passphrase,
            @Nullable String password) {
        /** Without what may be secrets. */
        @Override
        public String toString() {
            return "Identity[]";
        }
    }

    @Override
    public boolean inOnePiece() {
        return false;
    }

    /** The beginning of the names of a job's files. */
    public String prefixOf(String partner, String feed, String job) {
        return prefix.replace("{partner}", partner)
                .replace("{feed}", feed)
                .replace("{date}", job.length() < 8 ? job : job.substring(0, 8))
                .replace("{job}", job);
    }

    /** Without the address. */
    @Override
    public String toString() {
        return "SftpTarget[]";
    }
}
