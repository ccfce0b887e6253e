package io.intake.processors.stitch;

import io.intake.config.Quality;
import io.intake.config.Quality.BadRows;
import io.intake.config.Table.Column;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.Plan.TablePlan;
import io.intake.processors.quality.RowChecks;
import io.intake.processors.quality.RowProblem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides for each row of a table whether it is taken, rejected, or a reason to refuse the file. Not thread-safe. */
final class RowJudge {
    private static final List<RowProblem> RAGGED = List.of(new RowProblem("", 0, RowProblem.RAGGED_ROW));

    private final TablePlan table;
    private final List<Plan.Entry> files;
    private final RejectedRows rejects;
    private final boolean rejecting;
    private @Nullable EntryReader reader;
    private @Nullable RowChecks checks;
    private int number;

    /** @param files the archive's, by number; may lack some */
    RowJudge(TablePlan table, List<Plan.Entry> files, RejectedRows rejects) {
        this.table = table;
        this.files = files;
        this.rejects = rejects;
        this.rejecting = table.quality().badRows() == BadRows.REJECT;
    }

    /** Whether rows of a table must be looked at one by one. */
    static boolean looksAtRows(TablePlan table) {
        return !table.quality().equals(Quality.DEFAULT)
                || table.columns().stream().map(Column::rule).anyMatch(rule -> rule != null);
    }

    /** Says which file is read from here on, by its number from 0. */
    void reads(EntryReader open, int file) {
        if (open == reader) {
            return;
        }
        reader = open;
        number = file;
        RowChecks made = new RowChecks(table.columns(), open.names());
        checks = made.isEmpty() ? null : made;
        if (rejecting) {
            open.tolerateRagged();
        }
    }

    /**
     * Whether the row is taken; if not, it is with the rejected ones.
     *
     * @throws io.intake.processors.job.RefusedException if the feed has no bad rows rejected one by one
     */
    boolean accepts(EntryReader row) {
        if (row.ragged()) {
            reject(row, RAGGED, null);
            return false;
        }
        RowChecks own = checks;
        List<RowProblem> problems = own == null ? List.of() : own.check(row::value);
        if (problems.isEmpty()) {
            return true;
        }
        if (!rejecting) {
            throw StitchFailures.badRow(number + 1, row.rows(), problems.getFirst());
        }
        reject(row, problems, row.names());
        return false;
    }

    private void reject(EntryReader row, List<RowProblem> problems, @Nullable List<String> names) {
        String name = number < files.size() ? files.get(number).name() : null;
        int width = names == null ? row.width() : names.size();
        rejects.add(number + 1, name, row.rows(), problems, names, width, row::value);
    }
}
