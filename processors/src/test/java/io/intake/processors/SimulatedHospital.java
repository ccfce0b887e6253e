package io.intake.processors;

import io.intake.store.Content;
import io.intake.store.ObjectInfo;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** What a partner uploads in a simulation, when, and what must come of it. Each row holds a word that no other row has. */
final class SimulatedHospital {
    static final String CONFIGURATION = """
            partners:
              - id: st-marys
                login:
                  public-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBd4ZrIuRBmBCAXUvfLKBuxYvT4TmBSRHY8bMHBMWyVJ batch"]
                feeds:
                  - id: joined
                    match: 'joined/.*\\.zip'
                    parallel: 2
                    tables:
                      patients: { match: patients.csv }
                      visits: { match: visits.csv }
                      results: { match: results.csv }
                    stitch:
                      root: patients
                      children:
                        - table: visits
                          on: { MRN: PATIENT }
                          orphan: unattached
                          children: [ { table: results, on: { ID: VISIT } } ]
                    deliver: { engine: lab, batch: 7 }
                  - id: daily
                    match: 'daily/.*'
                    parallel: 3
                    deliver: { engine: lab, batch: 9 }
                  - id: set-parts
                    match: 'parts/(?<day>\\d+)/.*'
                    collect:
                      by: [day]
                      parts: { a: { match: '.*/a\\.csv' }, b: { match: '.*/b\\.zip' } }
                      within: 14d
                    deliver: { engine: lab, batch: 9 }
                  - id: set-time
                    match: 'time/.*'
                    collect: { within: 20m }
                    deliver: { engine: lab, batch: 9 }
                  - id: set-count
                    match: 'count/.*'
                    collect: { count: 2, within: 20m, overdue: go-on }
                    deliver: { engine: lab, batch: 9 }
                  - id: set-marked
                    match: 'marked/(?<day>\\d+)/.*'
                    collect: { by: [day], count: 2, marker: '.*\\.done', within: 14d, overdue: quarantine }
                    deliver: { engine: lab, batch: 9 }
                  - id: set-listed
                    match: 'sums/(?<day>\\d+)/.*'
                    collect: { by: [day], within: 14d, manifest: { match: '.*/SUMS', style: sums } }
                    deliver: { engine: lab, batch: 9 }
                  - id: nested
                    match: 'nested/.*'
                    parallel: 2
                    container: { limits: { nesting: 2 } }
                    deliver: { engine: lab, batch: 9 }
                  - id: numbered
                    match: 'numbered/x(?<seq>\\d+)\\.csv'
                    controls: { sequence: { group: seq, policy: warn } }
                    deliver: { engine: lab, batch: 9 }
                  - id: ready-renamed
                    match: 'renamed/.*\\.csv'
                    ready: rename
                    deliver: { engine: lab, batch: 9 }
                  - id: ready-marked
                    match: 'ready/.*'
                    ready: { marker: ".ok" }
                    deliver: { engine: lab, batch: 9 }
                  - id: ready-listed
                    match: 'listed/.*\\.(csv|zip)'
                    ready: { manifest: { match: 'listed/.*/SUMS', style: sums } }
                    deliver: { engine: lab, batch: 9 }
                  - id: ready-stable
                    match: 'stable/.*'
                    ready: { stable: 120s }
                    deliver: { engine: lab, batch: 9 }
            engines:
              lab: { type: http, url: "http://127.0.0.1:1/in" }
            pager: { routing-key: "0123456789abcdef0123456789abcdef" }
            """;

    /** What must become of an upload. */
    enum Fate {
        DELIVERED,
        QUARANTINED,
        UNMATCHED,
        SKIPPED
    }

    /**
     * An upload.
     *
     * @param at when, in milliseconds
     * @param words of its rows
     * @param metadata beside what each upload has
     */
    record Upload(
            int number,
            String key,
            byte[] content,
            long at,
            Fate fate,
            Set<String> words,
            Map<String, String> metadata) {
        Upload(int number, String key, byte[] content, long at, Fate fate, Set<String> words) {
            this(number, key, content, at, fate, words, Map.of());
        }
    }

    /** An upload that was made. */
    record Made(Upload upload, String etag) {}

    private final List<Upload> planned;
    private final List<Made> made = new ArrayList<>();

    SimulatedHospital(List<Upload> planned) {
        this.planned = new ArrayList<>(planned);
    }

