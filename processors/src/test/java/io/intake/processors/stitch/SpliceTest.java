package io.intake.processors.stitch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.config.ColumnRule;
import io.intake.config.ColumnRules;
import io.intake.config.Format;
import io.intake.config.Layout;
import io.intake.config.Table.Column;
import io.intake.processors.AtCall;
import io.intake.processors.Intercepted;
import io.intake.processors.Json;
import io.intake.processors.job.RefusedException;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.store.Content;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.UploadRef;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Bytes that are put together without being read again must be the rows that were looked at, each once. */
class SpliceTest {
    private static final String KEY = BucketLayout.stitched(StitchBench.JOB, 0);

    private static StitchBench bench(Format format, List<byte[]> files, ColumnRules rules, Column... columns) {
        StitchBench bench = new StitchBench();
        bench.spliced = 0;
        return bench.table(format, files, List.of(columns), rules);
    }

    private static StitchBench bench(List<String> files) {
        return bench(Format.DEFAULT, files.stream().map(SpliceTest::utf8).toList(), ColumnRules.DEFAULT);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String rows(int from, int to) {
        StringBuilder rows = new StringBuilder();
        for (int i = from; i < to; i++) {
            rows.append(i)
                    .append(i % 7 == 0 ? ",\"value\n\"\"" : ",\"value ")
                    .append(i)
                    .append("\"\n");
        }
        return rows.toString();
    }

    /** What the engine gets, in batches of some rows. */
    private static String delivered(StitchBench bench) {
        ObjectInfo info = bench.bucket.head(KEY).orElseThrow();
        Map<String, byte[]> objects = bench.bucket.snapshot();
        if (!DelimitedTable.TYPE.equals(info.contentType())) {
            return new String(Objects.requireNonNull(objects.get(KEY)), StandardCharsets.UTF_8);
        }
        DelimitedTable table =
                Json.read(Objects.requireNonNull(objects.get(BucketLayout.formOf(KEY))), DelimitedTable.class);
        assertThat(table.opened().size()).isEqualTo(info.size());
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteArrayOutputStream resumed = new ByteArrayOutputStream();
        try (DelimitedTable.Reading reading = table.from(bench.bucket, KEY, info.etag(), 0)) {
            long at = 0;
            DelimitedTable.Rows rows = reading.next(3, 100);
            while (rows.count() > 0) {
                all.writeBytes(rows.lines());
                try (DelimitedTable.Reading again = table.from(bench.bucket, KEY, info.etag(), at)) {
                    DelimitedTable.Rows same = again.next(3, 100);
                    assertThat(same.end()).isEqualTo(rows.end()).isEqualTo(reading.at());
                    resumed.writeBytes(same.lines());
                }
                at = rows.end();
                rows = reading.next(3, 100);
            }
        }
        assertThat(resumed.toByteArray()).as("each piece read by itself").isEqualTo(all.toByteArray());
        return all.toString(StandardCharsets.UTF_8);
    }

    private static boolean isSpliced(StitchBench bench) {
        return DelimitedTable.TYPE.equals(bench.bucket.head(KEY).orElseThrow().contentType());
    }

    private static void checkAgainstRows(StitchBench spliced, StitchBench byRows, String what) {
        byRows.spliced = Long.MAX_VALUE;
        JsonNode expected = byRows.finish(byRows.work(), StitchCursor.START);
        JsonNode result = spliced.finish(spliced.work(), StitchCursor.START);
        assertThat(delivered(spliced)).as(what).isEqualTo(byRows.stitched().get(KEY));
        assertThat(result.path("rows")).as(what).isEqualTo(expected.path("rows"));
        assertThat(result.path("tables").path(0).path("readings"))
                .as(what)
                .isEqualTo(expected.path("tables").path(0).path("readings"));
        spliced.bucket.assertNoOpenUploads();
    }

    @Test
    void aFirstFileThatHoldsNothingButItsTrailerMovesNoRow() {
        Layout layout = new Layout(false, null, null, false, null, "^T", List.of());
        Format format = new Format(",", '"', List.of("a", "b"), "UTF-8", layout);
        List<byte[]> files = List.of(utf8("T 0\n"), utf8("1,2\n" + rows(3, 99) + "T 97\n"));
        StitchBench bench = bench(format, files, ColumnRules.DEFAULT);
        StitchBench alone = bench(format, files.subList(1, 2), ColumnRules.DEFAULT);

        bench.finish(bench.work(), StitchCursor.START);
        alone.finish(alone.work(), StitchCursor.START);

        assertThat(delivered(bench)).startsWith("{\"a\":\"1\",\"b\":\"2\"}\n").isEqualTo(delivered(alone));
    }

    @Test
    void theEngineGetsTheSameRecordsWhetherBytesAreJoinedOrRowsRewritten() {
        int spliced = 0;
        for (long seed = 1; seed <= 400; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            RandomTable table = RandomTable.of(random, 4, 80);
            List<byte[]> files = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                files.add(table.file());
            }
            StitchBench bench = bench(table.format(), files, ColumnRules.DEFAULT);

            checkAgainstRows(bench, bench(table.format(), files, ColumnRules.DEFAULT), "seed " + seed);

            spliced += isSpliced(bench) ? 1 : 0;
        }
        assertThat(spliced).isGreaterThan(300);
    }

