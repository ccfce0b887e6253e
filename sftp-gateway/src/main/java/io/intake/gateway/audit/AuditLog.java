package io.intake.gateway.audit;

import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * One JSON object per line: logins, ends of handles, changes of names. A file is told by the keyed hash of its path, never
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
     * @param reason why the last attempt was refused, which the client is not told; or what is to be noticed about a good
     *     one; null for nothing
     */
    public void login(Identity who, String outcome, int attempts, @Nullable String reason) {
        sink.accept(line(who, "login", outcome)
                .add("reason", reason)
                .add("attempts", attempts)
                .toString());
    }

    /**
     * The end of a handle.
     *
     * @param path absolute; only its hash is written
     * @param bytes read or written
     * @param crc32 of a published file
     */
    public void handle(
            Identity who,
            String operation,
            String path,
            long bytes,
            @Nullable Long crc32,
            String outcome,
            Duration duration) {
        sink.accept(line(who, operation, outcome)
                .add("name_hash", hash.of(path))
                .add("bytes", bytes)
                .add("crc32", crc32 == null ? null : "%08x".formatted(crc32))
                .add("duration_ms", duration.toMillis())
                .toString());
    }

    /**
     * A change without a handle: remove, rename, mkdir, rmdir.
     *
     * @param target of a rename
     */
    public void change(Identity who, String operation, String path, @Nullable String target, String outcome) {
        sink.accept(line(who, operation, outcome)
                .add("name_hash", hash.of(path))
                .add("target_hash", target == null ? null : hash.of(target))
                .toString());
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
