package io.intake.processors.unzip;

import static io.intake.processors.unzip.Samples.FEED;
import static io.intake.processors.unzip.Samples.feed;
import static io.intake.processors.unzip.Samples.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.intake.config.ArchiveLimits;
import io.intake.config.Feed;
import io.intake.processors.Json;
import io.intake.processors.job.Failure;
import io.intake.processors.job.RefusedException;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.Plan.Run;
import io.intake.processors.plan.Plan.TablePlan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that is dropped, appended in the wrong order or unpacked from a bomb is noticed by nobody until a patient is. */
class ArchivePlannerTest {
    private static final long MIB = 1 << 20;

    private static Member member(int index, String name, long offset, long compressed, long size) {
        return new Member(index, name, Methods.DEFLATED, false, false, offset, compressed, size, 0x12345678L);
    }

    /** Members of the given names, one behind another. */
    private static List<Member> named(String... names) {
        List<Member> members = new ArrayList<>();
        for (String name : names) {
            boolean folder = name.endsWith("/") || name.endsWith("\\");
            members.add(member(members.size(), name, members.size() * 1_000L, folder ? 0 : 100, folder ? 0 : 400));
        }
        return members;
    }

    /** Members of the given compressed and full sizes in MiB. */
    private static List<Member> sized(long... mebibytes) {
        List<Member> members = new ArrayList<>();
        long offset = 0;
        for (int i = 0; i < mebibytes.length; i += 2) {
            members.add(member(
                    members.size(), members.size() + ".csv", offset, mebibytes[i] * MIB, mebibytes[i + 1] * MIB));
            offset += mebibytes[i] * MIB + 100;
        }
        return members;
    }

    private static Plan plan(List<Member> members, Feed feed) {
        return ArchivePlanner.plan(members, feed, 1L << 50);
    }

    private static Failure refusal(List<Member> members, Feed feed, long size) {
        RefusedException refused =
                catchThrowableOfType(RefusedException.class, () -> ArchivePlanner.plan(members, feed, size));
        assertThat(refused).as("a refusal").isNotNull();
        return refused.failure();
    }

    private static String code(List<Member> members, Feed feed) {
        Failure failure = refusal(members, feed, 1L << 50);
        for (Member member : members) {
            String name = EntryNames.fileName(member.name());
            assertThat(name.length() > 3 && failure.sentence().contains(name))
                    .as("a name in " + failure)
                    .isFalse();
        }
        return failure.code();
    }

    private static String code(Member... members) {
        return code(List.of(members), FEED);
    }

    @Test
    void withoutTablesEachDelimitedFileIsATableNamedAfterIt() {
        Plan plan = plan(named("patients.CSV", "sub/notes.txt", "x.tsv", "y.psv", "z.Dat"), FEED);

        assertThat(plan.tables()).extracting(TablePlan::name).containsExactly("patients", "notes", "x", "y", "z");
        assertThat(plan.tables())
                .extracting(TablePlan::entries)
                .containsExactly(List.of(0), List.of(1), List.of(2), List.of(3), List.of(4));
        assertThat(plan.ignored()).isZero();
    }

    @Test
    void theSameFileNameInTwoFoldersGivesTwoTables() {
        assertThat(plan(named("a/p.csv", "b/p.csv", "q.csv"), FEED).tables())
                .extracting(TablePlan::name)
                .containsExactly("a/p", "b/p", "q");
        assertThat(plan(named("a/p.csv", "a/p.txt", "b/p.csv"), FEED).tables())
                .extracting(TablePlan::name)
                .containsExactly("a/p.csv", "a/p.txt", "b/p");
        assertThat(plan(named("p.csv", "p.txt", "p.csv.csv"), FEED).tables())
                .extracting(TablePlan::name)
                .doesNotHaveDuplicates();
    }

    @Test
    void junkAndFoldersAreIgnoredAndCounted() {
        Plan plan = plan(
                named(
                        "data/",
                        "data/p.csv",
                        "__MACOSX/data/._p.csv",
                        "data/.DS_Store",
                        "Thumbs.db",
                        "data/Desktop.ini",
                        "data\\"),
                FEED);

        assertThat(plan.ignored()).isEqualTo(6);
        assertThat(plan.entries()).extracting(Plan.Entry::name).containsExactly("data/p.csv");
    }

    @Test
    void anEntryWithContentIsNoFolderWhateverItsName() {
        assertThat(code(member(0, "patients/", 0, 100, 400))).isEqualTo("UNKNOWN_MEMBER");
    }

