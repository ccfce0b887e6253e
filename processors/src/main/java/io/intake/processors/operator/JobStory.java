package io.intake.processors.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.forward.Acknowledged;
import io.intake.processors.forward.DeliveryLog;
import io.intake.processors.hold.Decision;
import io.intake.processors.job.Job;
import io.intake.processors.task.Checkpoint;
import io.intake.processors.task.TaskStore;
import io.intake.processors.task.TaskStore.TaskKey;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What lies around a job's record: its tasks with their checkpoints, decisions, and what engines took. Not thread-safe. */
final class JobStory {
    /** As many of each kind as a terminal shows; the rest is counted. */
    private static final int MOST = 20;

    /** Under a job's folder: what was acknowledged. */
    private static final String DELIVERIES = "/deliveries/";

    private final Session session;
    private final Records records;

    JobStory(Session session) {
        this.session = session;
        this.records = session.records();
    }

    /**
     * A task that was claimed or is open.
     *
     * @param stage its stage's name
     * @param number within the stage
     * @param open whether it is still to do
     * @param rounds how often it was started; 0 if it is done
     * @param claims how often an invocation took it
     * @param attempts claims since it got on last
     * @param faults runs since then that ended because the store was out of reach
     * @param leaseUntil until when an invocation has it
     * @param notBefore when it is tried again; null if it waits for nothing
     */
    record TaskLine(
            String stage,
            int number,
            boolean open,
            int rounds,
            int claims,
            int attempts,
            int faults,
            @Nullable Instant leaseUntil,
            @Nullable Instant notBefore) {}

    /**
     * What was found.
     *
     * @param tasks at most {@value #MOST} that are open, and those that send
     * @param done how many are done, all stages together
     * @param decisions of operators
     * @param deliveries objects of the delivery log, the last {@value #MOST}
     * @param acknowledged all that engines acknowledged, in order
     */
    record Told(
            List<TaskLine> tasks,
            int done,
            List<Decision> decisions,
            List<JsonNode> deliveries,
            List<Acknowledged> acknowledged) {
        Told {
            acknowledged = List.copyOf(acknowledged);
            tasks = List.copyOf(tasks);
            decisions = List.copyOf(decisions);
            deliveries = List.copyOf(deliveries);
        }

        void print(PrintWriter out, Instant now) {
            if (!tasks.isEmpty()) {
                out.println();
                List<List<String>> rows = new ArrayList<>();
                rows.add(List.of("TASK", "", "STARTED", "CLAIMED", "TRIES", "FAULTS", "NEXT"));
                tasks.forEach(task -> rows.add(row(task, now)));
                Texts.table(out, rows);
            }
            for (Decision decision : decisions) {
                out.println();
                out.println(
                        "decision: " + decision.action() + " by " + decision.by() + " at " + Texts.time(decision.at()));
            }
            if (!acknowledged.isEmpty()) {
                out.println();
                log(out);
            }
        }

        /** The last of what engines acknowledged: records are counted from 1, tables as the manifest and the counts have them. */
        private void log(PrintWriter out) {
            int before = Math.max(0, acknowledged.size() - MOST);
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("DELIVERY", "AT", "BATCH", "TABLE", "RECORDS", "TRIES", "REFERENCE"));
            for (Acknowledged each : acknowledged.subList(before, acknowledged.size())) {
                String reference = each.reference();
                rows.add(List.of(
                        Texts.number(each.number()),
                        Texts.time(each.at()),
                        Texts.number(each.batch()),
                        Texts.number(each.object() + 1L),
                        Texts.number(each.first() + 1) + " to " + Texts.number(each.first() + each.records()),
                        Texts.number(each.attempts()),
                        reference == null ? "" : reference));
            }
            Texts.table(out, rows);
            if (before > 0) {
                out.println("and " + Texts.number(before) + " before these: --json has all");
            }
        }

        private static List<String> row(TaskLine task, Instant now) {
            Instant later = task.notBefore();
            Instant lease = task.leaseUntil();
            String next = !task.open()
                    ? "done"
                    : later != null && later.isAfter(now)
                            ? "not before " + Texts.time(later)
                            : lease != null && lease.isAfter(now) ? "at work, or until " + Texts.time(lease) : "due";
            return List.of(
                    task.stage() + " " + task.number(),
                    task.open() ? "open" : "done",
                    Integer.toString(task.rounds()),
                    Integer.toString(task.claims()),
                    Integer.toString(task.attempts()),
                    Integer.toString(task.faults()),
                    next);
        }
    }

    Told tell(Job job) {
        List<TaskLine> lines = new ArrayList<>();
        TaskStore tasks = new TaskStore(session.store(), records);
        int done = 0;
        for (Stage stage : List.of(Stage.UNZIP, Stage.STITCH, Stage.FORWARD)) {
            TreeSet<Integer> open = new TreeSet<>(tasks.open(stage, job.id()));
            if (stage == Stage.FORWARD) {
                open.add(1);
            }
            open.stream()
                    .limit(MOST)
                    .flatMap(number -> line(tasks, stage, job.id(), number).stream())
                    .forEach(lines::add);
            done += keys(BucketLayout.donePrefix(stage, job.id())).size();
        }
        List<Decision> decisions = new ArrayList<>();
        for (ObjectInfo object : keys(BucketLayout.JOBS + job.id() + "/decisions/")) {
            records.find(object.key(), Decision.class).map(Versioned::value).ifPresent(decisions::add);
        }
        return new Told(
                lines, done, decisions, deliveries(job.id()), new DeliveryLog(session.store(), records).read(job.id()));
    }

    private List<JsonNode> deliveries(String job) {
        List<ObjectInfo> objects = keys(BucketLayout.JOBS + job + DELIVERIES);
        List<JsonNode> deliveries = new ArrayList<>();
        for (ObjectInfo object : objects.subList(Math.max(0, objects.size() - MOST), objects.size())) {
            records.find(object.key(), JsonNode.class).map(Versioned::value).ifPresent(deliveries::add);
        }
        return deliveries;
    }

    private Optional<TaskLine> line(TaskStore tasks, Stage stage, String job, int number) {
        var task = tasks.find(new TaskKey(stage, job, number));
        Optional<Checkpoint> checkpoint = records.find(BucketLayout.checkpoint(stage, job, number), Checkpoint.class)
                .map(Versioned::value);
        if (task.isEmpty() && checkpoint.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new TaskLine(
                stage.id(),
                number,
                task.isPresent(),
                task.map(found -> found.round()).orElse(0),
                checkpoint.map(Checkpoint::generation).orElse(0),
                checkpoint.map(Checkpoint::attempts).orElse(0),
                checkpoint.map(Checkpoint::faults).orElse(0),
                checkpoint.map(Checkpoint::leaseUntil).orElse(null),
                checkpoint.map(Checkpoint::notBefore).orElse(null)));
    }

    private List<ObjectInfo> keys(String prefix) {
        List<ObjectInfo> keys = new ArrayList<>();
        ListRequest.under(prefix).each(session.store(), keys::add);
        return keys;
    }
}
