package io.intake.config;

import io.intake.config.Join.Child;
import io.intake.config.Join.On;
import io.intake.config.Join.Unmatched;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/** Reads a feed's {@code stitch}. To be made anew for each feed. Not thread-safe. */
final class JoinReader {
    private static final Set<String> CHILD =
            Set.of("table", "on", "as", "orphan", "null-key", "at-least", "at-most", "children");
    private static final int MOST_CHILDREN = 1_000_000;

    private final JoinColumns columns;
    private final Map<String, Integer> lines = new HashMap<>();

    /** @param columns of the feed's tables */
    JoinReader(JoinColumns columns) {
        this.columns = columns;
    }

    Optional<Join> read(Node node, String key, Problems problems) {
        return Fields.of(node, "'stitch'", Set.of("root", "children", "emit"), problems)
                .map(fields -> {
                    String root = fields.required("root", this::table).orElse("");
                    fields.optional("emit", Scalars::text)
                            .filter(emit -> !emit.equals(root))
                            .ifPresent(other -> {
                                problems.add(
                                        fields.node("emit").orElse(node), "'emit' must be the table that 'root' names");
                            });
                    List<Child> children =
                            fields.required("children", children(root)).orElse(List.of());
                    return new Join(root, children);
                });
    }

    /** A table that is named here for the first time: a table that is nested twice, or in itself, is a mistake. */
    private Optional<String> table(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).filter(name -> {
            if (!columns.knows(name)) {
                String near = NearestWord.of(name, columns.tables())
                        .map(word -> "; did you mean '" + word + "'?")
                        .orElse("");
                problems.add(node, "'" + key + "' must be one of 'tables'" + near);
                return false;
            }
            Integer first = lines.putIfAbsent(name, Problems.line(node));
            if (first != null) {
                problems.add(node, "this table is in 'stitch' twice, first in line " + first);
            }
            return first == null;
        });
    }

    private Reader<List<Child>> children(String parent) {
        return (node, key, problems) -> {
            List<Node> nodes = new ArrayList<>();
            Reader<Child> child = (each, name, found) -> {
                Optional<Child> read = child(each, parent, found);
                read.ifPresent(present -> nodes.add(each));
                return read;
            };
            Optional<List<Child>> children = Lists.notEmpty(child).read(node, key, problems);
            children.ifPresent(all -> names(all, nodes, parent, problems));
            return children;
        };
    }

    /** The lists' names, once all columns of the parent that 'on' names are known. */
    private void names(List<Child> children, List<Node> nodes, String parent, Problems problems) {
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < children.size(); i++) {
            String as = children.get(i).as();
            if (!taken.add(JoinColumns.fold(as)) && !as.isEmpty()) {
                problems.add(nodes.get(i), "'as' names a list that the parent has already; give it another name");
            }
            if (columns.has(parent, as)) {
                problems.add(nodes.get(i), "'as' names a column of the parent; give the list another name");
            }
        }
    }

    private Optional<Child> child(Node node, String parent, Problems problems) {
        return Fields.of(node, "a child", CHILD, problems).map(fields -> {
            String table = fields.required("table", this::table).orElse("");
            List<On> on = fields.required("on", (value, key, found) -> on(value, parent, table, found))
                    .orElse(List.of());
            int atLeast = fields.optional("at-least", Scalars.integer(0, MOST_CHILDREN))
                    .orElse(0);
            @Nullable
            Integer atMost = fields.optional("at-most", Scalars.integer(1, MOST_CHILDREN))
                    .orElse(null);
            if (atMost != null && atMost < atLeast) {
                problems.add(fields.node("at-most").orElse(node), "'at-most' must not be less than 'at-least'");
            }
            return new Child(
                    table,
                    on,
                    fields.optional("as", Scalars::text).orElse(table),
                    fields.optional("orphan", JoinReader::unmatched).orElse(Unmatched.REJECT),
                    fields.optional("null-key", JoinReader::unmatched).orElse(Unmatched.REJECT),
                    atLeast,
                    atMost,
                    fields.optional("children", children(table)).orElse(List.of()));
        });
    }

    private Optional<List<On>> on(Node node, String parent, String table, Problems problems) {
        return Fields.entries(node, "'on'", problems).map(entries -> {
            List<On> pairs = new ArrayList<>();
            Set<String> parents = new HashSet<>();
            Set<String> own = new HashSet<>();
            for (Map.Entry<String, NodeTuple> entry : entries.entrySet()) {
                Node value = entry.getValue().getValueNode();
                Optional<String> child = Scalars.text(value, "on", problems);
                if (child.isPresent()) {
                    On pair = new On(
                            columns.use(parent, entry.getKey(), entry.getValue().getKeyNode(), problems),
                            columns.use(table, child.get(), value, problems));
                    if (!parents.add(pair.parent()) || !own.add(pair.child())) {
                        problems.add(value, "'on' names a column twice");
                    }
                    pairs.add(pair);
                }
            }
            if (entries.isEmpty()) {
                problems.add(node, "'on' must name at least one column of the parent and the child's that equals it");
            }
            pairs.sort(Comparator.comparing(On::parent));
            return pairs;
        });
    }

    private static Optional<Unmatched> unmatched(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).flatMap(id -> {
            Optional<Unmatched> policy = Unmatched.of(id);
            if (policy.isEmpty()) {
                problems.add(node, "'" + key + "' must be one of reject, report, unattached");
            }
            return policy;
        });
    }
}
