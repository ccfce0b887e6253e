package io.intake.processors.join;

import io.intake.config.Feed;
import io.intake.config.Join;
import io.intake.config.Join.Child;
import io.intake.config.Join.Unmatched;
import io.intake.config.Table;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.Plan.TablePlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The tables of a join and the steps that nest them, leaves first. Pure.
 *
 * @param nodes the tables; the root is the first, and those below a table follow it at once
 * @param steps in the order of work; the last makes the records
 */
record JoinTree(List<Node> nodes, List<Step> steps) {
    JoinTree {
        nodes = List.copyOf(nodes);
        steps = List.copyOf(steps);
    }

    /**
     * A table.
     *
     * @param number its place in the tree
     * @param name in the feed
     * @param position in the feed, from 1
     * @param planned its number in the plan; empty where the file has no such table
     * @param below how many tables are below it
     */
    record Node(int number, String name, int position, OptionalInt planned, int below) {}

    /**
     * Nests some tables in another: those that are joined by the same columns of it.
     *
     * @param number in the order of work, from 0
     * @param parent the table that takes
     * @param columns of the parent, which make its key
     * @param edges the tables that are taken
     */
    record Step(int number, int parent, List<String> columns, List<Edge> edges) {
        Step {
            columns = List.copyOf(columns);
            edges = List.copyOf(edges);
        }

        /** The parent and the children, by number. */
        List<Integer> nodes() {
            List<Integer> nodes = new ArrayList<>(List.of(parent));
            edges.forEach(edge -> nodes.add(edge.child()));
            return nodes;
        }

        /** The columns of one of its tables that make the key. */
        List<String> columns(int node) {
            return edges.stream()
                    .filter(edge -> edge.child() == node)
                    .map(edge -> edge.rule().columns())
                    .findFirst()
                    .orElse(columns);
        }
    }

    /**
     * A table that is nested in another.
     *
     * @param child by number
     * @param rule what the feed says of it
     */
    record Edge(int child, Child rule) {
        /** Whether some of its rows may have to be delivered by themselves. */
        boolean delivers() {
            return rule.orphan() == Unmatched.UNATTACHED || rule.nullKey() == Unmatched.UNATTACHED;
        }
    }

    /** The tree of a feed that has one, for a plan by that feed. */
    static JoinTree of(Feed feed, Plan plan) {
        Join join = feed.stitch();
        if (join == null) {
            throw new IllegalStateException("feed " + feed.id() + " joins nothing");
        }
        return new Builder(feed, plan).build(join);
    }

    Node node(int number) {
        return nodes.get(number);
    }

    boolean isLast(Step step) {
        return step.number() == steps.size() - 1;
    }

    private static final class Builder {
        private final List<String> names;
        private final Map<String, Integer> planned = new LinkedHashMap<>();
        private final List<Node> nodes = new ArrayList<>();
        private final List<Step> steps = new ArrayList<>();

        Builder(Feed feed, Plan plan) {
            names = feed.tables().stream().map(Table::name).toList();
            for (TablePlan table : plan.tables()) {
                planned.put(table.name(), table.number());
            }
        }

        JoinTree build(Join join) {
            add(join.root(), join.children());
            return new JoinTree(nodes, steps);
        }

        private int add(String table, List<Child> children) {
            int number = nodes.size();
            Integer plan = planned.get(table);
            OptionalInt place = plan == null ? OptionalInt.empty() : OptionalInt.of(plan);
            nodes.add(new Node(number, table, names.indexOf(table) + 1, place, 0));
            Map<List<String>, List<Edge>> byKey = new LinkedHashMap<>();
            for (Child child : children) {
                int childNumber = add(child.table(), child.children());
                byKey.computeIfAbsent(child.parentColumns(), columns -> new ArrayList<>())
                        .add(new Edge(childNumber, child));
            }
            Node bare = nodes.get(number);
            nodes.set(number, new Node(number, table, bare.position(), place, nodes.size() - number - 1));
            byKey.forEach((columns, edges) -> steps.add(new Step(steps.size(), number, columns, edges)));
            return number;
        }
    }
}