    @Test
    void filesOfAllSizesAreJoinedInPartsThatTheStoreTakes() {
        for (long seed = 1; seed <= 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<String> files = new ArrayList<>();
            for (int i = random.nextInt(8); i >= 0; i--) {
                String body = rows(0, random.nextInt(random.nextInt(4) == 0 ? 150 : 12));
                String whole = "id,v\n" + body;
                files.add(
                        switch (random.nextInt(4)) {
                            case 0 -> whole.substring(0, whole.length() - 1);
                            case 1 -> whole + "\n\n";
                            case 2 -> whole + "\u001a";
                            default -> whole;
                        });
            }
            checkAgainstRows(bench(files), bench(files), "seed " + seed);
        }
    }

    @Test
    void longFilesAreCopiedInsideTheStoreAndOnlyShortEndsPassThroughHere() {
        List<String> files = List.of(
                "id,v\n" + rows(0, 3_000),
                "id,v\n" + rows(3_000, 3_010),
                "id,v\n" + rows(3_010, 9_000).stripTrailing());
        StitchBench bench = bench(files);
        Map<String, Integer> calls = new TreeMap<>();
        AtomicInteger sent = new AtomicInteger();
        ObjectStore counting = Intercepted.store(bench.bucket, new Intercepted.Around() {
            @Override
            public void before(String operation, Object[] arguments) {
                calls.merge(operation, 1, Integer::sum);
                if (operation.equals("uploadPart")) {
                    sent.addAndGet((int) ((Content) arguments[2]).length());
                }
            }
        });

        JsonNode result = bench.finish(bench.work(counting), StitchCursor.START);

        assertThat(result.path("rows").intValue()).isEqualTo(9_000);
        // Read: the plan, three files once, and what was sent in two ranges. Put: how the object is read
        assertThat(calls)
                .containsEntry("copyPart", 2)
                .containsEntry("uploadPart", 1)
                .containsEntry("startUpload", 1)
                .containsEntry("completeUpload", 1)
                .containsEntry("put", 1)
                .containsEntry("read", 6)
                .hasSize(6);
        assertThat(sent.get()).isBetween(StitchBench.PART, 2 * StitchBench.PART);
        byte[] object = Objects.requireNonNull(bench.bucket.snapshot().get(KEY));
        assertThat(new String(object, StandardCharsets.UTF_8))
                .isEqualTo("id,v\n" + rows(0, 9_000).stripTrailing());
    }

    @Test
    void trailersAndHeaderRecordsOfAllButTheFirstAreLeftOut() {
        Format format = Format.DEFAULT.with(
                new Layout(false, null, "#", false, "^H(?<rows>[0-9]+)", "^T(?<rows>[0-9]+)", List.of()));
        List<byte[]> files = List.of(
                utf8("H2\nid,v\n1,2\n#\n3,4\nT2\n"),
                utf8("H1\nid,v\n5,6\n# end\nT1"),
                utf8("H0\nid,v\nT0"),
                utf8("H1\nid,v\n7,8\nT1"));
        StitchBench bench = bench(format, files, ColumnRules.DEFAULT);

        checkAgainstRows(bench, bench(format, files, ColumnRules.DEFAULT), "bounds");
        assertThat(isSpliced(bench)).isTrue();
        assertThat(delivered(bench).lines().count()).isEqualTo(4);
    }

