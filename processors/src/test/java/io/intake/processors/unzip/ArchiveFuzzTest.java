package io.intake.processors.unzip;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.config.ArchiveLimits;
import io.intake.config.Decryption;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.config.PgpDecryption;
import io.intake.config.SignaturePolicy;
import io.intake.processors.Json;
import io.intake.processors.job.Job;
import io.intake.processors.plan.Plan;
import io.intake.processors.unzip.Samples.File;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.lingala.zip4j.model.enums.CompressionMethod;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever bytes a partner sends, a job ends with a plan and verified bytes, or with a code; nothing else may escape. */
@Timeout(300)
class ArchiveFuzzTest {
    private static final int MUTATIONS = 3_000;
    private static final int PART = 700;

    private static final Feed FUZZED = new Feed(
                    "daily", ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "engine", 500, Set.of())
            .with(new Decryption(
                    List.of("secret:zip"),
                    new PgpDecryption(
                            List.of("secret:ours"), List.of(), SignaturePolicy.IF_PRESENT, List.of("secret:partner"))));

    private static List<byte[]> originals() {
        File[] files = {
            File.lines("patients.csv", 2_000, 1), File.of("empty.txt", ""), File.lines("sub/encounters.csv", 300, 2)
        };
        return List.of(
                Samples.zip(files),
                Samples.stored(files),
                Samples.zip(Zip64Mode.Always, entry -> {}, files),
                Samples.zip(Zip64Mode.Never, entry -> entry.setComment("made by a tool"), files));
    }

    /** Of every method and every kind of encryption. */
    private static List<byte[]> others() {
        File[] files = {File.lines("patients.csv", 2_000, 1), File.lines("sub/encounters.csv", 300, 2)};
        List<byte[]> all = new ArrayList<>();
        for (Packing packing : Packing.values()) {
            all.add(packing.zip(files));
        }
        for (Packing.Lock lock : Packing.Lock.values()) {
            all.add(lock.zip("secret:zip", CompressionMethod.DEFLATE, files));
        }
        return all;
    }

    /** Files that are read from front to back. */
    private static List<byte[]> streams() {
        File[] files = {File.lines("patients.csv", 2_000, 1), File.lines("sub/encounters.csv", 300, 2)};
        byte[] tar = Streams.tar(files);
        return List.of(
                Streams.gzip(tar),
                Streams.bzip2(tar),
                Streams.xz(tar),
                Streams.zstd(tar),
                tar,
                Streams.zstd(files[0].bytes()));
    }

    @Test
    void everyMutationOfOtherMethodsAndOfEncryptedArchivesEndsSoToo() {
        Map<String, Integer> outcomes = new TreeMap<>();
        List<byte[]> originals = others();
        for (int seed = 0; seed < MUTATIONS; seed++) {
            Random random = new Random(seed);
            byte[] mutated = mutate(originals.get(seed % originals.size()).clone(), random);
            outcomes.merge(outcome(mutated, seed), 1, Integer::sum);
        }
        assertThat(outcomes)
                .as("the mutations reach the rules")
                .containsKeys("extracted", "DAMAGED_ARCHIVE", "NOT_AUTHENTIC", "WRONG_PASSWORD", "CRC_MISMATCH");
    }

    /** Encrypted, and things in things. */
    private static List<byte[]> wrapped() {
        File[] files = {File.lines("patients.csv", 2_000, 1), File.lines("sub/encounters.csv", 300, 2)};
        byte[] zip = Samples.zip(files);
        byte[] message = PgpSamples.message(zip, PgpSamples.OURS);
        byte[] signed = PgpSamples.message(
                zip, PgpSamples.OURS, PgpSamples.PARTNER, PgpSamples.Protection.AEAD, HashAlgorithmTags.SHA256);
        return List.of(
                message,
                PgpSamples.armoured(message).getBytes(StandardCharsets.US_ASCII),
                signed,
                Streams.gzip(zip),
                Streams.zstd(Streams.gzip(zip)),
                Packing.Lock.AE2_256.zip("secret:zip", CompressionMethod.DEFLATE, new File("inner.csv", zip)));
    }

    @Test
    void everyMutationOfWhatIsWrappedEndsSoToo() {
        Map<String, Integer> outcomes = new TreeMap<>();
        List<byte[]> originals = wrapped();
        for (int seed = 0; seed < MUTATIONS; seed++) {
            Random random = new Random(seed);
            byte[] mutated = mutate(originals.get(seed % originals.size()).clone(), random);
            outcomes.merge(outcome("extract.x", mutated, seed), 1, Integer::sum);
        }
        assertThat(outcomes)
                .as("the mutations reach the rules")
                .containsKeys("DAMAGED_ARCHIVE", "NOT_AUTHENTIC", "WRONG_KEY");
        originals.forEach(
                original -> assertThat(outcome("extract.x", original, -1)).isEqualTo("extracted"));
    }

