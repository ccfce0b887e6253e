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
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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
        Map<String, TreeSet<String>> allWords = new HashMap<>();
        TreeSet<String> known = new TreeSet<>();
        for (Made made : hospital.made()) {
            check(made, jobs.get(made.etag()), replaced(made, hospital));
            Job job = jobs.get(made.etag());
            if (job != null) {
                known.add(recordsOf(job));
                allWords.computeIfAbsent(recordsOf(job), id -> new TreeSet<>())
                        .addAll(made.upload().words());
            }
        }
        jobs.values().stream().filter(Job::isSet).forEach(set -> {
            TreeSet<String> invented = new TreeSet<>(words(set.id()));
            invented.removeAll(allWords.getOrDefault(set.id(), new TreeSet<>()));
            if (!invented.isEmpty() || !set.state().terminal() || !set.settled()) {
                wrong.add("set " + set.id() + " is " + set.state() + " and has rows of nobody: " + invented);
            }
        });
        simulation.engine().jobs().stream()
                .filter(id -> !known.contains(id))
                .forEach(id -> wrong.add("records of an unknown job " + id));
        simulation.pager().open().stream()
                .filter(key -> key.startsWith("intake/engine/"))
                .forEach(key -> wrong.add("still open: " + key));
    }

    private static boolean replaced(Made made, SimulatedHospital hospital) {
        List<Made> sameName = hospital.made().stream()
                .filter(each -> each.upload().key().equals(made.upload().key()))
                .toList();
        return !sameName.getLast().equals(made);
    }

    private void check(Made made, @Nullable Job job, boolean replaced) {
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
        String code = failure == null ? "" : failure.code();
        boolean gone = (replaced
                        && Set.of("INPUT_REPLACED", "REPLACED_IN_SET", "SUPERSEDED")
                                .contains(code))
                || (job.isMember() && code.equals("LATE_FOR_SET"))
                || tooEarly(made, job);
        if (!gone && !job.state().name().equals(made.upload().fate().name())) {
            wrong.add(who + " is " + job.state() + " and not " + made.upload().fate() + ": " + failure
                    + simulation.deaths() + simulation.witness().failures());
        }
        if (failure != null
                && job.state() != JobState.SKIPPED
                && simulation.pager().pages().stream()
                        .noneMatch(page -> page.dedupKey()
                                .startsWith("intake/job/%s/%s/%s/"
                                        .formatted(job.partner(), job.feedId(), failure.code())))) {
            wrong.add(who + ": nobody was paged");
        }
        if (!replaced) {
            checkReceipt(who, made, job);
        }
    }

    /** The job whose records hold a file's rows. */
    private static String recordsOf(Job job) {
        Job.Collected collected = job.collected();
        return collected == null || collected.set() == null ? job.id() : collected.set();
    }

    private List<String> words(String job) {
        List<String> words = new ArrayList<>();
        for (String line : simulation.engine().of(job)) {
            Matcher matcher = WORD.matcher(line);
            while (matcher.find()) {
                words.add(matcher.group());
            }
        }
        return words;
    }

    private void checkRows(String who, Made made, Job job) {
        List<String> words = new ArrayList<>(words(recordsOf(job)));
        if (job.isMember()) {
            words.retainAll(made.upload().words());
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
        List<String> refused = refused(job);
        if (!lost.containsAll(refused) || new TreeSet<>(refused).size() < refused.size()) {
            wrong.add(who + ": rows that came are said to have been refused, or twice");
        }
        if (job.state() == JobState.DELIVERED
                && Objects.requireNonNullElse(job.counts().get("refused"), 0L) != refused.size()) {
            wrong.add(who + ": counted " + job.counts().get("refused") + " refused rows of " + refused.size());
        }
        lost.removeAll(refused);
        if (job.state() == JobState.DELIVERED && !lost.isEmpty()) {
            wrong.add(who + ": lost " + lost.size() + " rows");
        }
        if (job.state() == JobState.DELIVERED
                && !job.isMember()
                && Objects.requireNonNullElse(job.counts().get("rows"), -1L)
                        != made.upload().words().size()) {
            wrong.add(who + ": counted " + job.counts().get("rows") + " rows");
        }
    }

    /** The words of the records that the partner was told the engine refused. */
    private List<String> refused(Job job) {
        List<String> words = new ArrayList<>();
        bucket.forEach((key, bytes) -> {
            if (key.startsWith("outbound/") && key.endsWith(job.id() + ".refused.ndjson")) {
                Matcher matcher = WORD.matcher(new String(bytes, StandardCharsets.UTF_8));
                while (matcher.find()) {
                    words.add(matcher.group());
                }
            }
        });
        return words;
    }

    /** By clocks that are minutes apart, two minutes of rest can be none. */
    private boolean tooEarly(Made made, Job job) {
        return simulation.faults().skewed()
                && job.feedId().equals("ready-stable")
                && made.upload().fate() == Fate.SKIPPED;
    }

    private void checkReceipt(String who, Made made, Job job) {
        String kind = made.upload().fate() == Fate.SKIPPED
                ? "skipped"
                : made.upload().fate() == Fate.DELIVERED && job.failure() == null ? "delivered" : "rejected";
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