    @Test
    void aFileThatNoTableTakesIsNotDropped() {
        assertThat(code(named("p.csv", "manual.pdf", "x.exe"), FEED)).isEqualTo("UNKNOWN_MEMBER");
        assertThat(code(named(".csv"), FEED)).isEqualTo("UNKNOWN_MEMBER");
        assertThat(code(named("p.csv", "q.csv"), feed(ArchiveLimits.DEFAULT, table("p", "p\\.csv", null, true))))
                .isEqualTo("UNKNOWN_MEMBER");
        assertThat(refusal(named("p.csv", "manual.pdf", "x.exe"), FEED, 1L << 50)
                        .sentence())
                .contains("2 files", "entry 2");
    }

    @Test
    void theFirstTableThatMatchesTakesAFile() {
        Feed feed = feed(
                ArchiveLimits.DEFAULT,
                table("b", "b.*\\.csv", null, true),
                table("absent", "zzz", null, false),
                table("rest", ".*\\.csv", null, false));

        Plan plan = plan(named("z.csv", "b2.csv", "a.csv", "b1.csv"), feed);

        assertThat(plan.tables()).extracting(TablePlan::name).containsExactly("b", "rest");
        assertThat(plan.tables()).extracting(TablePlan::number).containsExactly(0, 1);
        assertThat(plan.tables().get(0).entries()).as("by name").containsExactly(3, 1);
        assertThat(plan.tables().get(1).entries()).containsExactly(2, 0);
    }

    @Test
    void aRequiredTableWithoutAFileIsMissed() {
        Feed feed = feed(ArchiveLimits.DEFAULT, table("a", "a\\.csv", null, false), table("b", "b\\.csv", null, true));

        assertThat(code(named("a.csv"), feed)).isEqualTo("MISSING_TABLE");
        assertThat(refusal(named("a.csv"), feed, 1L << 50).sentence()).contains("table 2");
    }

    private static final Feed PARTS = feed(ArchiveLimits.DEFAULT, table("p", "(.*/)?p(_(?<n>\\w+))?\\.csv", "n", true));

    @Test
    void partsAreOrderedByNumberNotByText() {
        Plan fromOne = plan(
                named(
                        "p_10.csv",
                        "p_9.csv",
                        "p_1.csv",
                        "p_2.csv",
                        "p_3.csv",
                        "p_4.csv",
                        "p_5.csv",
                        "p_6.csv",
                        "p_7.csv",
                        "p_8.csv"),
                PARTS);
        assertThat(fromOne.tables().getFirst().entries()).containsExactly(2, 3, 4, 5, 6, 7, 8, 9, 1, 0);
        assertThat(plan(named("p_01.csv", "p_00.csv"), PARTS)
                        .tables()
                        .getFirst()
                        .entries())
                .containsExactly(1, 0);
        assertThat(plan(named("p.csv"), PARTS).tables().getFirst().entries()).containsExactly(0);
    }

