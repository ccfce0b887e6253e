package io.intake.processors.join;

import io.intake.bucket.BucketLayout;
import io.intake.processors.join.JoinTree.Node;
import io.intake.processors.join.JoinTree.Step;
import io.intake.processors.join.Phase.Chunk;
import io.intake.processors.join.Phase.Kind;
import io.intake.processors.join.Piece.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Decides what is done next for a join. The same results give the same phase. Pure. */
final class Schedule {
    private final String job;
    private final JoinTree tree;
    private final JoinLimits limits;

    Schedule(String job, JoinTree tree, JoinLimits limits) {
        this.job = job;
        this.tree = tree;
        this.limits = limits;
    }

    /**
     * The first phase.
     *
     * @param firstTask the first number that is free
     * @param sources the stitched tables
     * @param counts their rows
     */
    Phase first(int firstTask, SortedMap<Integer, List<Piece>> sources, SortedMap<String, Long> counts) {
        long all = sources.values().stream().mapToLong(Schedule::bytes).sum();
        if (all <= limits.singleBytes()) {
            int steps = tree.steps().size();
            return new Phase(Kind.NEST, 0, steps, 1, firstTask, 1, 1, 0, sources, new TreeMap<>(), counts);
        }
        return begin(0, firstTask, sources, new TreeMap<>(), counts);
    }

    /** The phase for a step, once those before it are done. */
    private Phase begin(
            int number,
            int firstTask,
            SortedMap<Integer, List<Piece>> sources,
            SortedMap<Integer, List<Piece>> unattached,
            SortedMap<String, Long> counts) {
        if (number == tree.steps().size()) {
            return new Phase(Kind.DONE, number, 0, 1, firstTask, 0, 1, 0, sources, unattached, counts);
        }
        Step step = tree.steps().get(number);
        long bytes = step.nodes().stream()
                .mapToLong(node -> bytes(sources.getOrDefault(node, List.of())))
                .sum();
        int partitions = Math.toIntExact(Math.max(1, Math.ceilDiv(bytes, limits.partitionBytes())));
        if (partitions == 1) {
            return new Phase(Kind.NEST, number, 1, 1, firstTask, 1, 1, 0, sources, unattached, counts);
        }
        Phase survey = new Phase(
                Kind.SURVEY, number, 1, partitions, firstTask, 1, 1, limits.chunkBytes(), sources, unattached, counts);
        int chunks = survey.chunks(step).size();
        return chunks > limits.surveyed()
                ? split(survey, firstTask)
                : tasks(survey, chunks, limits.chunksPerTask() * JoinLimits.SURVEYED_PER_SORTED);
    }

    private Phase split(Phase survey, int firstTask) {
        Phase split = new Phase(
                Kind.SPLIT,
                survey.step(),
                1,
                survey.partitions(),
                firstTask,
                1,
                1,
                survey.chunkBytes(),
                survey.sources(),
                survey.unattached(),
                survey.counts());
        return tasks(split, split.chunks(tree.steps().get(split.step())).size(), limits.chunksPerTask());
    }

    /**
     * After a phase that surveys: nests sorted tables where they stand, or sorts the others by partition.
     *
     * @param surveys of all its tasks
     */
    Phase afterSurvey(Phase survey, List<Survey> surveys) {
        Step step = tree.steps().get(survey.step());
        List<Stretch> stretches = Stretches.of(survey, step, surveys, limits.partitionBytes());
        if (stretches.isEmpty()) {
            return split(survey, survey.end());
        }
        Phase nest = new Phase(
                Kind.NEST,
                survey.step(),
                1,
                stretches.size(),
                survey.end(),
                1,
                1,
                0,
                survey.sources(),
                survey.unattached(),
                survey.counts(),
                stretches);
        return tasks(nest, stretches.size(), 1);
    }

    /** With as many tasks as units of work call for. */
    private Phase tasks(Phase phase, int units, int least) {
        int perTask = Math.max(least, Math.ceilDiv(units, limits.tasks()));
        return new Phase(
                phase.kind(),
                phase.step(),
                phase.steps(),
                phase.partitions(),
                phase.firstTask(),
                Math.ceilDiv(units, perTask),
                perTask,
                phase.chunkBytes(),
                phase.sources(),
                phase.unattached(),
                phase.counts(),
                phase.stretches());
    }

    /** After a phase that splits: nests what it sorted. */
    Phase afterSplit(Phase split) {
        Step step = tree.steps().get(split.step());
        TreeMap<Integer, List<Piece>> sources = new TreeMap<>(split.sources());
        step.nodes().forEach(node -> sources.put(node, new ArrayList<>()));
        for (Chunk chunk : split.chunks(step)) {
            String key = BucketLayout.joinChunk(job, step.number(), chunk.number());
            sources.getOrDefault(chunk.node(), new ArrayList<>()).add(new Piece(key, Form.CHUNK, 0));
        }
        Phase nest = new Phase(
                Kind.NEST,
                split.step(),
                1,
                split.partitions(),
                split.end(),
                1,
                1,
                0,
                sources,
                split.unattached(),
                split.counts());
        return tasks(nest, split.partitions(), 1);
    }

    /**
     * After a phase that nests: the next step.
     *
     * @param results of all its partitions, in order
     */
    Phase afterNest(Phase nest, List<NestResult> results) {
        TreeMap<Integer, List<Piece>> sources = new TreeMap<>(nest.sources());
        TreeMap<Integer, List<Piece>> unattached = new TreeMap<>(nest.unattached());
        Tally tally = new Tally(nest.counts());
        int end = nest.step() + nest.steps();
        for (Step step : tree.steps().subList(nest.step(), end)) {
            List<NestResult> own = results.stream()
                    .filter(each -> each.step() == step.number())
                    .toList();
            own.forEach(each -> tally.addAll(each.counts()));
            step.edges().forEach(edge -> {
                sources.remove(edge.child());
                unattached.put(edge.child(), alone(edge.child(), own));
            });
            sources.put(step.parent(), written(step, own));
        }
        return begin(end, nest.end(), sources, unattached, tally.counts());
    }

    /** Where a step has put its parent's rows. */
    List<Piece> written(Step step, List<NestResult> results) {
        List<Piece> pieces = new ArrayList<>();
        for (NestResult result : results) {
            for (int window = 0; window < result.windows().size(); window++) {
                String key = BucketLayout.joined(job, step.number(), result.partition(), window);
                Form form = tree.isLast(step) ? Form.STITCHED : Form.ROWS;
                pieces.add(new Piece(key, form, result.windows().get(window)));
            }
        }
        return pieces;
    }

    private List<Piece> alone(int node, List<NestResult> results) {
        List<Piece> pieces = new ArrayList<>();
        for (NestResult result : results) {
            List<Long> sizes = result.unattached().getOrDefault(node, List.of());
            for (int window = 0; window < sizes.size(); window++) {
                if (sizes.get(window) > 0) {
                    String key = BucketLayout.unattached(job, node, result.partition(), window);
                    pieces.add(new Piece(key, Form.STITCHED, sizes.get(window)));
                }
            }
        }
        return pieces;
    }

    private static long bytes(List<Piece> pieces) {
        return pieces.stream().mapToLong(Piece::bytes).sum();
    }

    /** The tables that are in the file. */
    List<Node> present() {
        return tree.nodes().stream().filter(node -> node.planned().isPresent()).toList();
    }
}
