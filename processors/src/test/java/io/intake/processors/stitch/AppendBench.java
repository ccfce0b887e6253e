package io.intake.processors.stitch;

import com.fasterxml.jackson.databind.JsonNode;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import io.intake.config.Format;
import io.intake.processors.ForgetfulStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.ToLongFunction;

/**
 * Measures reading rows and appending tables against fastcsv's bare parsing: all in one process, by turns, so that what else
 * the machine does hits all, and in the thread's own processor time. Run by hand; docs/benchmarks.md has the command and
 * what came out.
 */
public final class AppendBench {
    private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();
    private static final int SIZE = 32 << 20;
    private static final int PART = 8 << 20;
    private static final int ROUNDS = 11;

    private static final IdentityHashMap<byte[], StitchBench> BUCKETS = new IdentityHashMap<>();

    private AppendBench() {}

    private record Contender(String name, ToLongFunction<byte[]> work) {}

    public static void main(String[] arguments) {
        List<Contender> contenders = List.of(
                new Contender("fastcsv, bare", AppendBench::fastCsv),
                new Contender("own engine, bare", AppendBench::records),
                new Contender("rows to JSON lines with CRC-32", AppendBench::rows),
                new Contender("append as a stage, in and out", AppendBench::stage),
                new Contender("rows looked at for joining", AppendBench::looked),
                new Contender("joined as a stage", AppendBench::joined));
        compare("quoted now and then", table(new Random(1), 20), contenders);
        compare("no quotes", table(new Random(1), 0), contenders);
        compare("all quoted", table(new Random(1), 100), contenders);
    }

    private static void compare(String name, byte[] file, List<Contender> contenders) {
        double[][] rates = new double[contenders.size()][ROUNDS];
        for (int round = -3; round < ROUNDS; round++) {
            for (int i = 0; i < contenders.size(); i++) {
                double rate = rate(contenders.get(i).work(), file);
                if (round >= 0) {
                    rates[i][round] = rate;
                }
            }
        }
        for (int i = 0; i < contenders.size(); i++) {
            double mine = median(rates[i]);
            System.out.println(String.format(
                    Locale.ROOT,
                    "%-22s %-32s %6.0f MB/s, %5.2f",
                    name,
                    contenders.get(i).name(),
                    mine,
                    mine / median(rates[0])));
        }
    }

    private static double rate(ToLongFunction<byte[]> work, byte[] file) {
        long begin = CLOCK.getCurrentThreadCpuTime();
        long result = work.applyAsLong(file);
        long nanos = CLOCK.getCurrentThreadCpuTime() - begin;
        if (result == 0) {
            throw new IllegalStateException("never: keeps the result in use");
        }
        return file.length * 1e3 / nanos;
    }

    private static double median(double[] rates) {
        double[] sorted = rates.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static long fastCsv(byte[] file) {
        long fields = 0;
        try (CsvReader<CsvRecord> reader = CsvReader.builder().ofCsvRecord(new ByteArrayInputStream(file))) {
            for (CsvRecord each : reader) {
                fields += each.getFieldCount();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return fields;
    }

    private static long records(byte[] file) {
        long fields = 0;
        RecordWindow window = new RecordWindow(new Utf8Bytes(new ByteArrayInputStream(file), 0, 0), 0, Rows.MAX_RECORD);
        try (Records records = new ByteRecords(window, ",", "\"", null)) {
            while (records.next()) {
                fields += records.size();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return fields;
    }

    private static long rows(byte[] file) {
        NdjsonBuffer buffer = new NdjsonBuffer();
        long crcs = 0;
        try (EntryReader reader = new EntryReader(
                new ByteArrayInputStream(file), 1, Format.DEFAULT, new HeaderMatcher(List.of()), List.of(), 1 << 24)) {
            while (reader.next()) {
                reader.write(buffer);
                if (buffer.size() >= PART) {
                    crcs += buffer.content().crc32();
                    buffer.clear();
                }
            }
        }
        return crcs;
    }

    private static long looked(byte[] file) {
        try (EntryReader reader = new EntryReader(
                new ByteArrayInputStream(file), 1, Format.DEFAULT, new HeaderMatcher(List.of()), List.of(), 1 << 24)) {
            return reader.skip(Long.MAX_VALUE);
        }
    }

    private static long joined(byte[] file) {
        StitchBench bench = bucket(file);
        bench.spliced = 0;
        long rows = stage(file);
        bench.spliced = Long.MAX_VALUE;
        return rows;
    }

    private static StitchBench bucket(byte[] file) {
        // Filled once: what that costs is not measured, the first rounds are not counted
        return BUCKETS.computeIfAbsent(file, each -> new StitchBench(5 << 20).table(Format.DEFAULT, List.of(each)));
    }

    private static long stage(byte[] file) {
        StitchBench bench = bucket(file);
        JsonNode result = bench.finish(bench.work(ForgetfulStore.over(bench.bucket), PART), StitchCursor.START);
        return result.path("rows").longValue();
    }

    /** Sixteen columns as hospitals' extracts have them. */
    private static byte[] table(Random random, int quotedPercent) {
        StringBuilder text = new StringBuilder(
                "MRN,ENCOUNTER,START,STOP,CODE,SYSTEM,DESCRIPTION,VALUE,UNITS,STATUS,PROVIDER,WARD,NOTE,FLAG,CREATED,UPDATED\n");
        while (text.length() < SIZE) {
            for (int column = 0; column < 16; column++) {
                String value = value(random, column);
                boolean quoted = value.contains(",") || random.nextInt(100) < quotedPercent;
                text.append(column == 0 ? "" : ",")
                        .append(quoted ? "\"" : "")
                        .append(
                                quotedPercent == 0
                                        ? value.replace(',', ' ').replace("\"", "")
                                        : quoted ? value.replace("\"", "\"\"") : value.replace("\"", ""))
                        .append(quoted ? "\"" : "");
            }
            text.append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String value(Random random, int column) {
        return switch (column) {
            case 0, 1, 4, 10 -> Integer.toString(10_000_000 + random.nextInt(80_000_000));
            case 2, 3, 14, 15 -> "2026-03-%02dT%02d:15:00Z".formatted(1 + random.nextInt(28), random.nextInt(24));
            case 6 -> random.nextInt(10) == 0 ? "Fracture, \"closed\", of forearm" : "Viral sinusitis (disorder)";
            case 7 -> Double.toString(random.nextInt(1_000) / 10.0);
            case 12 -> random.nextInt(8) == 0 ? "Zo\u00eb s\u2019est plainte de douleurs" : "";
            default ->
                List.of("http://snomed.info/sct", "mg/dL", "final", "7 West", "N")
                        .get(column % 5);
        };
    }
}
