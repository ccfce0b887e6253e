package io.intake.gateway.sftp;

import io.intake.gateway.audit.AuditLog;
import io.intake.gateway.audit.Identity;
import io.intake.gateway.audit.SessionTotals;
import io.intake.gateway.metrics.GatewayMetrics;
import io.intake.gateway.metrics.PartnerMeters;
import io.intake.gateway.protocol.SftpException;
import io.intake.gateway.protocol.SftpStatus;
import io.intake.gateway.upload.UploadEnd;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import org.apache.sshd.sftp.common.SftpConstants;
import org.jspecify.annotations.Nullable;

/**
 * What one channel did, told to the audit log, to the metrics and to the session's totals. Bytes are only added up: a WRITE
 * allocates nothing here. Used by one channel's thread.
 */
final class Journal {
    private static final String REQUEST_PREFIX = "SSH_FXP_";

    private final AuditLog audit;
    private final GatewayMetrics metrics;
    private final PartnerMeters meters;
    private final SessionTotals totals;
    private final Identity who;
    private final InstantSource clock;

    Journal(SftpServices services, SessionState session) {
        this.audit = services.audit();
        this.metrics = services.metrics();
        this.clock = services.clock();
        this.who = session.identity();
        this.totals = session.totals();
        this.meters = metrics.partner(who.partner());
    }

    /** The channel begins; {@link #end} is called once for it. */
    void begin() {
        totals.begin();
    }

    String partner() {
        return who.partner();
    }

    Instant now() {
        return clock.instant();
    }

    void received(int bytes) {
        meters.received(bytes);
        totals.received(bytes);
    }

    void sent(int bytes) {
        meters.sent(bytes);
        totals.sent(bytes);
    }

    void uploaded(Handle.Writing writing, UploadEnd end) {
        Long crc32 = switch (end) {
            case UploadEnd.Published published -> published.crc32();
            case UploadEnd.Held held -> held.crc32();
            default -> null;
        };
        String outcome = switch (end) {
            case UploadEnd.Published ignored -> "published";
            case UploadEnd.Held ignored -> "held";
            case UploadEnd.Parked ignored -> "parked";
            case UploadEnd.Unchanged ignored -> "unchanged";
            case UploadEnd.Abandoned ignored -> "abandoned";
            case UploadEnd.Failed ignored -> "failed";
        };
        meters.uploaded(outcome, end.size());
        totals.uploaded(outcome);
        String words = end instanceof UploadEnd.Failed failed ? "failed: " + failed.reason() : outcome;
        audit.handle(who, "upload", writing.path(), end.size(), crc32, words, writing.opened());
    }

    void downloaded(Handle.Reading reading, String outcome) {
        meters.downloaded(outcome);
        totals.downloaded();
        audit.handle(who, "download", reading.path(), reading.download().bytesRead(), null, outcome, reading.opened());
    }

    void listed(Handle.Listing listing, String outcome) {
        audit.list(who, listing.path(), listing.entries().get(), outcome, listing.opened());
    }

    /** A file that a client wanted to write or read was not opened. */
    void notOpened(boolean write, String path, Exception failure, Instant since) {
        totals.failed();
        if (write) {
            meters.uploaded("failed", 0);
        } else {
            meters.downloaded("failed");
        }
        audit.handle(who, write ? "upload" : "download", path, 0, null, failed(failure), since);
    }

    /** A folder that a client wanted to list was not opened. */
    void notListed(String path, Exception failure, Instant since) {
        totals.failed();
        audit.list(who, path, 0, failed(failure), since);
    }

    void changed(String operation, String path, @Nullable String target, @Nullable Long bytes, Instant since) {
        totals.changed();
        audit.change(who, operation, path, target, bytes, "done", since);
    }

    void notChanged(String operation, String path, @Nullable String target, Exception failure, Instant since) {
        totals.failed();
        audit.change(who, operation, path, target, null, failed(failure), since);
    }

    /** The answer to the CLOSE of a written file is on the wire. */
    void closeAnswered(Instant asked) {
        metrics.closed(Duration.between(asked, clock.instant()));
    }

    /** A request is answered with an error; "end of file" is none. */
    void requestFailed(int type, SftpStatus status) {
        if (status != SftpStatus.EOF) {
            String name = SftpConstants.getCommandMessageName(type);
            metrics.requestFailed(
                    name.startsWith(REQUEST_PREFIX)
                            ? name.substring(REQUEST_PREFIX.length()).toLowerCase(Locale.ROOT)
                            : "other",
                    status.name().toLowerCase(Locale.ROOT));
        }
    }

    /** The channel writes no more lines. The session's own line follows where it was the last. */
    void end() {
        if (totals.end()) {
            audit.session(who, totals);
        }
    }

    private static String failed(Exception failure) {
        SftpException status = Statuses.of(failure);
        return "failed: " + status.getMessage();
    }
}
