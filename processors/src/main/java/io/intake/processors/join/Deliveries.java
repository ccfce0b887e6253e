package io.intake.processors.join;

import io.intake.bucket.BucketLayout;
import io.intake.config.Feed;
import io.intake.processors.Records;
import io.intake.processors.job.Job;
import io.intake.processors.join.JoinTree.Node;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.Plan.TablePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Which objects are delivered, in order: each table's own, or, where tables are joined, the records in the root's place and
 * in a child's place those of its rows that are delivered by themselves; or each file as it is. It never changes once the job is stitched.
 * Thread-safe.
 */
public final class Deliveries {
    private final Phases phases;
    private final AtomicReference<@Nullable Kept> last = new AtomicReference<>();

    private record Kept(String job, List<Delivery> deliveries) {}

    public Deliveries(Records records) {
        this.phases = new Phases(records);
    }

    /**
     * An object to deliver.
     *
     * @param table as the engine gets it; of a file that is delivered as it is, the file's name
     * @param key of the object: lines of JSON, or the file
     */
    public record Delivery(String table, String key) {}

    /** What is delivered of a job that is stitched. */
    public List<Delivery> of(Job job, Plan plan) {
        if (job.requireFeed().files() != null) {
            return plan.entries().stream()
                    .map(file -> new Delivery(file.name(), BucketLayout.entry(job.dataId(), file.number())))
                    .toList();
        }
        if (job.requireFeed().stitch() == null) {
            return plan.tables().stream()
                    .map(table -> new Delivery(table.name(), BucketLayout.stitched(job.dataId(), table.number())))
                    .toList();
        }
        Kept kept = last.get();
        if (kept == null || !kept.job().equals(job.id())) {
            kept = new Kept(job.id(), joined(job, plan));
            last.set(kept);
        }
        return kept.deliveries();
    }

    /** How many records there are to deliver of a job whose rows are counted. */
    public static long expected(Job job, Plan plan) {
        Feed feed = job.requireFeed();
        if (feed.files() != null) {
            // Files that were delivered as messages are counted by them
            return job.counts().getOrDefault("messages", (long) plan.entries().size());
        }
        SortedMap<String, Long> counts = job.counts();
        if (feed.stitch() == null) {
            return counts.getOrDefault("rows", 0L);
        }
        long expected = counts.getOrDefault("records", 0L);
        for (var table : job.tables().entrySet()) {
            boolean root = table.getKey().equals(feed.stitch().root());
            boolean nested = counts.containsKey(table.getKey() + ".nested");
            expected += root ? 0 : nested ? counts.getOrDefault(table.getKey() + ".unattached", 0L) : table.getValue();
        }
        return expected;
    }

    private List<Delivery> joined(Job job, Plan plan) {
        Phase result = phases.result(job.dataId());
        JoinTree tree = JoinTree.of(job.requireFeed(), plan);
        List<Delivery> deliveries = new ArrayList<>();
        for (TablePlan table : plan.tables()) {
            List<String> keys = tree.nodes().stream()
                    .filter(node -> node.name().equals(table.name()))
                    .findFirst()
                    .map(node -> keys(node, result))
                    .orElse(List.of(BucketLayout.stitched(job.dataId(), table.number())));
            keys.forEach(key -> deliveries.add(new Delivery(table.name(), key)));
        }
        return List.copyOf(deliveries);
    }

    private static List<String> keys(Node node, Phase result) {
        List<Piece> pieces =
                node.number() == 0 ? result.pieces(0) : result.unattached().getOrDefault(node.number(), List.of());
        return pieces.stream().map(Piece::key).toList();
    }
}
