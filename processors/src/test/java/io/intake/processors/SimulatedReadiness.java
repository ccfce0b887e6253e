package io.intake.processors;

import io.intake.bucket.Renamed;
import io.intake.processors.SimulatedHospital.Fate;
import io.intake.processors.SimulatedHospital.Upload;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** Uploads of feeds whose files must be ready, with what makes them so, in any order; some were broken off and put again. */
final class SimulatedReadiness {
    private static final String FOLDER = "inbound/st-marys/";

    private SimulatedReadiness() {}

    static void add(List<Upload> uploads, RandomGenerator random) {
        switch (random.nextInt(4)) {
            case 0 -> renamed(uploads, random);
            case 1 -> marked(uploads, random);
            case 2 -> listed(uploads, random);
            default -> stable(uploads, random);
        }
    }

    private static long soon(RandomGenerator random) {
        return random.nextLong(0, random.nextBoolean() ? 5_000 : 900_000);
    }

    private static Upload table(int number, String key, long at, RandomGenerator random, Map<String, String> metadata) {
        Set<String> words = new TreeSet<>();
        byte[] content = SimulatedHospital.bytes(SimulatedHospital.table(number, 1, random.nextInt(1, 40), words));
        return new Upload(number, key, content, at, Fate.DELIVERED, words, metadata);
    }

    private static Upload as(Fate fate, Upload upload) {
        return new Upload(
                upload.number(), upload.key(), upload.content(), upload.at(), fate, upload.words(), upload.metadata());
    }

    private static Upload notice(int number, String key, byte[] content, long at) {
        return new Upload(number, key, content, at, Fate.SKIPPED, Set.of());
    }

    private static void renamed(List<Upload> uploads, RandomGenerator random) {
        for (int file = random.nextInt(1, 3); file > 0; file--) {
            String key = FOLDER + "renamed/r" + file + ".csv";
            long at = soon(random);
            if (random.nextBoolean()) {
                uploads.add(as(Fate.SKIPPED, table(uploads.size(), key, at, random, Map.of())));
                at += random.nextLong(1_500, random.nextBoolean() ? 10_000 : 900_000);
            }
            uploads.add(table(uploads.size(), key, at, random, Renamed.MARK));
        }
    }

    private static void marked(List<Upload> uploads, RandomGenerator random) {
        for (int file = random.nextInt(1, 3); file > 0; file--) {
            String key = FOLDER + "ready/m" + file + ".csv";
            long at = soon(random);
            long marker = soon(random);
            if (random.nextBoolean()) {
                uploads.add(as(Fate.SKIPPED, table(uploads.size(), key, at, random, Map.of())));
                at += random.nextLong(1_500, random.nextBoolean() ? 10_000 : 900_000);
                // an earlier one would be that of the first
                marker = at + random.nextLong(1_500, 600_000);
            }
            uploads.add(table(uploads.size(), key, at, random, Map.of()));
            uploads.add(notice(uploads.size(), key + ".ok", new byte[0], marker));
        }
    }

    private static void listed(List<Upload> uploads, RandomGenerator random) {
        StringBuilder sums = new StringBuilder();
        String folder = FOLDER + "listed/1/";
        for (int file = random.nextInt(1, 4); file > 0; file--) {
            Upload upload = table(uploads.size(), folder + "l" + file + ".csv", soon(random), random, Map.of());
            sums.append(sum("l" + file + ".csv", upload.content()));
            uploads.add(upload);
        }
        uploads.add(notice(uploads.size(), folder + "SUMS", SimulatedHospital.bytes(sums.toString()), soon(random)));
    }

    /** A first that is put again so soon must not be taken; of one that is put again later, nobody knows. */
    private static void stable(List<Upload> uploads, RandomGenerator random) {
        String key = FOLDER + "stable/s.csv";
        long at = soon(random);
        if (random.nextBoolean()) {
            boolean soon = random.nextBoolean();
            Upload first = table(uploads.size(), key, at, random, Map.of());
            uploads.add(soon ? as(Fate.SKIPPED, first) : first);
            at += soon ? random.nextLong(1_500, 110_000) : random.nextLong(130_000, 900_000);
        }
        uploads.add(table(uploads.size(), key, at, random, Map.of()));
    }

    /** A line as sha256sum writes it. */
    static String sum(String name, byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return HexFormat.of().formatHex(digest) + "  " + name + "\n";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