    @Test
    void everyMutationOfAStreamEndsInBytesOrInACode() {
        Map<String, Integer> outcomes = new TreeMap<>();
        List<byte[]> originals = streams();
        for (int seed = 0; seed < MUTATIONS; seed++) {
            Random random = new Random(seed);
            byte[] mutated = mutate(originals.get(seed % originals.size()).clone(), random);
            outcomes.merge(outcome("extract.tar.x", mutated, seed), 1, Integer::sum);
        }
        assertThat(outcomes).as("the mutations reach the rules").containsKeys("extracted", "DAMAGED_ARCHIVE");
    }

    @Test
    void everyMutationEndsInVerifiedBytesOrInACode() {
        List<byte[]> originals = originals();
        Map<String, Integer> outcomes = new TreeMap<>();
        for (int seed = 0; seed < MUTATIONS; seed++) {
            Random random = new Random(seed);
            byte[] mutated = mutate(originals.get(seed % originals.size()).clone(), random);
            outcomes.merge(outcome(mutated, seed), 1, Integer::sum);
        }
        assertThat(outcomes).as("the mutations reach the rules").containsKeys("extracted", "DAMAGED_ARCHIVE");
        assertThat(outcomes.size()).as("outcomes: " + outcomes).isGreaterThan(8);
    }

    private static String secret(String reference) {
        return reference.equals("secret:zip") ? reference : PgpSamples.SECRETS.apply(reference);
    }

    private static String outcome(byte[] archive, int seed) {
        return outcome("extract.zip", archive, seed);
    }

    private static String outcome(String name, byte[] archive, int seed) {
        InMemoryObjectStore store = new InMemoryObjectStore(() -> Samples.NOW, PART);
        Job job = Samples.job(store, "inbound/st-marys/daily/" + name, archive, FUZZED);
        Driver driver = new Driver(job);
        try {
            driver.run(
                    new UnzipWork(store, Samples.NAMING, Samples.OWNERS, PART, ArchiveFuzzTest::secret), Driver.AMPLE);
        } catch (Throwable escaped) {
            throw new AssertionError("seed " + seed, escaped);
        }
        store.assertNoOpenUploads();
        if (driver.failure != null) {
            assertThat(driver.failure.toString()).as("seed " + seed).doesNotContain("patients", "encounters");
            return driver.failure.code();
        }
        Map<String, byte[]> objects = store.snapshot();
        Plan plan = Json.read(Objects.requireNonNull(objects.get(BucketLayout.plan(job.id()))), Plan.class);
        for (Plan.Entry entry : plan.entries()) {
            byte[] bytes = Objects.requireNonNull(objects.get(BucketLayout.entry(job.id(), entry.number())));
            assertThat(bytes.length).as("seed " + seed).isEqualTo((int) entry.size());
            // an entry of AE-2 has none, and was authentic
            assertThat(entry.crc32()).as("seed " + seed).isIn(-1L, Samples.crc(bytes));
        }
        return "extracted";
    }

    private static byte[] mutate(byte[] bytes, Random random) {
        byte[] mutated = bytes;
        for (int i = random.nextInt(4); i >= 0; i--) {
            mutated = switch (random.nextInt(6)) {
                case 0 -> Arrays.copyOf(mutated, random.nextInt(mutated.length + 1));
                case 1 -> spliced(mutated, random);
                case 2 -> field(mutated, random);
                default -> flipped(mutated, random);
            };
            if (mutated.length == 0) {
                return mutated;
            }
        }
        return mutated;
    }

    /** Most damage near the end, where the directory is. */
    private static int place(byte[] bytes, Random random) {
        return random.nextBoolean()
                ? random.nextInt(bytes.length)
                : Math.max(0, bytes.length - 1 - random.nextInt(350));
    }

    private static byte[] flipped(byte[] bytes, Random random) {
        bytes[place(bytes, random)] = (byte) random.nextInt(256);
        return bytes;
    }

    /** A number that hurts, of two, four or eight bytes. */
    private static byte[] field(byte[] bytes, Random random) {
        int at = place(bytes, random);
        int length = Math.min(2 << random.nextInt(3), bytes.length - at);
        Arrays.fill(bytes, at, at + length, (byte) (random.nextBoolean() ? 0xff : 0));
        if (random.nextBoolean()) {
            bytes[at + length - 1] = 0x7f;
        }
        return bytes;
    }

    /** A run of its bytes again, at another place. */
    private static byte[] spliced(byte[] bytes, Random random) {
        int from = random.nextInt(bytes.length);
        int length = random.nextInt(Math.min(200, bytes.length - from) + 1);
        int to = random.nextInt(bytes.length);
        byte[] longer = new byte[bytes.length + length];
        System.arraycopy(bytes, 0, longer, 0, to);
        System.arraycopy(bytes, from, longer, to, length);
        System.arraycopy(bytes, to, longer, to + length, bytes.length - to);
        return longer;
    }
}
