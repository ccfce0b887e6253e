package io.intake.gateway.sftp;

import io.intake.bucket.Naming;
import io.intake.gateway.audit.AuditLog;
import io.intake.gateway.metrics.GatewayMetrics;
import io.intake.gateway.upload.UploadServices;
import java.time.InstantSource;

/**
 * What all channels share.
 *
 * @param uploads for files that are written; its store is also read
 * @param naming paths to keys
 * @param audit gets one line per handle and change
 * @param metrics counts what is done
 * @param clock for durations and listings
 * @param windowBytes what a client may send before it is read
 * @param openUploads files being written now
 * @param channels channels whose thread runs
 */
public record SftpServices(
        UploadServices uploads,
        Naming naming,
        AuditLog audit,
        GatewayMetrics metrics,
        InstantSource clock,
        int windowBytes,
        OpenCount openUploads,
        OpenCount channels) {}