    /** One to three uploads, sometimes under a name that was used before. */
    static SimulatedHospital of(long seed) {
        RandomGenerator random = new SplittableRandom(seed ^ 0xf11e);
        List<Upload> uploads = new ArrayList<>();
        int count = random.nextInt(1, 4);
        for (int number = 0; number < count; number++) {
            long at = random.nextLong(0, random.nextBoolean() ? 20_000 : 1_800_000);
            Upload upload = any(number, at, random);
            boolean again = number > 0 && random.nextInt(4) == 0;
            String former = uploads.isEmpty() ? "" : uploads.getLast().key();
            if (again && extension(former).equals(extension(upload.key()))) {
                upload = new Upload(
                        number,
                        folder(former).equals(folder(upload.key())) ? former : upload.key(),
                        upload.content(),
                        uploads.getLast().at() + random.nextLong(1, 600_000),
                        upload.fate(),
                        upload.words());
            }
            uploads.add(upload);
        }
        if (random.nextInt(3) == 0) {
            addSet(uploads, random);
        }
        if (random.nextInt(3) == 0) {
            SimulatedReadiness.add(uploads, random);
        }
        return new SimulatedHospital(uploads);
    }

    /** Files of one or two sets, some of them minutes apart. */
    private static void addSet(List<Upload> uploads, RandomGenerator random) {
        String kind = List.of("parts", "time", "count", "marked", "sums").get(random.nextInt(5));
        for (int set = random.nextInt(1, 3); set > 0; set--) {
            String folder = "inbound/st-marys/" + kind + "/" + set + "/";
            List<String> names =
                    kind.equals("marked") ? List.of("a.csv", "b.zip", "all.done") : List.of("a.csv", "b.zip");
            StringBuilder sums = new StringBuilder();
            for (String name : names) {
                int number = uploads.size();
                long at = random.nextLong(0, random.nextBoolean() ? 5_000 : 900_000);
                Set<String> words = new TreeSet<>();
                int rows = random.nextInt(0, 50);
                byte[] content = switch (name) {
                    case "a.csv" -> bytes(table(number, 1, rows, words));
                    case "b.zip" ->
                        zip(Map.of("x.csv", table(number, 1, rows, words), "a.csv", table(number, 2, 3, words)));
                    default -> new byte[0];
                };
                uploads.add(new Upload(number, folder + name, content, at, Fate.DELIVERED, words));
                sums.append(SimulatedReadiness.sum(name, content));
                if (name.equals("a.csv") && !kind.equals("sums") && random.nextInt(4) == 0) {
                    Set<String> other = new TreeSet<>();
                    byte[] again = bytes(table(number + 1, 1, random.nextInt(1, 20), other));
                    long later = at + random.nextLong(1_500, random.nextBoolean() ? 10_000 : 3_600_000);
                    uploads.add(new Upload(number + 1, folder + name, again, later, Fate.DELIVERED, other));
                }
            }
            if (kind.equals("sums")) {
                long at = random.nextLong(0, random.nextBoolean() ? 5_000 : 900_000);
                byte[] list = bytes(sums.toString());
                uploads.add(new Upload(uploads.size(), folder + "SUMS", list, at, Fate.DELIVERED, Set.of()));
            }
        }
    }

    private static String folder(String key) {
        return key.substring(0, key.lastIndexOf('/') + 1);
    }

    private static String extension(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }

    private static Upload any(int number, long at, RandomGenerator random) {
        String path = "inbound/st-marys/daily/Doe_" + number;
        Set<String> words = new TreeSet<>();
        return switch (random.nextInt(11)) {
            case 0 -> {
                byte[] content = bytes(table(number, 1, random.nextInt(1, 40), words));
                yield new Upload(number, path + ".csv", content, at, Fate.DELIVERED, words);
            }
            case 1 -> {
                byte[] content = gzip(bytes(table(number, 1, random.nextInt(1, 120), words)));
                yield new Upload(number, path + ".csv.gz", content, at, Fate.DELIVERED, words);
            }
            case 2 -> {
                byte[] content = zip(Map.of("a.csv", table(number, 1, 3, words) + "\"never closed\n"));
                yield new Upload(number, path + ".zip", content, at, Fate.QUARANTINED, Set.of());
            }
            case 3 -> {
                boolean matched = random.nextBoolean();
                yield new Upload(
                        number,
                        matched ? path + ".zip" : "inbound/st-marys/other" + number,
                        bytes("PK\3\4 this is none " + number),
                        at,
                        matched ? Fate.QUARANTINED : Fate.UNMATCHED,
                        Set.of());
            }
            case 4, 5 -> {
                String joined = "inbound/st-marys/joined/Doe_" + number + ".zip";
                yield new Upload(number, joined, joined(number, random, words), at, Fate.DELIVERED, words);
            }
            case 6 -> {
                String key = "inbound/st-marys/numbered/x%03d.csv".formatted(number);
                byte[] content = bytes(table(number, 1, random.nextInt(1, 40), words));
                yield new Upload(number, key, content, at, Fate.DELIVERED, words);
            }
            case 7 -> {
                String key = "inbound/st-marys/nested/Doe_" + number + ".zip";
                yield new Upload(number, key, nested(number, random, words), at, Fate.DELIVERED, words);
            }
            default -> {
                Map<String, String> files = new LinkedHashMap<>();
                for (int table = random.nextInt(1, 6); table > 0; table--) {
                    files.put("t" + table + ".csv", table(number, table, random.nextInt(0, 70), words));
                }
                yield new Upload(number, path + ".zip", zip(files), at, Fate.DELIVERED, words);
            }
        };
    }

