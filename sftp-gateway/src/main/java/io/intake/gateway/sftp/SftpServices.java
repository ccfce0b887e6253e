package io.intake.gateway.sftp;

import io.intake.bucket.Naming;
import io.intake.gateway.audit.AuditLog;
import io.intake.gateway.files.OpenReads;
import io.intake.gateway.metrics.GatewayMetrics;
import io.intake.gateway.quota.Quotas;
import io.intake.gateway.upload.IdleUploads;
import io.intake.gateway.upload.UploadServices;
import java.time.InstantSource;

/**
 * What all channels share.
 *
 * @param uploads for files that are written; its store is also read
 * @param idle puts uploads aside whose clients are silent
 * @param quotas what partners may store
 * @param reads how many downloads use the store at once
 * @param naming paths to keys
 * @param audit gets one line per handle and change
 * @param metrics counts what is done
 * @param clock for durations and listings
 * @param windows what clients may send before it is dealt with
 * @param inboxes of open channels
 * @param openUploads files being written now
 * @param channels channels whose thread runs
 */
public record SftpServices(
        UploadServices uploads,
        IdleUploads idle,
        Quotas quotas,
        OpenReads reads,
        Naming naming,
        AuditLog audit,
        GatewayMetrics metrics,
        InstantSource clock,
        ChannelWindows windows,
        Inboxes inboxes,
        OpenCount openUploads,
        OpenCount channels) {}
