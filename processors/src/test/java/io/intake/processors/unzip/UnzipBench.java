package io.intake.processors.unzip;

import io.intake.bucket.BucketLayout;
import io.intake.config.ArchiveLimits;
import io.intake.processors.ForgetfulStore;
import io.intake.processors.job.Job;
import io.intake.processors.unzip.Samples.File;
import io.intake.store.memory.InMemoryObjectStore;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Measures the unzip stage, from the archive's object to the entries' parts, against java.util.zip.Inflater with CRC-32 on
 * the same deflated bytes: both in one process, by turns, in the processor time of all threads. Run by hand;
 * docs/benchmarks.md has the command and what came out.
 */
public final class UnzipBench {
    private static final com.sun.management.OperatingSystemMXBean CLOCK =
            (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final int SIZE = 64 << 20;
    private static final int INPUT = 64 << 10;
    private static final int OUTPUT = 1 << 20;
    private static final int ROUNDS = 21;

    private UnzipBench() {}

    public static void main(String[] arguments) throws DataFormatException {
        File file = File.lines("observations.csv", SIZE, 1);
        byte[] archive = Samples.zip(file);
        byte[] deflated = deflated(file.bytes());
        InMemoryObjectStore bucket = new InMemoryObjectStore(() -> Samples.NOW);
        Job job = Samples.job(bucket, archive, Samples.feed(ArchiveLimits.DEFAULT));
        // Summed: the process's clock counts in hundredths of a second
        long stage = 0;
        long jdk = 0;
        for (int round = -3; round < ROUNDS; round++) {
            bucket.delete(BucketLayout.plan(job.id()));
            long begin = CLOCK.getProcessCpuTime();
            Driver driver = new Driver(job);
            driver.run(new UnzipWork(ForgetfulStore.over(bucket), Samples.NAMING, Samples.OWNERS), Driver.AMPLE);
            long middle = CLOCK.getProcessCpuTime();
            long crc = inflated(deflated);
            long end = CLOCK.getProcessCpuTime();
            if (driver.failure != null || crc != Samples.crc(file.bytes())) {
                throw new IllegalStateException("not unzipped");
            }
            if (round >= 0) {
                stage += middle - begin;
                jdk += end - middle;
            }
        }
        double ours = 1e3 * ROUNDS * SIZE / stage;
        double theirs = 1e3 * ROUNDS * SIZE / jdk;
        System.out.println(String.format(
                Locale.ROOT, "stage %.0f MB/s, JDK's Inflater %.0f MB/s, ratio %.2f", ours, theirs, ours / theirs));
    }

    private static byte[] deflated(byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        deflater.setInput(bytes);
        deflater.finish();
        byte[] room = new byte[bytes.length];
        byte[] deflated = Arrays.copyOf(room, deflater.deflate(room));
        deflater.end();
        return deflated;
    }

    private static long inflated(byte[] stream) throws DataFormatException {
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
