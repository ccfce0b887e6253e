package io.intake.processors.join;

import io.intake.processors.join.Piece.Form;
import io.intake.store.Content;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * A chunk's rows by partition, without an object for any of them: their bytes as they were read, one after another, and two
 * numbers a row, so that a chunk of the shortest rows there are takes little more than twice its size. What is stored is put
 * together while it is sent. Not thread-safe while rows are added.
 */
final class SortedRows {
    private static final int NONE = -1;
    /** Of the numbers kept of rows: lists grow by blocks, so that no long one is ever copied. */
    private static final int BLOCK_BITS = 16;

    private final Form form;
    /** What stands behind the ordinal of a row of which nothing is nested yet. */
    private final byte[] nothingBelow;

    private final int[] first;
    private final int[] last;
    private final long[] sizes;
    private byte[] bytes;
    private int size;
    private int[][] starts = new int[16][];
    private int[][] next = new int[16][];
    private int rows;
    private long firstOrdinal;

    /**
     * Begins with no row.
     *
     * @param partitions how many there are
     * @param form of the lines that are added
     * @param below how many tables are below the rows' own
     * @param expected how many bytes there will be; more are taken too
     */
    SortedRows(int partitions, Form form, int below, long expected) {
        this.form = form;
        this.nothingBelow = (",0".repeat(below) + " ").getBytes(StandardCharsets.US_ASCII);
        this.first = new int[partitions];
        this.last = new int[partitions];
        this.sizes = new long[partitions];
        this.bytes = new byte[(int) Math.min(expected, Integer.MAX_VALUE - 8)];
        Arrays.fill(first, NONE);
        Arrays.fill(last, NONE);
    }

    /**
     * Adds the row that comes next in the chunk.
     *
     * @param offset of its line in the piece
     * @param line without its end
     */
    void add(int partition, long offset, byte[] line) {
        if (rows == 0) {
            firstOrdinal = offset;
        }
        if (bytes.length - size < line.length + 1) {
            bytes = Arrays.copyOf(bytes, size + line.length + 1 + size / 16);
        }
        System.arraycopy(line, 0, bytes, size, line.length);
        bytes[size + line.length] = '\n';
        starts = set(starts, rows, size);
        next = set(next, rows, NONE);
        size += line.length + 1;
        if (last[partition] == NONE) {
            first[partition] = rows;
        } else {
            set(next, last[partition], rows);
        }
        last[partition] = rows;
        sizes[partition] += prefixLength(offset) + line.length + 1L;
        rows++;
    }

    private static int[][] set(int[][] blocks, int index, int value) {
        int block = index >>> BLOCK_BITS;
        int[][] all = block == blocks.length ? Arrays.copyOf(blocks, 2 * block) : blocks;
        if (all[block] == null) {
            all[block] = new int[1 << BLOCK_BITS];
        }
        all[block][index & (1 << BLOCK_BITS) - 1] = value;
        return all;
    }

    private static int get(int[][] blocks, int index) {
        return blocks[index >>> BLOCK_BITS][index & (1 << BLOCK_BITS) - 1];
    }

    /** Rows that were stitched get their prefix here; others have it. */
    private int prefixLength(long ordinal) {
        return form == Form.STITCHED ? digits(ordinal) + nothingBelow.length : 0;
    }

    private static int digits(long number) {
        int digits = 1;
        for (long rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        return digits;
    }

    /** The object: the places of the partitions, and the end; then the rows of each. Valid until a row is added. */
    Content content() {
        ByteBuffer places = ByteBuffer.allocate((sizes.length + 1) * Long.BYTES);
        long at = places.capacity();
        for (long partition : sizes) {
            places.putLong(at);
            at += partition;
        }
        places.putLong(at);
        return new Sorted(places.array(), at);
    }

    private final class Sorted implements Content {
        private final byte[] places;
        private final long length;
        private final long crc32;

        Sorted(byte[] places, long length) {
            this.places = places;
            this.length = length;
            CRC32 crc = new CRC32();
            byte[] some = new byte[1 << 16];
            Lines lines = new Lines(places);
            for (int count = lines.read(some, 0, some.length); count > 0; count = lines.read(some, 0, some.length)) {
                crc.update(some, 0, count);
            }
            this.crc32 = crc.getValue();
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public long crc32() {
            return crc32;
        }

        @Override
        public InputStream newStream() {
            return new Lines(places);
        }
    }

    /** Goes from partition to partition, and from row to row in it: first its prefix, then its line. */
    private final class Lines extends InputStream {
        private final byte[] prefix = new byte[20 + nothingBelow.length];
        private byte[] source;
        private int at;
        private int end;
        private int partition = -1;
        private int row = NONE;
        private boolean inPrefix;

        Lines(byte[] places) {
            source = places;
            end = places.length;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int count = 0;
            while (count < length && (at < end || advance())) {
                int some = Math.min(length - count, end - at);
                System.arraycopy(source, at, target, offset + count, some);
                at += some;
                count += some;
            }
            return count == 0 && length > 0 ? -1 : count;
        }

        private boolean advance() {
            if (inPrefix) {
                line();
                return true;
            }
            if (row != NONE) {
                row = get(next, row);
            }
            while (row == NONE) {
                partition++;
                if (partition >= first.length) {
                    partition = first.length;
                    return false;
                }
                row = first[partition];
            }
            if (form == Form.STITCHED) {
                prefix();
            } else {
                line();
            }
            return true;
        }

        private void prefix() {
            long ordinal = firstOrdinal + get(starts, row);
            int digits = digits(ordinal);
            for (int i = digits - 1; i >= 0; i--) {
                prefix[i] = (byte) ('0' + ordinal % 10);
                ordinal /= 10;
            }
            System.arraycopy(nothingBelow, 0, prefix, digits, nothingBelow.length);
            source = prefix;
            at = 0;
            end = digits + nothingBelow.length;
            inPrefix = true;
        }

        private void line() {
            source = bytes;
            at = get(starts, row);
            end = row + 1 == rows ? size : get(starts, row + 1);
            inPrefix = false;
        }
    }
}
