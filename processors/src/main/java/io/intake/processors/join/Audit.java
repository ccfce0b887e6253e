package io.intake.processors.join;

import io.intake.config.Join.Child;
import io.intake.config.Join.Unmatched;
import io.intake.processors.job.Failure;
import io.intake.processors.join.JoinTree.Edge;
import io.intake.processors.join.JoinTree.Step;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether the rows of some steps may be what the feed says, and all of them are accounted for. Pure. */
final class Audit {
    private final JoinTree tree;
    private final Tally tally;

    Audit(JoinTree tree, Tally tally) {
        this.tree = tree;
        this.tally = tally;
    }

    /** The first thing that is wrong with a step. */
    Optional<Failure> check(Step step) {
        int parent = tree.node(step.parent()).position();
        long duplicates = tally.get(step.number(), Tally.DUPLICATES);
        if (duplicates > 0) {
            return Optional.of(JoinFailures.duplicateKeys(parent, duplicates));
        }
        Stream<Failure> wrong = step.edges().stream().flatMap(edge -> rules(edge, parent).stream());
        Stream<Failure> lost =
                Stream.concat(parents(step).stream(), step.edges().stream().flatMap(edge -> children(edge).stream()));
        return Stream.concat(wrong, lost).findFirst();
    }

    private Optional<Failure> rules(Edge edge, int parent) {
        Child rule = edge.rule();
        int child = edge.child();
        int table = tree.node(child).position();
        long blank = tally.get(child, Tally.BLANK);
        if (blank > 0 && rule.nullKey() == Unmatched.REJECT) {
            return Optional.of(JoinFailures.blankKeys(table, blank));
        }
        long orphans = tally.get(child, Tally.ORPHANS);
        if (orphans > 0 && rule.orphan() == Unmatched.REJECT) {
            return Optional.of(JoinFailures.orphans(table, parent, orphans));
        }
        long tooMany = tally.get(child, Tally.TOO_MANY);
        Integer most = rule.atMost();
        if (most != null && tooMany > 0) {
            return Optional.of(JoinFailures.tooMany(table, parent, tooMany, most));
        }
        long tooFew = tally.get(child, Tally.TOO_FEW);
        return tooFew > 0 ? Optional.of(JoinFailures.tooFew(table, parent, tooFew, rule.atLeast())) : Optional.empty();
    }

    private Optional<Failure> parents(Step step) {
        long rows = tally.get(step.parent(), Tally.ROWS);
        long read = tally.get(step.number(), Tally.PARENTS);
        long written = tally.get(step.number(), Tally.WRITTEN);
        return differ(step.parent(), rows, rows == read ? written : read);
    }

    private Optional<Failure> children(Edge edge) {
        int child = edge.child();
        long rows = tally.get(child, Tally.ROWS);
        long alone = (edge.rule().orphan() == Unmatched.UNATTACHED ? tally.get(child, Tally.ORPHANS) : 0)
                + (edge.rule().nullKey() == Unmatched.UNATTACHED ? tally.get(child, Tally.BLANK) : 0);
        long delivered = tally.get(child, Tally.UNATTACHED);
        if (alone != delivered) {
            return differ(child, rows, rows - alone + delivered);
        }
        long left = (edge.rule().orphan() == Unmatched.REPORT ? tally.get(child, Tally.ORPHANS) : 0)
                + (edge.rule().nullKey() == Unmatched.REPORT ? tally.get(child, Tally.BLANK) : 0);
        long reported = tally.get(child, Tally.REPORTED);
        if (left != reported) {
            return differ(child, rows, rows - left + reported);
        }
        long accounted =
                tally.get(child, Tally.ATTACHED) + tally.get(child, Tally.BLANK) + tally.get(child, Tally.ORPHANS);
        return differ(child, rows, accounted);
    }

    private Optional<Failure> differ(int node, long rows, long accounted) {
        return rows == accounted
                ? Optional.empty()
                : Optional.of(JoinFailures.countsDiffer(tree.node(node).position(), rows, accounted));
    }
}
