package io.intake.processors.forward;

import io.intake.processors.job.Job;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Records that go to the engine in one request. The same job, feed, place and content always give the same key, by which
 * the engine can drop what it already has. Whoever reads its arrays leaves them as they are. Thread-safe.
 */
public final class Batch {
    private final int number;
    private final String table;
    private final long first;
    private final byte[] bytes;
    private final int[] ends;
    /** The last key that was asked for: whoever sends a batch and whoever notes that it was taken ask for the same. */
    private volatile @Nullable Key key;

    private record Key(String head, String hex) {}

    /**
     * A batch.
     *
     * @param number from 1, through all tables of the job
     * @param table the table's name, or the file's where files are delivered as they are
     * @param first the number of its first record within its table, from 0
     * @param bytes the records, one after another: of a table as newline-delimited JSON
     * @param ends where each record ends in the bytes, its newline included
     */
    public Batch(int number, String table, long first, byte[] bytes, int[] ends) {
        this.number = number;
        this.table = table;
        this.first = first;
        this.bytes = bytes;
        this.ends = ends;
    }

    /** From 1, through all tables of the job. */
    public int number() {
        return number;
    }

    /** The table's name, or the file's where files are delivered as they are. */
    public String table() {
        return table;
    }

    /** The number of its first record within its table, from 0. */
    public long first() {
        return first;
    }

    /** The records, one after another: of a table as newline-delimited JSON. */
    public byte[] bytes() {
        return bytes;
    }

    /** Where each record ends in the bytes, its newline included. */
    public int[] ends() {
        return ends;
    }

    /** A batch of lines; the last one may lack its newline. */
    static Batch ofLines(int number, String table, long first, byte[] lines) {
        int[] ends = new int[16];
        int count = 0;
        for (int i = 0; i < lines.length; i++) {
            if (lines[i] == '\n' || i == lines.length - 1) {
                ends = count == ends.length ? Arrays.copyOf(ends, 2 * count) : ends;
                ends[count++] = i + 1;
            }
        }
        return new Batch(number, table, first, lines, Arrays.copyOf(ends, count));
    }

    /**
     * HL7 v2 messages of a file.
     *
     * @param ends where each ends in the bytes
     */
    static Batch ofMessages(int number, String file, long first, byte[] messages, int[] ends) {
        return new Batch(number, file, first, messages, ends);
    }

    /** A file as it is. */
    static Batch whole(int number, String file, byte[] content) {
        return new Batch(number, file, 0, content, new int[] {content.length});
    }

    /** How many records. */
    public int records() {
        return ends.length;
    }

    /** A record's bytes, of a table's without the newline. */
    public byte[] record(int index) {
        int end = ends[index];
        int begin = index == 0 ? 0 : ends[index - 1];
        return Arrays.copyOfRange(bytes, begin, end > begin && bytes[end - 1] == '\n' ? end - 1 : end);
    }

    /**
     * Some of the records as a batch of their own, with a key of its own.
     *
     * @param from the first of them
     * @param to behind the last of them
     */
    public Batch part(int from, int to) {
        int begin = from == 0 ? 0 : ends[from - 1];
        int[] its = new int[to - from];
        for (int i = 0; i < its.length; i++) {
            its[i] = ends[from + i] - begin;
        }
        byte[] content = to == from ? new byte[0] : Arrays.copyOfRange(bytes, begin, ends[to - 1]);
        return new Batch(number, table, first + from, content, its);
    }

    /**
     * The idempotency key: SHA-256 over job, feed, number, place in the table and content, in hex. Without the place, two
     * parts of a batch that hold the same would be taken for one.
     */
    public String key(Job job) {
        String head = job.deliveryId() + "\0" + job.feedId() + "\0" + number + "\0" + table + "\0" + first + "\0";
        Key known = key;
        if (known == null || !known.head().equals(head)) {
            MessageDigest digest = sha256();
            digest.update(head.getBytes(StandardCharsets.UTF_8));
            known = new Key(head, HexFormat.of().formatHex(digest.digest(bytes)));
            key = known;
        }
        return known.hex();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
