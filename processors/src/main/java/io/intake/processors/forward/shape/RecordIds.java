package io.intake.processors.forward.shape;

import io.intake.processors.forward.Batch;
import io.intake.processors.job.Job;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A name for each record by which an engine can tell a record sent again from a new one, however batches were cut. It tells
 * nothing of the record. Pure.
 */
public final class RecordIds {
    private static final int BYTES = 16;

    private RecordIds() {}

    /** 32 hexadecimal digits: of job, feed, table, row and content. */
    public static String of(Job job, Batch batch, int index) {
        MessageDigest digest = sha256();
        String head =
                job.deliveryId() + "\0" + job.feedId() + "\0" + batch.table() + "\0" + (batch.first() + index) + "\0";
        digest.update(head.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest(batch.record(index)), 0, BYTES);
    }

    /** A UUID of a record's id and a name, always the same (RFC 9562, version 8: bits of our own choice). */
    public static String uuid(String record, String name) {
        byte[] bits = sha256().digest((record + "\0" + name).getBytes(StandardCharsets.UTF_8));
        bits[6] = (byte) ((bits[6] & 0x0f) | 0x80);
        bits[8] = (byte) ((bits[8] & 0x3f) | 0x80);
        String hex = HexFormat.of().formatHex(bits, 0, BYTES);
        return String.join(
                "-",
                hex.substring(0, 8),
                hex.substring(8, 12),
                hex.substring(12, 16),
                hex.substring(16, 20),
                hex.substring(20, 32));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
