package io.intake.processors;

import io.intake.processors.SimulatedHospital.Fate;
import io.intake.processors.SimulatedHospital.Made;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether a simulation came to what was promised; each sentence it gives is a promise that was broken. */
final class SimulatedVerdict {
    private static final Pattern WORD = Pattern.compile("q\\d+x\\d+x\\d+q");

    private final Simulation simulation;
    private final List<String> wrong = new ArrayList<>();
    private final Map<String, byte[]> bucket;

    private SimulatedVerdict(Simulation simulation) {
        this.simulation = simulation;
        this.bucket = simulation.bucket().snapshot();
    }

    /** Empty if all is well. */
    static List<String> of(Simulation simulation, SimulatedHospital hospital) {
        SimulatedVerdict verdict = new SimulatedVerdict(simulation);
        verdict.check(hospital);
        return verdict.wrong;
    }

    private void check(SimulatedHospital hospital) {
        wrong.addAll(simulation.witness().wrong());
        wrong.addAll(simulation.left().stream().map(key -> "left: " + key).toList());
        Map<String, Job> jobs = new HashMap<>();
        bucket.forEach((key, bytes) -> {
            if (key.endsWith("/job.json")) {
                Job job = Json.read(bytes, Job.class);
                if (jobs.put(job.input().etag(), job) != null) {
                    wrong.add("two jobs for one upload");
                }
            }
        });
        TreeSet<String> known = new TreeSet<>();
        for (Made made : hospital.made()) {
            check(made, jobs.get(made.etag()), replaced(made, hospital));
            Job job = jobs.get(made.etag());
            if (job != null) {
                known.add(job.id());
            }
        }
        simulation.engine().jobs().stream()
                .filter(id -> !known.contains(id))
                .forEach(id -> wrong.add("records of an unknown job " + id));
        boolean gaveUp = jobs.values().stream().anyMatch(job -> job.state() == JobState.FAILED);
        simulation.pager().open().stream()
                .filter(key -> key.startsWith("intake/engine/") && !gaveUp)
                .forEach(key -> wrong.add("still open: " + key));
    }

    private static boolean replaced(Made made, SimulatedHospital hospital) {
        List<Made> sameName = hospital.made().stream()
                .filter(each -> each.upload().key().equals(made.upload().key()))
                .toList();
        return !sameName.getLast().equals(made);
    }

    private void check(Made made, Job job, boolean replaced) {
        String who = "upload " + made.upload().number();
        if (!replaced
                && !Arrays.equals(bucket.get(made.upload().key()), made.upload().content())) {
            wrong.add(who + ": the original is not what it was");
        }
        if (job == null) {
            if (!replaced) {
                wrong.add(who + " has no job");
            }
            return;
        }
        if (!job.state().terminal() || !job.settled()) {
            wrong.add(who + " is " + job.state() + (job.settled() ? "" : ", not settled"));
            return;
        }
        checkRows(who, made, job);
        Failure failure = job.failure();
        boolean gone = replaced && failure != null && failure.code().equals("INPUT_REPLACED");
        if (!gone && !job.state().name().equals(made.upload().fate().name())) {
            wrong.add(who + " is " + job.state() + " and not " + made.upload().fate() + ": " + failure
                    + simulation.deaths() + simulation.witness().failures());
        }
        if (failure != null && !simulation.pager().open().contains("intake/job/" + job.id())) {
            wrong.add(who + ": nobody was paged");
        }
        if (!replaced) {
            checkReceipt(who, made, job);
        }
    }

    private void checkRows(String who, Made made, Job job) {
        List<String> words = new ArrayList<>();
        for (String line : simulation.engine().of(job.id())) {
            Matcher matcher = WORD.matcher(line);
            while (matcher.find()) {
                words.add(matcher.group());
            }
        }
        TreeSet<String> distinct = new TreeSet<>(words);
        if (distinct.size() < words.size()) {
            wrong.add(who + ": " + (words.size() - distinct.size()) + " rows came twice");
        }
        TreeSet<String> invented = new TreeSet<>(distinct);
        invented.removeAll(made.upload().words());
        if (!invented.isEmpty()) {
            wrong.add(who + ": rows that it does not have: " + invented);
        }
        TreeSet<String> lost = new TreeSet<>(made.upload().words());
        lost.removeAll(distinct);
        if (job.state() == JobState.DELIVERED && !lost.isEmpty()) {
            wrong.add(who + ": lost " + lost.size() + " rows");
        }
        if (job.state() == JobState.DELIVERED
                && Objects.requireNonNullElse(job.counts().get("rows"), -1L)
                        != made.upload().words().size()) {
            wrong.add(who + ": counted " + job.counts().get("rows") + " rows");
        }
    }

    private void checkReceipt(String who, Made made, Job job) {
        String kind = made.upload().fate() == Fate.DELIVERED && job.failure() == null ? "delivered" : "rejected";
        String key =
                made.upload().key().replace("inbound/st-marys/", "outbound/st-marys/receipts/") + "." + kind + ".json";
        byte[] receipt = bucket.get(key);
        if (receipt == null) {
            wrong.add(who + ": no receipt " + kind);
        } else if (!new String(receipt, StandardCharsets.UTF_8).contains("\"job\" : \"" + job.id() + "\"")) {
            wrong.add(who + ": the receipt " + kind + " is another upload's");
        }
    }
}
