package io.intake.processors.stitch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.bucket.BucketLayout;
import io.intake.config.ColumnRules;
import io.intake.config.Format;
import io.intake.config.Layout;
import io.intake.config.Table.Column;
import io.intake.processors.Intercepted;
import io.intake.processors.Json;
import io.intake.processors.job.RefusedException;
import io.intake.processors.stitch.StitchCursor.Phase;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.UploadRef;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is stitched is what the engine gets: a row lost here is lost for good. */
class StitchWorkTest {
    private final StitchBench bench = new StitchBench();

    private static String rows(String header, int from, int to) {
        StringBuilder file = new StringBuilder(header);
        for (int i = from; i < to; i++) {
            file.append('\n').append(i).append(",value ").append(i);
        }
        return file.toString();
    }

    private StitchCursor advance(StitchWork work, StitchCursor cursor) {
        StepOutcome<StitchCursor> outcome = bench.step(work, cursor);
        assertThat(outcome).isInstanceOf(Advanced.class);
        return ((Advanced<StitchCursor>) outcome).cursor();
    }

    @Test
    void aTableThatNeedsMorePartsThanAnObjectMayHaveIsRefusedAndNotCutOff() {
        bench.table(rows("a,b", 1, 400));
        StitchWork work = bench.work();
        StitchCursor cursor = advance(work, StitchCursor.START);
        while (cursor.open() == null || cursor.open().parts().isEmpty()) {
            cursor = advance(work, cursor);
        }
        StitchCursor.Open open = cursor.open();
        Part last = new Part(ObjectStore.Limits.MAX_PARTS, StitchBench.PART, "e", null);
        StitchCursor full = new StitchCursor(
                cursor.done(),
                new StitchCursor.Open(open.phase(), open.uploadId(), List.of(last), open.position()),
                cursor.splice());
        assertThatThrownBy(() -> bench.step(work, full))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.failure().code()).isEqualTo("TABLE_TOO_LARGE"));
    }

    @Test
    void shortTablesAreWrittenInOneStepEachToItsObject() {
        bench.table("a,b\n1,2\n").table("x\n").table("k,v\n1,\u00e9\n", "V,K,w\n2,3,4\n");

        JsonNode result = bench.finish(bench.work(), StitchCursor.START);

        assertThat(bench.rows(0)).containsExactly(Map.of("a", "1", "b", "2"));
        assertThat(bench.rows(1)).isEmpty();
        String read = "{'files':1,'delimiter':',','quote':'\\\"','charset':'UTF-8','missing':0,'extra':%d}";
        assertThat(bench.rows(2))
                .containsExactly(Map.of("k", "1", "v", "\u00e9"), Map.of("k", "3", "v", "2", "w", "4"));
        assertThat(result)
                .hasToString(("{'tables':[{'number':0,'rows':1,'bytes':18,'readings':[READ],'read':1,'rejected':0},"
                                + "{'number':1,'rows':0,'bytes':0,'readings':[READ],'read':0,'rejected':0},"
                                + "{'number':2,'rows':2,'bytes':45,'readings':[READ,MORE],'read':2,'rejected':0}],'rows':3}")
                        .replace("READ", read.formatted(0))
                        .replace("MORE", read.formatted(1))
                        .replace('\'', '"'));
        bench.bucket.assertNoOpenUploads();
    }

    @Test
    void theUploadIsKnownBeforeItsFirstPartAndTheEndIsSavedBeforeItIsPublished() {
        bench.table(rows("id,v", 0, 40));
        StitchWork work = bench.work();

        StitchCursor begun = advance(work, StitchCursor.START);
        assertThat(begun.open()).isNotNull();
        UploadRef upload = new UploadRef(
                BucketLayout.stitched(StitchBench.JOB, 0), begun.open().uploadId());
        assertThat(bench.bucket.listParts(upload)).isEmpty();
        StitchCursor cursor = begun;
        while (cursor.open() != null && cursor.open().phase() == Phase.WRITING) {
            assertThat(bench.bucket.listParts(upload))
                    .hasSameSizeAs(cursor.open().parts());
            cursor = advance(work, cursor);
        }
        assertThat(bench.stitched()).isEmpty();
        JsonNode result = bench.finish(work, cursor);
        assertThat(result.path("rows").intValue()).isEqualTo(40);
        assertThat(bench.rows(0)).hasSize(40);
        bench.bucket.assertNoOpenUploads();
    }

    @Test
    void anObjectIsReadOnceHoweverManyPartsAreMadeOfIt() {
        bench.table(rows("id,v", 0, 500));
        AtomicInteger reads = new AtomicInteger();
        AtomicLong largest = new AtomicLong();
        ObjectStore counting = Intercepted.store(bench.bucket, new Intercepted.Around() {
            @Override
            public void before(String operation, Object[] arguments) {
                if (operation.equals("read")) {
                    reads.incrementAndGet();
                } else if (operation.equals("uploadPart")) {
                    largest.accumulateAndGet(((Content) arguments[2]).length(), Math::max);
                }
            }
        });

        bench.finish(bench.work(counting), StitchCursor.START);

        assertThat(bench.rows(0)).hasSize(500);
        assertThat(reads).as("the plan and the entry").hasValue(2);
        assertThat(largest.get()).as("a part and the rest of its last row").isBetween(400L, 440L);
    }

    @Test
    void manyRandomTablesComeOutWholeWhateverTheirDialectAndNumberOfFiles() {
        for (long seed = 1; seed <= 150; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            StitchBench each = new StitchBench();
            List<List<Map<String, String>>> expected = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                RandomTable table = RandomTable.of(random, 5, 60);
                each.table(table.format(), List.of(table.file(), table.file()));
                List<Map<String, String>> twice = new ArrayList<>(table.rows());
                twice.addAll(table.rows());
                expected.add(twice);
            }
            JsonNode result = each.finish(each.work(), StitchCursor.START);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(each.rows(i)).as("seed %d, table %d", seed, i).isEqualTo(expected.get(i));
                assertThat(result.path("tables").path(i).path("rows").intValue())
                        .as("seed %d, table %d", seed, i)
                        .isEqualTo(expected.get(i).size());
            }
            each.bucket.assertNoOpenUploads();
        }
    }

    @Test
    void whenTheTimeIsUpAStepStopsWithoutProgressAndTheNextGoesOn() {
        bench.table(rows("id,v", 0, 2_000));
        StitchWork work = bench.work();
        StitchCursor cursor = StitchCursor.START;
        AtomicInteger looks = new AtomicInteger();
        int paused = 0;
        StepOutcome<StitchCursor> outcome = bench.step(work, cursor);
        while (outcome instanceof Advanced<StitchCursor>(StitchCursor next, boolean progress)) {
            if (!progress) {
                assertThat(next).isEqualTo(cursor);
                paused++;
            }
            cursor = next;
            looks.set(0);
            outcome = bench.step(work, cursor, () -> Duration.ofSeconds(60L - 10L * looks.getAndIncrement()));
        }

        assertThat(paused).isPositive();
        assertThat(bench.rows(0)).hasSize(2_000);
    }

    @Test
    void aRefusedTableLeavesNoUploadBehind() {
        bench.table(rows("id,v", 0, 100) + "\n100");

        assertThatThrownBy(() -> bench.finish(bench.work(), StitchCursor.START))
                .isInstanceOf(RefusedException.class)
                .hasMessage("RAGGED_ROW: File 1 of the archive, row 101 has 1 fields where 2 are expected.");
        bench.bucket.assertNoOpenUploads();
        assertThat(bench.stitched()).isEmpty();
    }

    @Test
    void refusalsCountFilesAsTheArchiveDoes() {
        bench.table("a\n1\n").table("a\n1\n", "a,b\n1,2,3\n");

        assertThatThrownBy(() -> bench.finish(bench.work(), StitchCursor.START))
                .hasMessageStartingWith("RAGGED_ROW: File 3 of the archive, row 1 ");
    }

    @Test
    void anUploadThatTheStoreDroppedIsBegunAnew() {
        bench.table(rows("id,v", 0, 100));
        for (int steps = 1; steps < 20; steps += 3) {
            bench.bucket.delete(BucketLayout.stitched(StitchBench.JOB, 0));
            StitchWork work = bench.work();
            StitchCursor cursor = StitchCursor.START;
            for (int i = 0; i < steps && bench.stitched().isEmpty(); i++) {
                if (bench.step(work, cursor) instanceof Advanced<StitchCursor>(StitchCursor next, boolean ignored)) {
                    cursor = next;
                }
            }
            if (cursor.open() != null) {
                bench.bucket.abortUpload(new UploadRef(
                        BucketLayout.stitched(StitchBench.JOB, 0), cursor.open().uploadId()));
            }
            bench.finish(work, cursor);
            assertThat(bench.rows(0)).as("dropped after %d steps", steps).hasSize(100);
        }
    }

    @Test
    void anObjectOfSomebodyElseIsNeverTakenForOurs() {
        for (String file : List.of("a\n1\n", rows("id,v", 0, 100))) {
            StitchBench own = new StitchBench().table(file);
            own.put(BucketLayout.stitched(StitchBench.JOB, 0), "{}\n".getBytes(StandardCharsets.UTF_8));

            assertThatThrownBy(() -> own.finish(own.work(), StitchCursor.START))
                    .hasMessageStartingWith("OUTPUT_CONFLICT");
            assertThat(own.stitched()).containsValue("{}\n");
        }
    }

    @Test
    void aGroupMayBeLongerThanAStep() {
        for (int i = 0; i < 100; i++) {
            bench.table("a\n" + i + "\n");
        }

        StitchCursor first = advance(bench.work(), StitchCursor.START);
        JsonNode result = bench.finish(bench.work(), first);

        assertThat(first.done()).isNotEmpty().hasSizeLessThan(100);
        assertThat(result.path("tables")).hasSize(100);
        assertThat(bench.rows(99)).containsExactly(Map.of("a", "99"));
    }

    @Test
    void aTableWithoutFilesIsEmpty() {
        bench.table(Format.DEFAULT, List.of());

        assertThat(bench.finish(bench.work(), StitchCursor.START).path("rows").intValue())
                .isZero();
        assertThat(bench.rows(0)).isEmpty();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private StitchBench drifting(ColumnRules rules, Column... columns) {
        List<byte[]> files = List.of(bytes("a,b,x\n1,2,3\n"), bytes("B;A\n5;4\n"), bytes("b,a,y,\n7,6,8,\n"));
        return bench.table(Format.DEFAULT, files, List.of(columns), rules);
    }

    @Test
    void headersThatDriftAreBroughtTogetherAndReported() {
        drifting(ColumnRules.DEFAULT);

        JsonNode result = bench.finish(bench.work(), StitchCursor.START);

        assertThat(bench.rows(0))
                .containsExactly(
                        Map.of("a", "1", "b", "2", "x", "3"),
                        Map.of("a", "4", "b", "5"),
                        Map.of("a", "6", "b", "7", "y", "8"));
        assertThat(result.path("tables").path(0).path("readings"))
                .extracting(JsonNode::toString)
                .containsExactly(
                        "{\"files\":1,\"delimiter\":\",\",\"quote\":\"\\\"\",\"charset\":\"UTF-8\",\"missing\":0,\"extra\":0}",
                        "{\"files\":1,\"delimiter\":\";\",\"quote\":\"\\\"\",\"charset\":\"UTF-8\",\"missing\":1,\"extra\":0}",
                        "{\"files\":1,\"delimiter\":\",\",\"quote\":\"\\\"\",\"charset\":\"UTF-8\",\"missing\":1,\"extra\":2}");
    }

    @Test
    void whatIsMissingCanBeFilledInAndWhatIsExtraLeftOut() {
        drifting(
                new ColumnRules(ColumnRules.Names.IGNORE_CASE, ColumnRules.Missing.EMPTY, ColumnRules.Extra.DROP),
                new Column("x", List.of(), false),
                new Column("a", List.of(), true),
                new Column("z", List.of(), false));

        bench.finish(bench.work(), StitchCursor.START);

        assertThat(bench.stitched().values()).containsExactly("""
                        {"a":"1","x":"3","z":""}
                        {"a":"4","x":"","z":""}
                        {"a":"6","x":"","z":""}
                        """);
    }

    @Test
    void aTablesLaterFilesMayGoOnWithoutAHeader() {
        Format once = Format.DEFAULT.with(new Layout(false, null, null, true, null, null, List.of()));
        String[] files = {"a,b,\n", "1,2,\n3,4,\n", "5,6,7\n"};
        bench.table(once, List.of(bytes(files[0] + files[1]), bytes(files[1] + files[1]), bytes(files[2])));
        StitchBench whole = new StitchBench().table(String.join("", files[0], files[1], files[1], files[1], files[2]));

        bench.finish(bench.work(), StitchCursor.START);
        whole.finish(whole.work(), StitchCursor.START);

        assertThat(bench.stitched()).isEqualTo(whole.stitched());
    }

    /** What an older version saved: it knew no places in files. */
    private static StitchCursor older(StitchCursor cursor) {
        ObjectNode json = Json.mapper().valueToTree(cursor);
        json.remove("splice");
        if (json.get("open") instanceof ObjectNode open && open.get("position") instanceof ObjectNode position) {
            position.remove(List.of("first", "opened", "readings"));
        }
        return Json.read(Json.bytes(json), StitchCursor.class);
    }

    @Test
    void aCursorWithoutPlacesInFilesIsTakenUpByReadingOverRows() {
        bench.table(rows("id,v", 0, 300));
        StitchCursor cursor = StitchCursor.START;
        for (int i = 0; i < 4; i++) {
            cursor = older(advance(bench.work(), cursor));
        }
        assertThat(cursor.position().entryRows()).isPositive();
        assertThat(cursor.position().opened()).isNull();

        bench.finish(bench.work(), cursor);

        assertThat(bench.rows(0)).hasSize(300);
    }

    @Test
    void aFileInACharsetWhosePlacesCannotBeToldIsResumedToo() {
        Format format = new Format(",", '"', List.of(), "Shift_JIS");
        byte[] file = rows("id,v", 0, 300).replace("value", "\u540d").getBytes(Charset.forName("Shift_JIS"));
        bench.table(format, List.of(file));
        StitchCursor cursor = StitchCursor.START;
        for (int i = 0; i < 4; i++) {
            cursor = advance(bench.work(), cursor);
        }
        assertThat(cursor.position().entryRows()).isPositive();
        assertThat(cursor.position().opened()).isNull();

        bench.finish(bench.work(), cursor);

        assertThat(bench.rows(0)).hasSize(300).last().isEqualTo(Map.of("id", "299", "v", "\u540d 299"));
    }
}
