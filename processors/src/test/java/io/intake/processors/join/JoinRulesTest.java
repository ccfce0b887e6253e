package io.intake.processors.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.Join;
import io.intake.config.Join.Child;
import io.intake.config.Join.On;
import io.intake.config.Join.Unmatched;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A rule that is not kept, or a refusal that does not say how much is wrong, leaves a hospital in the dark. */
class JoinRulesTest {
    private static final String PATIENTS = "MRN,NAME\n1,a\n2,b\n3,c\n";

    /** In one go, and in partitions and windows of a few rows. */
    enum Size {
        SMALL,
        LARGE;

        private JoinLimits limits() {
            return this == SMALL ? JoinLimits.DEFAULT : JoinBench.TINY;
        }
    }

    private static Child visits(Unmatched unmatched, int atLeast, @Nullable Integer atMost, Child... children) {
        return new Child(
                "visits",
                List.of(new On("MRN", "PATIENT")),
                "visits",
                unmatched,
                unmatched,
                atLeast,
                atMost,
                List.of(children));
    }

    private static Child results(Unmatched unmatched) {
        return new Child(
                "results", List.of(new On("ID", "VISIT")), "results", unmatched, unmatched, 0, null, List.of());
    }

    private static JoinBench bench(JoinLimits limits, Child child, String... csv) {
        Map<String, String> tables = new LinkedHashMap<>();
        List<String> names = List.of("patients", "visits", "results", "others");
        for (int i = 0; i < names.size(); i++) {
            tables.put(names.get(i), i < csv.length ? csv[i] : "");
        }
        return new JoinBench(limits, new Join("patients", List.of(child)), tables);
    }

    private static String refusal(Size size, Child child, String... csv) {
        Job job = bench(size.limits(), child, csv).run(new Random(1));
        return Objects.requireNonNull(job.failure(), () -> "accepted: " + job.state())
                        .code() + ": " + job.failure().sentence();
    }

    @ParameterizedTest
    @EnumSource
    void rowsOfThreeTablesBecomeOneRecordPerRowOfTheRoot(Size size) {
        JoinBench bench = bench(
                size.limits(),
                visits(Unmatched.REJECT, 0, null, results(Unmatched.REJECT)),
                PATIENTS,
                "ID,PATIENT\n10,2\n11,1\n12,2\n",
                "VISIT,VALUE\n12,x\n10,y\n12,z\n",
                "K\n1\n");

        Job job = bench.run(new Random(1));

        assertThat(job.state()).isEqualTo(JobState.FORWARDING);
        assertThat(bench.delivered("patients"))
                .containsExactlyInAnyOrder(
                        "{\"MRN\":\"1\",\"NAME\":\"a\",\"visits\":[{\"ID\":\"11\",\"PATIENT\":\"1\",\"results\":[]}]}",
                        "{\"MRN\":\"2\",\"NAME\":\"b\",\"visits\":["
                                + "{\"ID\":\"10\",\"PATIENT\":\"2\",\"results\":[{\"VISIT\":\"10\",\"VALUE\":\"y\"}]},"
                                + "{\"ID\":\"12\",\"PATIENT\":\"2\",\"results\":[{\"VISIT\":\"12\",\"VALUE\":\"x\"},"
                                + "{\"VISIT\":\"12\",\"VALUE\":\"z\"}]}]}",
                        "{\"MRN\":\"3\",\"NAME\":\"c\",\"visits\":[]}");
        assertThat(bench.delivered("others")).as("not joined").containsExactly("{\"K\":\"1\"}");
        assertThat(bench.delivered("visits")).isEmpty();
        assertThat(job.counts())
                .containsEntry("rows", 10L)
                .containsEntry("records", 3L)
                .containsEntry("visits.nested", 3L)
                .containsEntry("results.nested", 3L)
                .doesNotContainKey("visits.orphans");
        assertThat(job.tables()).containsEntry("visits", 3L).containsEntry("others", 1L);
    }

    @ParameterizedTest
    @EnumSource
    void refusalsSayHowManyRowsAreConcerned(Size size) {
        String orphans = "ID,PATIENT\n10,1\n11,7\n12,8\n13,7\n";
        assertThat(refusal(size, visits(Unmatched.REJECT, 0, null), PATIENTS, orphans))
                .isEqualTo("ORPHAN_ROWS: In table 2 of the feed, 3 rows have a key that no row of table 1 has.");
        assertThat(refusal(size, visits(Unmatched.REJECT, 0, null), PATIENTS, "ID,PATIENT\n10,1\n11,\n12, \n"))
                .isEqualTo("BLANK_KEY: In table 2 of the feed, 2 rows have a blank key.");
        String twice = "MRN,NAME\n1,a\n2,b\n1,c\n2,d\n2,e\n";
        assertThat(refusal(size, visits(Unmatched.REPORT, 0, null), twice, orphans))
                .startsWith("DUPLICATE_KEY: In table 1 of the feed, 3 rows have a key that an earlier row has: ");
        assertThat(refusal(size, visits(Unmatched.REPORT, 0, 2), PATIENTS, "ID,PATIENT\n1,1\n2,1\n3,2\n4,1\n5,2\n"))
                .isEqualTo("TOO_MANY_CHILDREN: 1 rows of table 1 of the feed have more than 2 rows of table 2.");
        assertThat(refusal(size, visits(Unmatched.REPORT, 2, 9), PATIENTS, "ID,PATIENT\n1,1\n2,1\n3,2\n"))
                .isEqualTo("TOO_FEW_CHILDREN: 2 rows of table 1 of the feed have fewer than 2 rows of table 2.");
    }

