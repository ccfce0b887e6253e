package io.intake.processors.nest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Tasks that are open at the same time; kept at {@code jobs/{job}/nested/round-{number}.json} and never changed. The archives of a
 * level are planned in one round and, where a plan has segments, extracted in the next.
 *
 * @param number from 0
 * @param first the number of its first task
 * @param tasks in order of their numbers
 * @param nodes all archives that were found so far, by number
 */
record Round(int number, int first, List<Work> tasks, List<Node> nodes) {
    static final Round UPLOAD = new Round(0, 0, List.of(new Work(0, 0)), List.of(Node.UPLOAD));

    Round {
        tasks = List.copyOf(tasks);
        nodes = List.copyOf(nodes);
    }

    /**
     * What a task does.
     *
     * @param node the archive
     * @param segment of its plan, from 1; 0 to make the plan
     */
    record Work(int node, int segment) {}

    /** Behind its last task. */
    int end() {
        return first + tasks.size();
    }

    boolean has(int task) {
        return task >= first && task < end();
    }

    /** Whether its tasks make plans. */
    boolean plans() {
        return tasks.getFirst().segment() == 0;
    }

    /** The archives that its tasks are about, each once. */
    List<Node> worked() {
        return tasks.stream().map(work -> nodes.get(work.node())).distinct().toList();
    }

    /** The archives of the level that is worked on. */
    List<Node> level() {
        int depth = nodes.getLast().depth();
        return nodes.stream().filter(node -> node.depth() == depth).toList();
    }

    /**
     * The round that extracts what was planned in this one; without tasks if there is nothing left to extract.
     *
     * @param segments how many the plan of each archive of the level has, by number
     */
    Round extracting(Map<Integer, Integer> segments) {
        List<Work> next = new ArrayList<>();
        for (Node node : level()) {
            for (int segment = 1; segment <= segments.getOrDefault(node.number(), 0); segment++) {
                next.add(new Work(node.number(), segment));
            }
        }
        return new Round(number + 1, end(), next, nodes);
    }

    /**
     * The round that plans the archives found in those of this level; without tasks if there are none.
     *
     * @param found which entries of an archive are archives, by its number
     */
    Round below(Map<Integer, List<Integer>> found) {
        List<Work> next = new ArrayList<>();
        List<Node> all = new ArrayList<>(nodes);
        for (Node node : level()) {
            for (int entry : found.getOrDefault(node.number(), List.of())) {
                next.add(new Work(all.size(), 0));
                all.add(new Node(all.size(), node.number(), entry, node.depth() + 1));
            }
        }
        return new Round(number + 1, end(), next, all);
    }
}
