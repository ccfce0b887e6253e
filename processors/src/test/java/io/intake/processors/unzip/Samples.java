package io.intake.processors.unzip;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Naming;
import io.intake.bucket.NaturalNaming;
import io.intake.config.ArchiveLimits;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.config.Table;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.store.Content;
import io.intake.store.ObjectInfo;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.jspecify.annotations.Nullable;

/** Archives, feeds and jobs for the tests of this package. */
final class Samples {
    static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    static final String KEY = "inbound/st-marys/daily/extract.zip";
    static final Feed FEED = feed(ArchiveLimits.DEFAULT);

    static final Naming NAMING = new NaturalNaming();

    /** Ids that nobody else has. */
    static final Supplier<String> OWNERS = Samples::owner;

    private static final AtomicLong OWNER = new AtomicLong();

    private Samples() {}

    private static String owner() {
        return "owner-" + OWNER.incrementAndGet();
    }

    /** A file to put into an archive. */
    record File(String name, byte[] bytes) {
        static File of(String name, String text) {
            return new File(name, text.getBytes(StandardCharsets.UTF_8));
        }

        static File random(String name, int size, long seed) {
            byte[] bytes = new byte[size];
            new Random(seed).nextBytes(bytes);
            return new File(name, bytes);
        }

        /** Lines that compress as real tables do. */
        static File lines(String name, int size, long seed) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            while (text.length() < size) {
                text.append(random.nextInt(1_000_000))
                        .append(",F,1961-04-0")
                        .append(random.nextInt(9))
                        .append('\n');
            }
            return of(name, text.substring(0, size));
        }
    }

    static Feed feed(ArchiveLimits limits, Table... tables) {
        return new Feed("daily", ".*", limits, Format.DEFAULT, List.of(tables), "engine", 500, Set.of());
    }

    static Table table(String name, String match, @Nullable String order, boolean required) {
        return new Table(name, match, order, required, Format.DEFAULT, List.of());
    }

    /** An archive by java.util.zip: deflate with data descriptors. */
    static byte[] zip(File... files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (File file : files) {
                zip.putNextEntry(new ZipEntry(file.name()));
                zip.write(file.bytes());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** An archive by commons-compress, which can write what java.util.zip cannot. */
    static byte[] zip(Zip64Mode zip64, Consumer<ZipArchiveEntry> shape, File... files) {
        SeekableInMemoryByteChannel channel = new SeekableInMemoryByteChannel();
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(channel)) {
            zip.setUseZip64(zip64);
            for (File file : files) {
                ZipArchiveEntry entry = new ZipArchiveEntry(file.name());
                entry.setSize(file.bytes().length);
                entry.setCrc(crc(file.bytes()));
                shape.accept(entry);
                zip.putArchiveEntry(entry);
                zip.write(file.bytes());
                zip.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Arrays.copyOf(channel.array(), (int) channel.size());
    }

    static byte[] stored(File... files) {
        return zip(Zip64Mode.AsNeeded, entry -> entry.setMethod(ZipEntry.STORED), files);
    }

    static byte[] manyEntries(int count) {
        List<File> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            files.add(File.of("folder/table-with-a-name-" + i + ".csv", "a,b\n" + i + ",2\n"));
        }
        return zip(files.toArray(File[]::new));
    }

    static Job job(InMemoryObjectStore store, byte[] archive, Feed feed) {
        return job(store, KEY, archive, feed);
    }

    static Job job(InMemoryObjectStore store, String key, byte[] file, Feed feed) {
        ObjectInfo info = store.put(PutRequest.of(key, Content.of(file), "application/octet-stream"));
        Input input = new Input(key, null, info.etag(), file.length, null, NOW);
        return Job.open("20260304-0123456789abcdef0123", "st-marys", input, feed, NOW);
    }

    static long crc(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }

    /** The bytes of an archive's entries as they should be stored, by key. */
    static Map<String, byte[]> expected(Job job, List<File> inOrder) {
        Map<String, byte[]> all = new TreeMap<>();
        for (int i = 0; i < inOrder.size(); i++) {
            all.put(BucketLayout.entry(job.id(), i), inOrder.get(i).bytes());
        }
        return all;
    }
}