    /** A zip archive of tables of so many rows. */
    static Upload archive(int number, long at, int tables, int rows) {
        Set<String> words = new TreeSet<>();
        Map<String, String> files = new LinkedHashMap<>();
        for (int table = 1; table <= tables; table++) {
            files.put("t%03d.csv".formatted(table), table(number, table, rows, words));
        }
        String key = "inbound/st-marys/daily/archive" + number + ".zip";
        return new Upload(number, key, zip(files), at, Fate.DELIVERED, words);
    }

    /** Archives and tables in an archive, two levels deep. */
    private static byte[] nested(int number, RandomGenerator random, Set<String> words) {
        Map<String, byte[]> outer = new LinkedHashMap<>();
        outer.put("t0.csv", bytes(table(number, 0, random.nextInt(0, 20), words)));
        for (int inner = random.nextInt(1, 4); inner > 0; inner--) {
            Map<String, byte[]> files = new LinkedHashMap<>();
            files.put("t" + inner + ".csv", bytes(table(number, inner, random.nextInt(1, 40), words)));
            if (random.nextInt(3) == 0) {
                int third = 10 + inner;
                files.put("x.csv.gz", gzip(bytes(table(number, third, random.nextInt(1, 20), words))));
            }
            outer.put("d" + inner + ".zip", zipped(files));
        }
        return zipped(outer);
    }

    static String table(int upload, int table, int rows, Set<String> words) {
        StringBuilder csv = new StringBuilder("ID,WORD,TEXT\n");
        for (int row = 0; row < rows; row++) {
            csv.append(row).append(',').append(word(upload, table, row, words)).append(",\"some, text ");
            csv.append(Integer.toHexString((row + 7) * 0x9e3779b1)).append("\"\n");
        }
        return csv.toString();
    }

    private static byte[] joined(int upload, RandomGenerator random, Set<String> words) {
        StringBuilder patients = new StringBuilder("MRN,WORD\n");
        StringBuilder visits = new StringBuilder("ID,PATIENT,WORD\n");
        StringBuilder results = new StringBuilder("VISIT,WORD\n");
        int many = random.nextInt(1, 40);
        for (int row = 0; row < many; row++) {
            patients.append("m")
                    .append(row)
                    .append(',')
                    .append(word(upload, 1, row, words))
                    .append('\n');
        }
        for (int row = 0; row < many; row++) {
            visits.append("v")
                    .append(row)
                    .append(",m")
                    .append(random.nextInt(many + 2))
                    .append(',');
            visits.append(word(upload, 2, row, words)).append('\n');
            results.append("v").append(random.nextInt(many)).append(',').append(word(upload, 3, row, words));
            results.append('\n');
        }
        Map<String, String> files = new LinkedHashMap<>();
        files.put("results.csv", results.toString());
        files.put("patients.csv", patients.toString());
        files.put("visits.csv", visits.toString());
        return zip(files);
    }

    private static String word(int upload, int table, int row, Set<String> words) {
        String word = "q" + upload + "x" + table + "x" + row + "q";
        words.add(word);
        return word;
    }

    static byte[] zip(Map<String, String> files) {
        Map<String, byte[]> contents = new LinkedHashMap<>();
        files.forEach((name, text) -> contents.put(name, bytes(text)));
        return zipped(contents);
    }

    private static byte[] zipped(Map<String, byte[]> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                ZipEntry entry = new ZipEntry(file.getKey());
                entry.setTime(1_000_000_000_000L);
                zip.putNextEntry(entry);
                zip.write(file.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] gzip(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Uploads what is due. */
    void act(Simulation simulation) {
        for (Upload upload : List.copyOf(planned)) {
            if (upload.at() <= simulation.clock().elapsed()) {
                planned.remove(upload);
                Map<String, String> metadata = new LinkedHashMap<>(upload.metadata());
                metadata.put("upload-id", simulation.nextId());
                ObjectInfo info = simulation
                        .bucket()
                        .put(new PutRequest(
                                upload.key(),
                                Content.of(upload.content()),
                                "application/octet-stream",
                                metadata,
                                Precondition.ALWAYS));
                made.add(new Made(upload, info.etag()));
                simulation.created(upload.key());
            }
        }
    }

    long next() {
        return planned.stream().mapToLong(Upload::at).min().orElse(Long.MAX_VALUE);
    }

    boolean over() {
        return planned.isEmpty();
    }

    List<Made> made() {
        return made;
    }
}
