package io.intake.processors.hold;

import io.intake.bucket.BucketLayout;
import io.intake.config.Controls;
import io.intake.config.Feed;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.store.ByteRange;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectStore;
import io.intake.store.ReadRequest;
import io.intake.store.TransientStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Finds files that were sent before to the same feed. Two files are the same if these are: their size, the CRC-32 of all
 * their bytes that the gateway and S3 agreed on, and the SHA-256 of their first and last {@value #END_BYTES} bytes. Files of
 * up to two ends are so compared whole; of longer ones, zip archives keep the CRC-32 of each entry in their last bytes. An
 * ETag says nothing here: it is no hash of the content where an object has parts or is encrypted with KMS. A long file
 * whose CRC-32 is not known is never taken for another. Thread-safe, also across processes.
 */
public final class SameBytes {
    static final int END_BYTES = 1 << 20;

    private final ObjectStore store;
    private final Records records;
    private final JobStore jobs;

    public SameBytes(ObjectStore store, Records records, JobStore jobs) {
        this.store = store;
        this.records = records;
        this.jobs = jobs;
    }

    /**
     * The first to have sent some bytes.
     *
     * @param job of the file
     * @param at when it was taken
     */
    record Seen(String job, Instant at) {}

    /**
     * The job of an earlier file of the same bytes; empty if there is none, and this one is then remembered as the first. A
     * file that was refused does not count: sending it again asks for another look.
     *
     * @param job just opened
     */
    public Optional<String> earlier(Job job) {
        Feed feed = job.requireFeed();
        if (feed.controls().sameBytes() == Controls.SameBytes.PROCESS) {
            return Optional.empty();
        }
        return fingerprint(job.input()).flatMap(print -> earlier(job, feed, print));
    }

    private Optional<String> earlier(Job job, Feed feed, String print) {
        String key = BucketLayout.feedSeen(job.partner(), feed.id(), print);
        Instant at = job.history().getFirst().at();
        Seen own = new Seen(job.id(), at);
        while (true) {
            Optional<Versioned<Seen>> found = records.find(key, Seen.class);
            if (found.isEmpty()) {
                if (records.create(key, own).isPresent()) {
                    return Optional.empty();
                }
                continue;
            }
            Seen seen = found.get().value();
            if (seen.job().equals(job.id())) {
                return Optional.empty();
            }
            if (counts(seen, at, feed.controls().sameBytesDays())) {
                return Optional.of(seen.job());
            }
            if (records.replace(key, found.get().etag(), own).isPresent()) {
                return Optional.empty();
            }
        }
    }

    private boolean counts(Seen seen, Instant now, int days) {
        boolean recent = seen.at().isAfter(now.minus(Duration.ofDays(days)));
        return recent
                && jobs.find(seen.job())
                        .map(Job::state)
                        .filter(state -> state != JobState.QUARANTINED && state != JobState.FAILED)
                        .isPresent();
    }

    private Optional<String> fingerprint(Input input) {
        long size = input.size();
        boolean whole = size <= 2L * END_BYTES;
        if (!whole && input.crc32() == null) {
            return Optional.empty();
        }
        MessageDigest digest = sha256();
        digest.update((size + " " + (whole ? "" : input.crc32()) + "\n").getBytes(StandardCharsets.US_ASCII));
        if (size > 0) {
            digest(input, new ByteRange(0, Math.min(size, whole ? size : END_BYTES)), digest);
        }
        if (!whole) {
            digest(input, new ByteRange(size - END_BYTES, END_BYTES), digest);
        }
        return Optional.of(HexFormat.of().formatHex(digest.digest()));
    }

    private void digest(Input input, ByteRange range, MessageDigest digest) {
        ReadRequest request = new ReadRequest(input.key(), range, input.etag(), input.versionId());
        try (ObjectContent content = store.read(request);
                InputStream in = content.stream()) {
            byte[] buffer = new byte[1 << 16];
            long left = range.length();
            for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
                left -= count;
            }
            if (left != 0) {
                throw new IOException("stream ends early");
            }
        } catch (IOException lost) {
            throw new TransientStoreException("read", input.key(), "connection lost", lost);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