    @Test
    void aCommentWithoutALineEndDoesNotSwallowTheNextFilesFirstRow() {
        Format format = Format.DEFAULT.with(new Layout(false, null, "#", false, null, null, List.of()));
        List<byte[]> files = List.of(utf8("id\n1\n#no end"), utf8("id\n2\n#\u001a"), utf8("id\n3"));

        checkAgainstRows(
                bench(format, files, ColumnRules.DEFAULT), bench(format, files, ColumnRules.DEFAULT), "comments");
    }

    @Test
    void filesThatDifferInAnythingAreRewritten() {
        List<List<byte[]>> different = List.of(
                List.of(utf8("a,b\n1,2\n"), utf8("b,a\n1,2\n")),
                List.of(utf8("a,b\n1,2\n"), utf8("A,b\n1,2\n")),
                List.of(utf8("a,b\n1,2\n"), utf8("a;b\n1;2\n")),
                List.of(utf8("a,b\n1,2\n"), utf8("\"a\",b\n1,2\n")),
                List.of(utf8("a\n\u00e9\n"), "a\n\u00e9\n".getBytes(Charset.forName("windows-1252"))),
                List.of(utf8("a\n"), utf8("a\n")));
        for (List<byte[]> files : different) {
            Format format = new Format(null, '"', List.of(), Format.DETECTED);
            StitchBench bench = bench(format, files, ColumnRules.DEFAULT);

            checkAgainstRows(bench, bench(format, files, ColumnRules.DEFAULT), "rewritten");
            assertThat(isSpliced(bench)).isFalse();
        }
    }

    @Test
    void asciiFilesGoWithThoseThatShowTheirCharset() {
        Format format = new Format(",", '"', List.of("a"), Format.DETECTED);
        List<byte[]> files = List.of(utf8("1\n"), "\u00e9\n".getBytes(Charset.forName("windows-1252")), utf8("3\n"));
        StitchBench bench = bench(format, files, ColumnRules.DEFAULT);
        bench.finish(bench.work(), StitchCursor.START);

        assertThat(isSpliced(bench)).isTrue();
        assertThat(delivered(bench)).isEqualTo("{\"a\":\"1\"}\n{\"a\":\"\u00e9\"}\n{\"a\":\"3\"}\n");
    }

    @Test
    void columnsAreFilledInAndLeftOutAsTheFeedWants() {
        ColumnRules rules =
                new ColumnRules(ColumnRules.Names.IGNORE_CASE, ColumnRules.Missing.EMPTY, ColumnRules.Extra.DROP);
        List<byte[]> files = List.of(utf8("x,alias\n1,2\n"), utf8("x,alias\n3,4\n"));
        Column[] columns = {new Column("z", List.of(), false), new Column("a", List.of("alias"), true)};
        StitchBench bench = bench(Format.DEFAULT, files, rules, columns);

        checkAgainstRows(bench, bench(Format.DEFAULT, files, rules, columns), "columns");
        assertThat(isSpliced(bench)).isTrue();
    }

    @Test
    void filesWhoseRowsAreHeldToSomethingAreReadRowByRow() {
        ColumnRule rule = new ColumnRule(true, ColumnRule.Type.INTEGER, null, null, 0, null, List.of(), null, null);
        List<byte[]> files = List.of(utf8("a\n1\n"), utf8("a\nx\n"));
        StitchBench bench = bench(Format.DEFAULT, files, ColumnRules.DEFAULT, new Column("a", List.of(), false, rule));

        assertThatThrownBy(() -> bench.finish(bench.work(), StitchCursor.START))
                .hasMessageStartingWith("BAD_ROW: File 2 of the archive, row 1, ");
    }

    @Test
    void aRowThatIsRefusedIsRefusedHereToo() {
        StitchBench bench = bench(List.of("a,b\n1,2\n", "a,b\n" + "1,2\n".repeat(500) + "3\n"));

        assertThatThrownBy(() -> bench.finish(bench.work(), StitchCursor.START))
                .isInstanceOf(RefusedException.class)
                .hasMessage("RAGGED_ROW: File 2 of the archive, row 501 has 1 fields where 2 are expected.");
        assertThat(bench.bucket.head(KEY)).isEmpty();
        bench.bucket.assertNoOpenUploads();
    }

