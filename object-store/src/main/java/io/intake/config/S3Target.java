package io.intake.config;

import org.jspecify.annotations.Nullable;

/**
 * A bucket that whole objects are handed over to: a data lake, or what an import service reads.
 *
 * @param bucket its name; our credentials may write to it
 * @param region null for ours
 * @param prefix of the keys, with {@code {partner}}, {@code {feed}}, {@code {date}} and {@code {job}}, the last of which makes it
 *     one of a kind; ends with a slash
 * @param names whether keys and manifest say what files are called, which can be patients' names
 */
public record S3Target(String bucket, @Nullable String region, String prefix, boolean names) implements Target {
    @Override
    public boolean inOnePiece() {
        return false;
    }

    /** The prefix of a job's keys. */
    public String prefixOf(String partner, String feed, String job) {
        return prefix.replace("{partner}", partner)
                .replace("{feed}", feed)
                .replace("{date}", job.length() < 8 ? job : job.substring(0, 8))
                .replace("{job}", job);
    }
}
