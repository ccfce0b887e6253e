package io.intake.processors.unzip.inflate;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.unzip.inflate.DeflateException.Fault;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** DEFLATE streams made by the JDK's zlib, and what it and we read from a stream. */
final class Streams {
    private Streams() {}

    /**
     * What a stream came to.
     *
     * @param finished whether its end was found
     * @param bytes what it gave; of no meaning after a fault
     * @param consumed bytes of the stream
     */
    record Outcome(
            boolean finished,
            byte[] bytes,
            long consumed,
            @Nullable Fault fault) {}

    /** Data of one of several kinds. */
    static byte[] data(Random random, int size) {
        byte[] data = new byte[size];
        switch (random.nextInt(5)) {
            case 0 -> random.nextBytes(data);
            case 1 -> Arrays.fill(data, (byte) random.nextInt(256));
            case 2 -> {
                int period = random.nextInt(40_000) + 1;
                byte[] pattern = new byte[period];
                random.nextBytes(pattern);
                for (int i = 0; i < size; i++) {
                    data[i] = random.nextInt(500) == 0 ? (byte) random.nextInt() : pattern[i % period];
                }
            }
            case 3 -> {
                byte[] lines = lines(random, size);
                System.arraycopy(lines, 0, data, 0, size);
            }
            default -> {
                // bytes of very different frequency: codes longer than a primary table's
                for (int i = 0; i < size; i++) {
                    data[i] = (byte) Math.min(255, (int) (-Math.log(random.nextDouble()) * (random.nextInt(60) + 1)));
                }
            }
        }
        return data;
    }

    static byte[] lines(Random random, int size) {
        StringBuilder text = new StringBuilder(size + 64);
        while (text.length() < size) {
            text.append(random.nextInt(1_000_000))
                    .append(",F,19")
                    .append(random.nextInt(90) + 10)
                    .append("-04-0")
                    .append(random.nextInt(9))
                    .append(random.nextInt(4) == 0 ? ",2345-7,mg/dL\n" : ",\n");
        }
        return text.substring(0, size).getBytes(StandardCharsets.ISO_8859_1);
    }

    static byte[] deflate(byte[] data, int level, int strategy) {
        return deflate(data, level, strategy, new Random(0), false);
    }

    /** @param flushing whether to flush at random places */
    static byte[] deflate(byte[] data, int level, int strategy, Random random, boolean flushing) {
        Deflater deflater = new Deflater(level, true);
        try {
            deflater.setStrategy(strategy);
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            byte[] buffer = new byte[1 << 16];
            int at = 0;
            while (flushing && at < data.length) {
                int length = Math.min(data.length - at, random.nextInt(data.length / 3 + 2));
                deflater.setInput(data, at, length);
                int mode = random.nextBoolean() ? Deflater.SYNC_FLUSH : Deflater.FULL_FLUSH;
                int count;
                do {
                    count = deflater.deflate(buffer, 0, buffer.length, mode);
                    stream.write(buffer, 0, count);
                } while (count == buffer.length || !deflater.needsInput());
                at += length;
            }
            if (!flushing) {
                deflater.setInput(data);
            }
            deflater.finish();
            while (!deflater.finished()) {
                stream.write(buffer, 0, deflater.deflate(buffer));
            }
            return stream.toByteArray();
        } finally {
            deflater.end();
        }
    }

    static Outcome jdk(byte[] stream) {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(stream);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            byte[] buffer = new byte[1 << 14];
            while (true) {
                int count = inflater.inflate(buffer);
                bytes.write(buffer, 0, count);
                if (inflater.finished() || count == 0) {
                    return new Outcome(inflater.finished(), bytes.toByteArray(), inflater.getBytesRead(), null);
                }
            }
        } catch (DataFormatException e) {
            return new Outcome(false, new byte[0], 0, Fault.INVALID_CODE);
        } finally {
            inflater.end();
        }
    }

    /** All at once. */
    static Outcome own(byte[] stream) {
        return own(stream, Integer.MAX_VALUE, Integer.MAX_VALUE, new Random(0), 0);
    }

    /**
     * In pieces of random size, saved and restored at random.
     *
     * @param maxInput of a piece
     * @param maxOutput of a piece
     * @param saves in how many of 100 cases to save and restore after a piece
     */
    static Outcome own(byte[] stream, int maxInput, int maxOutput, Random random, int saves) {
        ResumableInflater inflater = new ResumableInflater();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] target = new byte[Math.min(maxOutput, 1 << 16) + 20];
        int given = 0;
        while (true) {
            if (inflater.needsInput() && given < stream.length) {
                int length = Math.min(stream.length - given, maxInput == 1 ? 1 : random.nextInt(maxInput) + 1);
                // a copy, so that a read behind the piece is found out
                inflater.input(Arrays.copyOfRange(stream, given, given + length), 0, length);
                given += length;
            }
            int room = maxOutput >= target.length ? target.length - 20 : random.nextInt(maxOutput) + 1;
            int offset = random.nextInt(20);
            int count;
            try {
                count = inflater.inflate(target, offset, room);
            } catch (DeflateException e) {
                return new Outcome(false, bytes.toByteArray(), inflater.consumed(), e.fault());
            }
            bytes.write(target, offset, count);
            assertThat(inflater.produced()).isEqualTo(bytes.size());
            if (inflater.finished() || (count < room && given == stream.length && inflater.needsInput())) {
                return new Outcome(inflater.finished(), bytes.toByteArray(), inflater.consumed(), null);
            }
            assertThat(count == room || inflater.needsInput()).as("progress").isTrue();
            // only where there was progress: a save gives back input that is less than a symbol, to be given again
            if (count > 0 && random.nextInt(100) < saves) {
                inflater = ResumableInflater.restore(inflater.save());
                given = (int) inflater.consumed();
            }
        }
    }
}
