package io.intake.gateway.audit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * One JSON object per line: logins, ends of sessions and of handles, changes of names. A file is told by the keyed hash of its path, never
 * by its name, because names hold patients' names. Thread-safe.
 */
public final class AuditLog {
    /** The logger that gets the lines. */
    public static final String LOGGER = "io.intake.audit";

    private final Consumer<String> sink;
    private final NameHash hash;
    private final InstantSource clock;

    /**
     * An audit log.
     *
     * @param sink gets each line, without a line end
     */
    public AuditLog(Consumer<String> sink, NameHash hash, InstantSource clock) {
        this.sink = sink;
        this.hash = hash;
        this.clock = clock;
    }

    /** To the logger {@value #LOGGER}. */
    public static AuditLog toLogger(NameHash hash, InstantSource clock) {
        return new AuditLog(LoggerFactory.getLogger(LOGGER)::info, hash, clock);
    }

    /**
     * A login, or a session that ended without one.
     *
     * @param attempts keys and passwords that were offered
     * @param method by which it was tried last: publickey, password, or both joined by a plus sign
     * @param key the fingerprint of the key that was accepted; null if none was
     * @param reason why the last attempt was refused, which the client is not told; or what is to be noticed about a good
     *     one; null for nothing
     * @param since when the client was connected
     */
    public void login(
            Identity who,
            String outcome,
            int attempts,
            String method,
            @Nullable String key,
            @Nullable String reason,
            Instant since) {
        sink.accept(line(who, "login", outcome)
                .add("reason", reason)
                .add("attempts", attempts)
                .add("method", method)
                .add("key", key)
                .add("duration_ms", millis(since))
                .toString());
    }

    /** The end of a session that had logged in: why, and all that it did. */
    public void session(Identity who, SessionTotals totals) {
        sink.accept(line(who, "session", "ended")
                .add("reason", totals.reason())
                .add("bytes_in", totals.receivedBytes())
                .add("bytes_out", totals.sentBytes())
                .add("published", totals.publishedFiles())
                .add("parked", totals.parkedFiles())
                .add("downloads", totals.downloadCount())
                .add("changes", totals.changeCount())
                .add("failures", totals.failureCount())
                .add("duration_ms", millis(totals.opened()))
                .toString());
    }

    /**
     * The end of a file's handle, or a file that was not opened.
     *
     * @param operation upload or download
     * @param path absolute; only its hash is written
     * @param bytes read or written
     * @param crc32 of a published file
     * @param since when it was opened
     */
    public void handle(
            Identity who,
            String operation,
            String path,
            long bytes,
            @Nullable Long crc32,
            String outcome,
            Instant since) {
        sink.accept(line(who, operation, outcome)
                .add("name_hash", hash.of(path))
                .add("bytes", bytes)
                .add("crc32", crc32 == null ? null : "%08x".formatted(crc32))
                .add("duration_ms", millis(since))
                .toString());
    }

    /**
     * The end of a folder's handle, or a folder that was not opened.
     *
     * @param path absolute; only its hash is written
     * @param entries told to the client
     * @param since when it was opened
     */
    public void list(Identity who, String path, long entries, String outcome, Instant since) {
        sink.accept(line(who, "list", outcome)
                .add("name_hash", hash.of(path))
                .add("entries", entries)
                .add("duration_ms", millis(since))
                .toString());
    }

    /**
     * A change without a handle: remove, rename, posix-rename, mkdir, rmdir; setstat, symlink and hardlink where they are
     * refused.
     *
     * @param path absolute, or as the client gave it where it is no path
     * @param target of a rename
     * @param bytes of the file that was removed or renamed; null if there was none
     * @param since when it was asked for
     */
    public void change(
            Identity who,
            String operation,
            String path,
            @Nullable String target,
            @Nullable Long bytes,
            String outcome,
            Instant since) {
        JsonLine line = line(who, operation, outcome)
                .add("name_hash", hash.of(path))
                .add("target_hash", target == null ? null : hash.of(target));
        if (bytes != null) {
            line.add("bytes", bytes);
        }
        sink.accept(line.add("duration_ms", millis(since)).toString());
    }

    private long millis(Instant since) {
        return Math.max(0, Duration.between(since, clock.instant()).toMillis());
    }

    private JsonLine line(Identity who, String operation, String outcome) {
        return new JsonLine()
                .add("at", clock.instant().toString())
                .add("operation", operation)
                .add("partner", who.partner())
                .add("session", who.session())
                .add("address", who.address())
                .add("outcome", outcome);
    }
}