    /** The process is gone. */
    private static final class Kill extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static StitchBench long3() {
        return bench(List.of(
                "id,v\n" + rows(0, 5_000),
                "id,v\n" + rows(5_000, 5_010).stripTrailing(),
                "id,v\n" + rows(5_010, 14_000)));
    }

    /** Runs from a saved cursor, in steps that the time ends early, until killed; what is saved survives. */
    private static @Nullable JsonNode run(StitchBench bench, ObjectStore store, StitchCursor[] saved, boolean hurried) {
        StitchWork work = bench.work(store);
        AtomicInteger looks = new AtomicInteger();
        while (true) {
            looks.set(0);
            StepOutcome<StitchCursor> outcome = hurried
                    ? bench.step(work, saved[0], () -> Duration.ofSeconds(60L - 8L * looks.getAndIncrement()))
                    : bench.step(work, saved[0]);
            switch (outcome) {
                case Advanced<StitchCursor>(StitchCursor next, boolean ignored) -> saved[0] = next;
                case Finished<StitchCursor>(JsonNode result) -> {
                    return result;
                }
                case StepOutcome<StitchCursor> other -> throw new AssertionError(other.toString());
            }
        }
    }

    @Test
    void killedBeforeOrAfterAnyStoreCallItEndsWithTheSameBytes() {
        StitchBench whole = long3();
        JsonNode expected = whole.finish(whole.work(), StitchCursor.START);
        assertThat(isSpliced(whole)).isTrue();
        int kills = 0;
        for (boolean hurried : List.of(false, true)) {
            for (boolean after : List.of(false, true)) {
                boolean reached = true;
                for (int call = 1; reached; call++) {
                    StitchBench bench = long3();
                    StitchCursor[] saved = {StitchCursor.START};
                    AtCall kill = new AtCall(call, after, () -> {
                        throw new Kill();
                    });
                    try {
                        run(bench, Intercepted.store(bench.bucket, kill), saved, hurried);
                    } catch (Kill dead) {
                        kills++;
                    }
                    reached = kill.reached();
                    assertThat(run(bench, bench.bucket, saved, hurried))
                            .as("call %d, after %s", call, after)
                            .isEqualTo(expected);
                    assertThat(bench.stitched())
                            .as("call %d, after %s", call, after)
                            .isEqualTo(whole.stitched());
                }
            }
        }
        assertThat(kills).isGreaterThan(50);
    }

    @Test
    void whenTheTimeIsUpInAFileLookingGoesOnThereLater() {
        StitchBench bench = long3();
        StitchCursor[] saved = {StitchCursor.START};
        List<Integer> slices = new ArrayList<>();
        StitchWork work = bench.work();
        while (saved[0].open() == null) {
            AtomicInteger looks = new AtomicInteger();
            Advanced<StitchCursor> outcome = (Advanced<StitchCursor>)
                    bench.step(work, saved[0], () -> Duration.ofSeconds(60L - 30L * looks.getAndIncrement()));
            assertThat(outcome.progress()).isTrue();
            saved[0] = outcome.cursor();
            slices.add(Objects.requireNonNull(saved[0].splice()).slices().size());
        }
        assertThat(slices).hasSizeGreaterThan(3).isSorted().contains(0);
        run(bench, bench.bucket, saved, false);
        assertThat(delivered(bench).lines().count()).isEqualTo(14_000);
    }

    @Test
    void anUploadThatTheStoreDroppedIsBegunAnew() {
        StitchBench bench = long3();
        StitchWork work = bench.work();
        StitchCursor cursor = StitchCursor.START;
        while (cursor.open() == null || cursor.open().parts().isEmpty()) {
            cursor = ((Advanced<StitchCursor>) bench.step(work, cursor)).cursor();
        }
        bench.bucket.abortUpload(new UploadRef(KEY, cursor.open().uploadId()));

        bench.finish(work, cursor);

        assertThat(delivered(bench).lines().count()).isEqualTo(14_000);
        bench.bucket.assertNoOpenUploads();
    }
}
