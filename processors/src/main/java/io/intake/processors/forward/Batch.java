package io.intake.processors.forward;

import io.intake.processors.job.Job;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Records that go to the engine in one request. The same job, feed, number and content always give the same key, by which
 * the engine can drop what it already has. Pure.
 *
 * @param number from 1, through all tables of the job
 * @param table the table's name
 * @param records how many
 * @param lines the records as newline-delimited JSON
 */
public record Batch(int number, String table, int records, byte[] lines) {

    /** The idempotency key: SHA-256 over job, feed, number and content, in hex. */
    public String key(Job job) {
        MessageDigest digest = sha256();
        String head = job.id() + "\0" + job.feedId() + "\0" + number + "\0" + table + "\0";
        digest.update(head.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest(lines));
    }

    /** The request's body: who, what, and the records as a JSON array. */
    byte[] body(Job job, String quotedTable) {
        ByteArrayOutputStream body = new ByteArrayOutputStream(lines.length + 256);
        String head = "{\"job\":\"%s\",\"partner\":\"%s\",\"feed\":\"%s\",\"table\":%s,\"batch\":%d,\"records\":[\n"
                .formatted(job.id(), job.partner(), job.feedId(), quotedTable, number);
        body.writeBytes(head.getBytes(StandardCharsets.UTF_8));
        int length = lines.length > 0 && lines[lines.length - 1] == '\n' ? lines.length - 1 : lines.length;
        for (int i = 0; i < length; i++) {
            if (lines[i] == '\n') {
                body.write(',');
            }
            body.write(lines[i]);
        }
        body.writeBytes("\n]}".getBytes(StandardCharsets.UTF_8));
        return body.toByteArray();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