    @Test
    void doubleMissingAndUnnumberedPartsAreRefused() {
        assertThat(code(named("p_1.csv", "p_01.csv"), PARTS)).isEqualTo("DUPLICATE_PART");
        assertThat(code(named("p_1.csv", "p_3.csv"), PARTS)).isEqualTo("MISSING_PART");
        assertThat(code(named("p_2.csv", "p_3.csv"), PARTS)).isEqualTo("MISSING_PART");
        assertThat(code(named("p_2.csv"), PARTS)).isEqualTo("MISSING_PART");
        assertThat(code(named("p.csv", "p_1.csv"), PARTS)).isEqualTo("UNNUMBERED_PART");
        assertThat(code(named("p.csv", "x/p.csv"), PARTS)).isEqualTo("UNNUMBERED_PART");
        assertThat(code(named("p_A.csv"), PARTS)).isEqualTo("UNNUMBERED_PART");
        assertThat(code(named("p_99999999999999999999.csv"), PARTS)).isEqualTo("UNNUMBERED_PART");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../p.csv",
                "a/../p.csv",
                "a/..",
                "..\\p.csv",
                "a\\..\\..\\p.csv",
                "/etc/p.csv",
                "\\\\host\\share\\p.csv",
                "C:\\p.csv",
                "c:/p.csv",
                "c:p.csv",
                "p.csv\0.exe",
                "p\n.csv",
                "a/.. /p.csv",
                "a/.../p.csv",
                "",
                ".",
                "./"
            })
    void namesThatAreNoPlainRelativePathsAreRefused(String name) {
        Member first = member(0, name, 0, 100, 400);
        assertThat(code(List.of(first, member(1, "q.csv", 1_000, 100, 400)), FEED))
                .isEqualTo("UNSAFE_NAME");
    }

    @Test
    void aNameOfAbsurdLengthIsRefused() {
        assertThat(code(member(0, "x".repeat(1_021) + ".csv", 0, 1, 1))).isEqualTo("UNSAFE_NAME");
        assertThat(plan(List.of(member(0, "x".repeat(1_020) + ".csv", 0, 1, 1)), FEED)
                        .entries())
                .hasSize(1);
    }

    @Test
    void backslashesAndDotsAreReadAsTheyAreMeant() {
        Plan plan = plan(named("a\\p.csv", "./b/p.csv"), FEED);

        assertThat(plan.tables()).extracting(TablePlan::name).containsExactly("a/p", "b/p");
        assertThat(plan.entries()).extracting(Plan.Entry::name).containsExactly("a\\p.csv", "./b/p.csv");
    }

    @Test
    void twoEntriesOfOneNameAreRefusedHoweverItIsWritten() {
        assertThat(code(named("a/p.csv", "q.csv", "a/p.csv"), FEED)).isEqualTo("DUPLICATE_ENTRY");
        assertThat(code(named("a/p.csv", "a\\p.csv"), FEED)).isEqualTo("DUPLICATE_ENTRY");
        assertThat(code(named("a/p.csv", "./a//p.csv"), FEED)).isEqualTo("DUPLICATE_ENTRY");
        assertThat(plan(named("p.csv", "__MACOSX/p", "__MACOSX/p"), FEED).ignored())
                .isEqualTo(2);
    }

    @Test
    void whatCannotBeReadIsRefusedBeforeAnythingIsUnpacked() {
        assertThat(code(new Member(0, "p.csv", 8, true, false, 0, 100, 400, 1))).isEqualTo("ENCRYPTED");
        assertThat(code(new Member(0, "p.csv", 8, false, true, 0, 100, 400, 1))).isEqualTo("LINK_ENTRY");
        assertThat(code(new Member(0, "p.csv", 97, false, false, 0, 100, 400, 1)))
                .isEqualTo("UNSUPPORTED_METHOD");
        assertThat(code(new Member(0, "p.csv", 98, false, false, 0, 100, 400, 1)))
                .isEqualTo("UNSUPPORTED_METHOD");
        assertThat(code(new Member(0, "p.csv", 0, false, false, 0, 100, 400, 1)))
                .isEqualTo("SIZE_MISMATCH");
        assertThat(code(member(0, "p.csv", 0, -1, 400))).isEqualTo("DAMAGED_ARCHIVE");
        assertThat(code(member(0, "p.csv", 0, 100, -1))).isEqualTo("DAMAGED_ARCHIVE");
    }

    @Test
    void unreadableJunkDoesNotMatter() {
        List<Member> members = List.of(
                new Member(0, "__MACOSX/._p.csv", 99, true, false, 0, 100, 400, 1),
                member(1, "p.csv", 1_000, 100, 400));

        assertThat(plan(members, FEED).entries()).hasSize(1);
    }

    @Test
    void anArchiveWithoutDataFilesIsRefused() {
        assertThat(code()).isEqualTo("EMPTY_ARCHIVE");
        assertThat(code(named("a/", ".DS_Store"), FEED)).isEqualTo("EMPTY_ARCHIVE");
    }

    @Test
    void entriesThatShareBytesAreRefused() {
        assertThat(code(member(0, "a.csv", 0, 971, 1_000), member(1, "b.csv", 1_000, 10, 10)))
                .isEqualTo("OVERLAPPING_ENTRIES");
        assertThat(code(member(0, "a.csv", 0, 10, 10), member(1, "b.csv", 0, 10, 10)))
                .isEqualTo("OVERLAPPING_ENTRIES");
        assertThat(code(member(0, "a.csv", 0, Long.MAX_VALUE, 10), member(1, "b.csv", 1_000, 10, 10)))
                .isEqualTo("OVERLAPPING_ENTRIES");
        assertThat(plan(List.of(member(0, "a.csv", 0, 970, 1_000), member(1, "b.csv", 1_000, 10, 10)), FEED)
                        .entries())
                .hasSize(2);
    }

    @Test
    void anEntryThatReachesBeyondTheArchiveIsDamage() {
        assertThat(refusal(List.of(member(0, "a.csv", 0, 100, 100)), FEED, 129).code())
                .isEqualTo("DAMAGED_ARCHIVE");
        assertThat(refusal(List.of(member(0, "a.csv", Long.MAX_VALUE - 5, 100, 100)), FEED, 129)
                        .code())
                .isEqualTo("DAMAGED_ARCHIVE");
    }

    @ParameterizedTest
    @CsvSource({
        "3, 1000, 100, TOO_MANY_ENTRIES",
        "4, 1599, 100, TOO_LARGE",
        "4, 1600, 3, SUSPICIOUS_RATIO",
        "4, 1600, 4, ''"
    })
    void limitsHoldToTheUnit(int entries, long bytes, int ratio, String code) {
        Feed feed = feed(new ArchiveLimits(entries, bytes, ratio));
        List<Member> members = named("a.csv", "b.csv", "c.csv", "d.csv");
        if (code.isEmpty()) {
            assertThat(plan(members, feed).entries()).hasSize(4);
        } else {
            assertThat(code(members, feed)).isEqualTo(code);
        }
    }

    @Test
    void sizesNearTheLargestNumberDoNotOverflowTheLimits() {
        Feed feed = feed(new ArchiveLimits(10, Long.MAX_VALUE, Integer.MAX_VALUE));
        assertThat(code(List.of(member(0, "a.csv", 0, 1L << 40, Long.MAX_VALUE)), feed))
                .isEqualTo("TOO_LARGE");
        assertThat(code(List.of(member(0, "a.csv", 0, 0, Long.MAX_VALUE)), FEED))
                .isEqualTo("SUSPICIOUS_RATIO");
    }

    @Test
    void anEntryTooLargeForS3sPartsIsRefused() {
        Feed feed = feed(new ArchiveLimits(10, Long.MAX_VALUE, 1_100));
        assertThat(code(sized(1L << 19, (9_000L << 6) + 1), feed)).isEqualTo("TOO_LARGE");
    }

    @Test
    void smallArchivesAreOneSegmentAndOneGroup() {
        Plan plan = plan(named("a.csv", "b.csv", "c.csv"), FEED);

        assertThat(plan.segments()).containsExactly(new Run(0, 3));
        assertThat(plan.groups()).containsExactly(new Run(0, 3));
    }

    @Test
    void segmentsEndAtTheirSizesAndBigEntriesStandAlone() {
        assertThat(plan(sized(30, 60, 34, 60, 1, 2), FEED).segments()).containsExactly(new Run(0, 2), new Run(2, 3));
        assertThat(plan(sized(5, 250, 1, 6, 1, 1), FEED).segments()).containsExactly(new Run(0, 2), new Run(2, 3));
        assertThat(plan(sized(1, 5, 500, 1_000, 1, 5, 1, 5), FEED).segments())
                .containsExactly(new Run(0, 1), new Run(1, 2), new Run(2, 4));
        assertThat(plan(sized(500, 1_000), FEED).segments()).containsExactly(new Run(0, 1));
    }

    @Test
    void groupsOfTablesEndAtTheirSize() {
        assertThat(plan(sized(1, 40, 1, 24, 1, 1, 10, 500, 1, 1), FEED).groups())
                .containsExactly(new Run(0, 2), new Run(2, 3), new Run(3, 4), new Run(4, 5));
    }

    @Test
    void runsCoverEverythingOnceWhateverTheSizes() {
        for (long seed = 0; seed < 300; seed++) {
            java.util.Random random = new java.util.Random(seed);
            long[] sizes = new long[2 * (1 + random.nextInt(40))];
            for (int i = 0; i < sizes.length; i += 2) {
                sizes[i] = random.nextInt(5) == 0 ? random.nextInt(200) : random.nextInt(20);
                sizes[i + 1] = sizes[i] * (1 + random.nextInt(9));
            }
            Plan plan = plan(sized(sizes), FEED);
            String about = "seed " + seed;
            int next = 0;
            for (Run run : plan.segments()) {
                assertThat(run.from()).as(about).isEqualTo(next);
                assertThat(run.to()).as(about).isGreaterThan(run.from());
                long bytes = plan.entries().subList(run.from(), run.to()).stream()
                        .mapToLong(Plan.Entry::size)
                        .sum();
                assertThat(bytes <= ArchivePlanner.SEGMENT_BYTES || run.to() == run.from() + 1)
                        .as(about)
                        .isTrue();
                next = run.to();
            }
            assertThat(next).as(about).isEqualTo(plan.entries().size());
            assertThat(plan.groups().getLast().to())
                    .as(about)
                    .isEqualTo(plan.tables().size());
        }
    }

    @Test
    void thePlanIsTheSameEachTimeAndSurvivesJson() {
        List<Member> members = named("a/p.csv", "b/p.csv", "q.csv", "r/");

        Plan plan = plan(members, FEED);

        assertThat(plan(members, FEED)).isEqualTo(plan);
        assertThat(Json.read(Json.bytes(plan), Plan.class)).isEqualTo(plan);
    }
}
