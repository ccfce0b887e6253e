package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.SimulatedHospital.Made;
import io.intake.processors.SimulatedHospital.Upload;
import io.intake.processors.job.Job;
import io.intake.processors.page.PageEvent;
import io.intake.processors.page.PageEvent.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * An engine that is down for an hour at night must cost one call and no file; one bad record must not cost the others. What
 * functions do to each other by waiting and waking is found by running many of them in every order, and by killing them.
 */
class DeliverySimulationTest {
    private static final long HOUR = Duration.ofHours(1).toMillis();

    private static String configuration(boolean ordered, String limits) {
        String yaml = SimulatedHospital.CONFIGURATION.replace("type: http,", "type: http, " + limits);
        return ordered
                ? yaml.replaceFirst("(parallel: 3\\s+deliver: \\{ engine: lab, batch: 9) }", "$1, ordered: true }")
                : yaml;
    }

    private static List<Upload> files(int count, long apart, int rows) {
        List<Upload> uploads = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            uploads.add(SimulatedHospital.archive(number, number * apart, 1, rows));
        }
        return uploads;
    }

    private static List<Job> jobs(Simulation simulation, SimulatedHospital hospital) {
        Map<String, Job> jobs = new HashMap<>();
        simulation.bucket().snapshot().forEach((key, bytes) -> {
            if (key.endsWith("/job.json")) {
                Job job = Json.read(bytes, Job.class);
                jobs.put(job.input().etag(), job);
            }
        });
        return hospital.made().stream()
                .map(Made::etag)
                .map(jobs::get)
                .sorted(Comparator.comparing(job -> job.input().uploadedAt()))
                .toList();
    }

    /** What is wrong with the order in which files came. */
    private static List<String> disorder(Simulation simulation, SimulatedHospital hospital) {
        List<String> wrong = new ArrayList<>();
        int last = 0;
        Job before = null;
        for (Job job : jobs(simulation, hospital)) {
            int[] places = simulation.engine().places(job.id());
            boolean tied = before != null
                    && before.input().uploadedAt().equals(job.input().uploadedAt());
            if (places != null && !tied) {
                if (places[0] < last) {
                    wrong.add("the file of " + job.input().uploadedAt() + " came before an earlier one's end");
                }
                last = Math.max(last, places[1]);
                before = job;
            }
        }
        return wrong;
    }

    private static List<Action> pagesOfTheEngine(Simulation simulation) {
        return simulation.pager().pages().stream()
                .filter(page -> page.dedupKey().startsWith("intake/engine/"))
                .map(PageEvent::action)
                .toList();
    }

    private static void anHourOfSilence(boolean ordered, String limits, int files, int atOnce) {
        SimulatedHospital hospital = new SimulatedHospital(files(files, HOUR * 5 / 6 / files, 12));
        try (Simulation simulation = new Simulation(5, SimulatedFaults.NONE)) {
            simulation.configure(configuration(ordered, limits));
            simulation.engine().down(0, HOUR);
            simulation.engine().slow(Duration.ofMillis(300));
            simulation.run(hospital);
            assertThat(SimulatedVerdict.of(simulation, hospital)).isEmpty();
            assertThat(pagesOfTheEngine(simulation)).containsExactly(Action.TRIGGER, Action.RESOLVE);
            assertThat(simulation.pager().open()).isEmpty();
            assertThat(simulation.engine().knocks()).as("requests in vain").isLessThan(60);
            assertThat(simulation.engine().mostInFlight()).isLessThanOrEqualTo(atOnce);
            assertThat(jobs(simulation, hospital).stream()
                            .mapToLong(job -> simulation.engine().lastAt(job.id()))
                            .max()
                            .orElseThrow())
                    .as("the last record, in milliseconds")
                    .isBetween(
                            HOUR, HOUR + Duration.ofMinutes(ordered ? 40 : 20).toMillis());
            if (ordered) {
                assertThat(disorder(simulation, hospital)).isEmpty();
            }
        }
    }

    @Test
    void anEngineThatIsDeadForAnHourWithTwoHundredFilesIsOnePageAndNothingIsLost() {
        anHourOfSilence(false, "", 200, Integer.MAX_VALUE);
    }

    @Test
    void theFilesOfAnOrderedFeedComeInTheOrderOfTheirUploadsAfterAnHour() {
        anHourOfSilence(true, "", 200, 1);
    }

    @Test
    void afterAnHourNoMoreAreSentAtOnceThanTheEngineAllows() {
        anHourOfSilence(false, "concurrency: 3,", 120, 3);
    }

    @Test
    void anEngineThatWantsLessForTwoHoursIsOnePageAndNothingIsLost() {
        SimulatedHospital hospital = new SimulatedHospital(files(60, HOUR / 60, 12));
        try (Simulation simulation = new Simulation(12, SimulatedFaults.NONE)) {
            simulation.configure(configuration(false, ""));
            simulation.engine().busy(0, 2 * HOUR);
            simulation.run(hospital);
            assertThat(SimulatedVerdict.of(simulation, hospital)).isEmpty();
            assertThat(pagesOfTheEngine(simulation)).containsExactly(Action.TRIGGER, Action.RESOLVE);
            assertThat(simulation.pager().open()).isEmpty();
        }
    }

    @Test
    void anEngineThatWantsLessForTwentyMinutesWakesNobody() {
        SimulatedHospital hospital = new SimulatedHospital(files(10, 1_000, 5));
        try (Simulation simulation = new Simulation(13, SimulatedFaults.NONE)) {
            simulation.configure(configuration(false, ""));
            simulation.engine().busy(0, HOUR / 3);
            simulation.run(hospital);
            assertThat(SimulatedVerdict.of(simulation, hospital)).isEmpty();
            assertThat(pagesOfTheEngine(simulation)).isEmpty();
        }
    }

    @Test
    void anEngineThatIsAwayForAMomentWakesNobody() {
        SimulatedHospital hospital = new SimulatedHospital(files(10, 1_000, 5));
        try (Simulation simulation = new Simulation(6, SimulatedFaults.NONE)) {
            simulation.engine().down(0, 120_000);
            simulation.configure(configuration(false, "page-after: 30m,"));
            simulation.run(hospital);
            assertThat(SimulatedVerdict.of(simulation, hospital)).isEmpty();
            assertThat(pagesOfTheEngine(simulation)).isEmpty();
        }
    }

    @Test
    void neverMoreRequestsThanTheRateInAnyStretchOfItsLength() {
        double best = 0;
        for (long seed = 8; seed <= 10; seed++) {
            List<Long> requests = requestsOfALimitedEngine(seed);
            for (int first = 0; first < requests.size(); first++) {
                long end = requests.get(first) + 60_000;
                assertThat(requests.stream()
                                .skip(first)
                                .takeWhile(at -> at < end)
                                .count())
                        .as("from %d ms on, seed %d", requests.get(first), seed)
                        .isLessThanOrEqualTo(40);
            }
            long took = requests.getLast() - requests.getFirst();
            best = Math.max(best, requests.size() * 60_000.0 / took);
        }
        // In one schedule of five a file is left to the next sweep, and that takes longer
        assertThat(best).as("requests a minute").isGreaterThan(20);
    }

    private static List<Long> requestsOfALimitedEngine(long seed) {
        SimulatedHospital hospital = new SimulatedHospital(files(30, 100, 60));
        try (Simulation simulation = new Simulation(seed, SimulatedFaults.NONE)) {
            simulation.configure(configuration(false, "rate: 40/1m,"));
            simulation.run(hospital);
            assertThat(SimulatedVerdict.of(simulation, hospital)).isEmpty();
            return simulation.engine().requests();
        }
    }

    /** Kills, lost and doubled events, an engine that fails, and records that it refuses; what is wrong, in words. */
    private static List<String> verdict(long seed, SimulatedHunt hunt) {
        RandomGenerator random = new SplittableRandom(seed ^ 0xde11);
        boolean ordered = random.nextBoolean();
        boolean limited = random.nextBoolean();
        // Machines that stand still while they send may send later than they were allowed to: not here
        SimulatedFaults faults = random.nextInt(3) == 0
                ? SimulatedFaults.some(random)
                : new SimulatedFaults(
                        random.nextLong(10, 60) * 60_000,
                        random.nextInt(150),
                        random.nextInt(150),
                        0,
                        0,
                        random.nextInt(100),
                        random.nextInt(300),
                        random.nextInt(1, 6),
                        0,
                        random.nextInt(2_000),
                        random.nextInt(3_000),
                        random.nextInt(1_000),
                        random.nextInt(1_500),
                        false);
        List<Upload> uploads = new ArrayList<>();
        int count = random.nextInt(2, 7);
        long apart = random.nextBoolean() ? 1_500 : 200_000;
        for (int number = 0; number < count; number++) {
            uploads.add(SimulatedHospital.archive(number, number * apart, 1, random.nextInt(1, 60)));
        }
        SimulatedHospital hospital = new SimulatedHospital(uploads);
        SimulatedFaults world = hunt == SimulatedHunt.NONE ? faults : faults.withoutKills();
        try (Simulation simulation = new Simulation(seed, world)) {
            simulation.configure(configuration(ordered, limited ? "concurrency: 2, rate: 100/1m," : ""));
            simulation.hunt(hunt);
            // Each file has a row that can be taken
            int every = random.nextInt(7, 40);
            simulation.engine().refuse(line -> line.matches("(?s).*q\\d+x\\d+x\\d*" + every + "q.*"));
            if (limited && faults.freeze() == 0) {
                simulation.engine().slow(Duration.ofMillis(500));
            }
            simulation.run(hospital);
            List<String> wrong = new ArrayList<>(SimulatedVerdict.of(simulation, hospital));
            if (ordered) {
                wrong.addAll(disorder(simulation, hospital));
            }
            if (limited && faults.freeze() == 0 && simulation.engine().mostInFlight() > 2) {
                wrong.add("sent at once: " + simulation.engine().mostInFlight());
            }
            return wrong;
        } catch (AssertionError | RuntimeException e) {
            return List.of(
                    String.valueOf(e), List.of(e.getStackTrace()).subList(0, 5).toString());
        }
    }

    /** {@code -Dintake.delivery.seed} runs one, {@code -Dintake.delivery.schedules} so many. */
    @Test
    void eachRecordIsDeliveredOrGivenBackInOrderWhateverGoesWrong() {
        Long one = Long.getLong("intake.delivery.seed");
        long from = one == null ? 0 : one;
        long to = one == null ? Long.getLong("intake.delivery.schedules", 200) : one + 1;
        List<String> wrong = new ArrayList<>();
        for (long seed = from; seed < to; seed++) {
            List<String> found = verdict(seed, SimulatedHunt.NONE);
            if (!found.isEmpty()) {
                wrong.add("seed " + seed + ": " + found);
            }
        }
        assertThat(wrong)
                .as("%d of %d schedules; run one with -Dintake.delivery.seed=N", wrong.size(), to - from)
                .isEmpty();
    }

    /**
     * Whoever sends dies, then whoever took over, and the sweep that starts it again: while the engine is down, between a lease's end
     * and its take-over, between an acknowledgement and its checkpoint. {@code -Dintake.hunt.seed} runs one, {@code
     * -Dintake.hunt.schedules} so many.
     */
    @Test
    void eachRecordIsDeliveredThoughWhoeverSendsItIsKilledAgainAndAgain() {
        Long one = Long.getLong("intake.hunt.seed");
        long from = one == null ? 0 : one;
        long to = one == null ? Long.getLong("intake.hunt.schedules", 200) : one + 1;
        List<String> wrong = new ArrayList<>();
        int kills = 0;
        int hunted = 0;
        int sweeps = 0;
        int waiting = 0;
        for (long seed = from; seed < to; seed++) {
            RandomGenerator random = new SplittableRandom(seed ^ 0x4a7);
            SimulatedHunt hunt = new SimulatedHunt(
                    random.nextInt(3) == 0 ? Set.of("forward") : Set.of("forward", "sweep"),
                    random.nextInt(4, 40),
                    random.nextInt(100, 900));
            List<String> found = verdict(seed, hunt);
            if (!found.isEmpty()) {
                wrong.add("seed " + seed + ": " + found);
            }
            kills += hunt.all();
            hunted += hunt.mostOfOneTask() >= 3 ? 1 : 0;
            sweeps += hunt.sweeps();
            waiting += hunt.whileWaiting();
        }
        assertThat(wrong)
                .as("%d of %d schedules; run one with -Dintake.hunt.seed=N", wrong.size(), to - from)
                .isEmpty();
        if (one == null) {
            assertThat(kills).as("kills").isGreaterThan((int) (to - from) * 4);
            assertThat(hunted)
                    .as("schedules with a task that was killed three times")
                    .isGreaterThan((int) (to - from) / 3);
            assertThat(sweeps).as("sweeps killed").isGreaterThan((int) (to - from) / 4);
            assertThat(waiting).as("kills of whoever waits for the engine").isGreaterThan((int) (to - from) / 20);
        }
    }
}