    @ParameterizedTest
    @EnumSource
    void aDuplicateKeyIsFoundHoweverFarApartTheRowsAre(Size size) {
        StringBuilder patients = new StringBuilder("MRN,NAME\n0,first\n");
        StringBuilder visits = new StringBuilder("ID,PATIENT\n");
        for (int i = 1; i < 300; i++) {
            patients.append(i).append(",a\n");
            visits.append(i).append(",0\n");
        }
        patients.insert(patients.indexOf("150,"), "0,middle\n").append("0,last\n");

        assertThat(refusal(size, visits(Unmatched.REPORT, 0, null), patients.toString(), visits.toString()))
                .startsWith("DUPLICATE_KEY: In table 1 of the feed, 2 rows");
    }

    @ParameterizedTest
    @EnumSource
    void rowsThatNothingTakesAreLeftOutOrDeliveredByThemselvesWithWhatTheyHold(Size size) {
        for (Unmatched rule : List.of(Unmatched.REPORT, Unmatched.UNATTACHED)) {
            JoinBench bench = bench(
                    size.limits(),
                    visits(rule, 0, null, results(Unmatched.REJECT)),
                    PATIENTS,
                    "ID,PATIENT\n10,2\n11,9\n12,\n",
                    "VISIT,VALUE\n11,x\n10,y\n");

            Job job = bench.run(new Random(1));

            assertThat(job.counts())
                    .containsEntry("visits.nested", 1L)
                    .containsEntry("visits.orphans", 1L)
                    .containsEntry("visits.blank", 1L)
                    .containsEntry("results.nested", 1L);
            if (rule == Unmatched.REPORT) {
                assertThat(bench.delivered("visits")).isEmpty();
            } else {
                assertThat(bench.delivered("visits"))
                        .containsExactlyInAnyOrder(
                                "{\"ID\":\"11\",\"PATIENT\":\"9\",\"results\":[{\"VISIT\":\"11\",\"VALUE\":\"x\"}]}",
                                "{\"ID\":\"12\",\"PATIENT\":\"\",\"results\":[]}");
                assertThat(job.counts()).containsEntry("visits.unattached", 2L);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anOptionalTableThatIsNotSentHasNoRows(Size size) {
        Child child = visits(Unmatched.UNATTACHED, 0, null, results(Unmatched.UNATTACHED));
        JoinBench none = bench(size.limits(), child, PATIENTS);
        assertThat(none.run(new Random(1)).counts()).containsEntry("records", 3L);
        assertThat(none.delivered("patients")).allMatch(record -> record.endsWith(",\"visits\":[]}"));

        JoinBench noVisits = bench(size.limits(), child, PATIENTS, "", "VISIT,VALUE\n11,x\n");
        assertThat(noVisits.run(new Random(1)).counts()).containsEntry("results.unattached", 1L);
        assertThat(noVisits.delivered("results")).containsExactly("{\"VISIT\":\"11\",\"VALUE\":\"x\"}");
    }

    @ParameterizedTest
    @EnumSource
    void tablesWithoutRowsMakeNoRecords(Size size) {
        JoinBench bench = bench(size.limits(), visits(Unmatched.REJECT, 0, null), "MRN,NAME\n", "ID,PATIENT\n");

        assertThat(bench.run(new Random(1)).state()).isEqualTo(JobState.FORWARDING);
        assertThat(bench.delivered("patients")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aColumnThatIsNamedAsAListIsRefused(Size size) {
        assertThat(refusal(
                        size, visits(Unmatched.REPORT, 0, null), "MRN,visits\n1,a\n2,b\n", "ID,PATIENT\n10,1\n11,7\n"))
                .startsWith("COLUMN_CLASH: Table 1 of the feed ");
    }

    @Test
    void aRecordBeyondTheLimitIsRefusedAndNothingIsCutShort() {
        JoinLimits limits = new JoinLimits(0, 600, 2_500, 2_000, 300, 2, 5, 2_000);
        StringBuilder visits = new StringBuilder("ID,PATIENT\n");
        for (int i = 0; i < 60; i++) {
            visits.append(i).append(",2\n");
        }
        Job fits = bench(limits, visits(Unmatched.REJECT, 0, null), PATIENTS, visits.toString())
                .run(new Random(1));
        assertThat(fits.state()).isEqualTo(JobState.FORWARDING);
        for (int i = 60; i < 100; i++) {
            visits.append(i).append(",2\n");
        }
        Job tooLarge = bench(limits, visits(Unmatched.REJECT, 0, null), PATIENTS, visits.toString())
                .run(new Random(1));
        assertThat(tooLarge.state()).isEqualTo(JobState.QUARANTINED);
        assertThat(String.valueOf(tooLarge.failure())).contains("RECORD_TOO_LARGE", "2000 bytes");
    }

    @Test
    void aKeyThatNearlyAllOrphansHaveCostsNoMemory() {
        StringBuilder visits = new StringBuilder("ID,PATIENT\n");
        for (int i = 0; i < 3_000; i++) {
            visits.append(i).append(i % 100 == 0 ? ",2\n" : ",lost\n");
        }
        JoinBench bench = bench(JoinBench.TINY, visits(Unmatched.UNATTACHED, 0, null), PATIENTS, visits.toString());

        Job job = bench.run(new Random(1));

        assertThat(job.counts()).containsEntry("visits.nested", 30L).containsEntry("visits.unattached", 2_970L);
        assertThat(bench.delivered("visits")).hasSize(2_970).doesNotHaveDuplicates();
        bench.bucket.snapshot().forEach((key, bytes) -> {
            if (key.contains("/unattached/")) {
                assertThat(bytes.length).isLessThan(2_500);
            }
        });
    }
}
