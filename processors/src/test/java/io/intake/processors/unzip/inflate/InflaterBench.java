package io.intake.processors.unzip.inflate;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Measures the decoder with CRC-32 against java.util.zip.Inflater with CRC-32: both in one process, by turns, so that what
 * else the machine does hits both, and in the thread's own processor time. Run by hand; docs/benchmarks.md has the command and what came out.
 */
public final class InflaterBench {
    private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();
    private static final int SIZE = 16 << 20;
    private static final int INPUT = 64 << 10;
    private static final int OUTPUT = 1 << 20;
    private static final int ROUNDS = 15;

    private InflaterBench() {}

    private interface Decoder {
        long crc(byte[] stream) throws DeflateException, DataFormatException;
    }

    public static void main(String[] arguments) throws DeflateException, DataFormatException {
        byte[] lines = Streams.lines(new Random(1), SIZE);
        byte[] noise = new byte[SIZE];
        new Random(2).nextBytes(noise);
        for (int i = 0; i < SIZE; i++) {
            noise[i] = (byte) (noise[i] & 0x3F);
        }
        for (int level : new int[] {1, 6, 9}) {
            compare("table, level " + level, Streams.deflate(lines, level, Deflater.DEFAULT_STRATEGY));
        }
        compare("six random bits a byte", Streams.deflate(noise, 6, Deflater.DEFAULT_STRATEGY));
        compare("zeros", Streams.deflate(new byte[SIZE], 6, Deflater.DEFAULT_STRATEGY));
    }

    private static void compare(String name, byte[] stream) throws DeflateException, DataFormatException {
        double[] own = new double[ROUNDS];
        double[] jdk = new double[ROUNDS];
        for (int round = -3; round < ROUNDS; round++) {
            double ours = rate(InflaterBench::own, stream);
            double theirs = rate(InflaterBench::jdk, stream);
            if (round >= 0) {
                own[round] = ours;
                jdk[round] = theirs;
            }
        }
        double mine = median(own);
        double other = median(jdk);
        System.out.println(String.format(
                Locale.ROOT, "%-24s own %5.0f MB/s, JDK %5.0f MB/s, ratio %.2f", name, mine, other, mine / other));
    }

    private static double rate(Decoder decoder, byte[] stream) throws DeflateException, DataFormatException {
        long begin = CLOCK.getCurrentThreadCpuTime();
        long crc = decoder.crc(stream);
        long nanos = CLOCK.getCurrentThreadCpuTime() - begin;
        if (crc == 0) {
            throw new IllegalStateException("never: keeps the result in use");
        }
        return SIZE * 1e3 / nanos;
    }

    private static double median(double[] rates) {
        Arrays.sort(rates);
        return rates[rates.length / 2];
    }

    private static long own(byte[] stream) throws DeflateException {
        ResumableInflater inflater = new ResumableInflater();
        CRC32 crc = new CRC32();
        byte[] target = new byte[OUTPUT];
        int at = 0;
        while (!inflater.finished()) {
            if (inflater.needsInput()) {
                int length = Math.min(INPUT, stream.length - at);
                inflater.input(stream, at, length);
                at += length;
            }
            crc.update(target, 0, inflater.inflate(target, 0, target.length));
        }
        return crc.getValue();
    }

    private static long jdk(byte[] stream) throws DataFormatException {
        Inflater inflater = new Inflater(true);
        CRC32 crc = new CRC32();
        byte[] target = new byte[OUTPUT];
        int at = 0;
        while (!inflater.finished()) {
            if (inflater.needsInput()) {
                int length = Math.min(INPUT, stream.length - at);
                inflater.setInput(stream, at, length);
                at += length;
            }
            crc.update(target, 0, inflater.inflate(target, 0, target.length));
        }
        inflater.end();
        return crc.getValue();
    }
}
