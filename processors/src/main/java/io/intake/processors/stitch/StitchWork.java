package io.intake.processors.stitch;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.processors.Json;
import io.intake.processors.job.Job;
import io.intake.processors.job.RefusedException;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.Plan.TablePlan;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.stitch.StitchCursor.Open;
import io.intake.processors.stitch.StitchCursor.Phase;
import io.intake.processors.stitch.StitchCursor.Position;
import io.intake.processors.stitch.StitchCursor.Written;
import io.intake.processors.task.StageWork;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.processors.task.Task;
import io.intake.processors.task.TimeBudget;
import io.intake.store.AbsentException;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The stitch stage: task {@code i} writes the tables of the plan's group {@code i - 1}, each to an object of JSON lines.
 *
 * <p>A step writes one part of a long table, or several short tables whole. Memory is one part and one record, whatever the
 * sizes. The result is {@code {"tables":[{"number","rows","bytes"}...],"rows"}}.
 */
public final class StitchWork implements StageWork<StitchCursor> {
    /** Where a record ends the memory we give it, in bytes of UTF-8. */
    public static final long MAX_RECORD = 16 << 20;

    private static final int PART_BYTES = 8 << 20;
    /** Parts double after so many, twice at most, so that 10,000 of them hold about 195 GiB. */
    private static final int PARTS_PER_SIZE = 3_000;

    private static final int DOUBLINGS = 2;
    /** A step ends after this even if its part is not full: well below a third of a lease. */
    private static final Duration STEP = Duration.ofSeconds(15);
    /** Tables per step: their counts are saved with it. */
    private static final int TABLES_PER_STEP = 32;

    /** From this on, in bytes, joining a table's files in the store saves more than its requests cost. */
    private static final long SPLICED = 64 << 20;

    private final ObjectStore store;
    private final PlanStore plans;
    private final int partBytes;
    private final long maxRecord;
    private final long spliced;
    private final int minPart;
    private final Parked parked = new Parked();

    public StitchWork(ObjectStore store, PlanStore plans) {
        this(store, plans, PART_BYTES, MAX_RECORD, SPLICED, ObjectStore.Limits.MIN_PART_BYTES);
    }

    /** For scaled simulations; tables are written row by row up to the usual size. */
    public StitchWork(ObjectStore store, PlanStore plans, int partBytes, long maxRecord) {
        this(store, plans, partBytes, maxRecord, SPLICED, ObjectStore.Limits.MIN_PART_BYTES);
    }

    /**
     * For tests.
     *
     * @param partBytes the size of the first parts
     * @param maxRecord the longest record, in bytes of UTF-8
     * @param spliced how large a table must be for its files to be joined as they stand, in bytes
     * @param minPart the store's smallest part, in bytes
     */
    StitchWork(ObjectStore store, PlanStore plans, int partBytes, long maxRecord, long spliced, int minPart) {
        this.spliced = spliced;
        this.minPart = minPart;
        this.store = store;
        this.plans = plans;
        this.partBytes = partBytes;
        this.maxRecord = maxRecord;
    }

    @Override
    public Class<StitchCursor> cursorType() {
        return StitchCursor.class;
    }

    @Override
    public StitchCursor begin(Job job, Task task) {
        return StitchCursor.START;
    }

    @Override
    public StepOutcome<StitchCursor> step(Job job, Task task, StitchCursor cursor, TimeBudget budget) {
        Plan plan = plans.require(job.id());
        Plan.Run group = plan.groups().get(task.number() - 1);
        List<TablePlan> tables = plan.tables().subList(group.from(), group.to());
        return new Step(job, plan, task.number(), tables, cursor, budget).run();
    }

    /** What one step of a task knows. */
    private final class Step {
        private final String job;
        private final boolean joined;
        private final Plan plan;
        private final int task;
        private final List<TablePlan> tables;
        private final int doneBefore;
        private final TimeBudget budget;
        private final BooleanSupplier pause;
        private StitchCursor cursor;
        private long bytes;
        private boolean lost;

        Step(Job job, Plan plan, int task, List<TablePlan> tables, StitchCursor cursor, TimeBudget budget) {
            this.job = job.id();
            this.joined = job.requireFeed().stitch() != null;
            this.plan = plan;
            this.task = task;
            this.tables = tables;
            this.cursor = cursor;
            this.doneBefore = cursor.done().size();
            this.budget = budget;
            Duration end = budget.remaining().minus(STEP);
            this.pause = () -> budget.spent() || budget.remaining().compareTo(end) < 0;
        }

        StepOutcome<StitchCursor> run() {
            while (cursor.done().size() < tables.size()) {
                boolean enough = bytes >= partBytes || cursor.done().size() - doneBefore == TABLES_PER_STEP;
                StepOutcome<StitchCursor> outcome = enough ? new Advanced<>(cursor, true) : table();
                if (outcome != null) {
                    return outcome;
                }
            }
            return new Finished<>(result());
        }

        /** Works on the next table; null once it is written. */
        private @Nullable StepOutcome<StitchCursor> table() {
            TablePlan table = tables.get(cursor.done().size());
            TableObject object = new TableObject(store, job, table.number());
            Open open = cursor.open();
            try {
                if (open != null && open.phase() == Phase.COMMITTING) {
                    return commit(table, object, open);
                }
                Splice splice = splice(table, open);
                return splice.declined() ? write(table, object, open) : splice(table, object, open, splice);
            } catch (RefusedException refused) {
                if (open != null) {
                    object.abandon(open);
                }
                throw refused;
            }
        }

        /** How far joining the table's files is; declined where it is written row by row. */
        private Splice splice(TablePlan table, @Nullable Open open) {
            Splice begun = cursor.splice();
            if (begun != null) {
                return begun;
            }
            // A join reads JSON lines; an upload without a splice is one of these
            boolean alone = open != null || joined || RowJudge.looksAtRows(table);
            return alone || !Splicer.mayJoin(plan, table, spliced) ? Splice.DECLINED : Splice.START;
        }

        private StepOutcome<StitchCursor> splice(
                TablePlan table, TableObject object, @Nullable Open open, Splice from) {
            Splicer splicer = new Splicer(store, job, table, maxRecord, minPart);
            if (open == null) {
                Splice now = splicer.isWhole(from) ? from : splicer.look(from, pause);
                boolean progress = !now.equals(from) || cursor.done().size() > doneBefore;
                cursor = cursor.splice(now);
                if (!now.declined() && splicer.isWhole(now)) {
                    cursor = cursor.open(splicer.start(object, now));
                    progress = true;
                }
                return new Advanced<>(cursor, progress);
            }
            try {
                Open more = open;
                do {
                    more = splicer.next(object, from, more);
                } while (more.phase() == Phase.WRITING && !pause.getAsBoolean());
                cursor = cursor.open(more);
                return new Advanced<>(cursor, true);
            } catch (AbsentException gone) {
                return again();
            }
        }

        private @Nullable StepOutcome<StitchCursor> write(TablePlan table, TableObject object, @Nullable Open open) {
            TableReader kept = parked.take(job, task, cursor);
            TableReader reader = kept != null
                    ? kept
                    : new TableReader(store, job, table, plan.entries(), cursor.position(), maxRecord);
            boolean keep = false;
            try {
                StepOutcome<StitchCursor> outcome = switch (reader.gather(partSize(open), pause)) {
                    case PAUSED -> new Advanced<>(cursor, cursor.done().size() > doneBefore);
                    case FULL -> open == null ? start(object) : uploaded(object, open, reader, false);
                    case END -> open == null ? put(table, object, reader) : last(object, open, reader);
                };
                keep = outcome != null && !budget.spent() && goesOn(reader);
                if (keep) {
                    parked.put(job, task, cursor, reader);
                }
                return outcome;
            } finally {
                if (!keep) {
                    reader.close();
                }
            }
        }

        /** Whether the next step begins where the reader's part begins: not where the table ends or begins anew. */
        private boolean goesOn(TableReader reader) {
            Open open = cursor.open();
            return (open == null || open.phase() == Phase.WRITING)
                    && !lost
                    && reader.start().equals(cursor.position());
        }

        private StepOutcome<StitchCursor> start(TableObject object) {
            cursor = cursor.open(object.start());
            return new Advanced<>(cursor, true);
        }

        private StepOutcome<StitchCursor> last(TableObject object, Open open, TableReader reader) {
            if (reader.part().size() == 0) {
                cursor = cursor.open(open.at(reader.position()).committing());
                return new Advanced<>(cursor, true);
            }
            return uploaded(object, open, reader, true);
        }

        /**
         * Sends the part that was gathered. Another worker, thought dead, may send it too: the same bytes under the same
         * number, because parts are cut by bytes and not by time.
         */
        private StepOutcome<StitchCursor> uploaded(TableObject object, Open open, TableReader reader, boolean last) {
            int number = open.lastPartNumber() + 1;
            if (number > ObjectStore.Limits.MAX_PARTS) {
                throw StitchFailures.tableTooLarge(
                        tables.get(cursor.done().size()).number());
            }
            Part part;
            try {
                part = object.upload(open, number, reader.part().content());
            } catch (AbsentException gone) {
                return again();
            }
            reader.stored();
            Open more = open.add(part, reader.position());
            cursor = cursor.open(last ? more.committing() : more);
            return new Advanced<>(cursor, true);
        }

        private @Nullable StepOutcome<StitchCursor> put(TablePlan table, TableObject object, TableReader reader) {
            object.put(reader.part().content());
            return written(table, reader.position(), reader.part().size());
        }

        private @Nullable StepOutcome<StitchCursor> commit(TablePlan table, TableObject object, Open open) {
            return object.complete(open) ? written(table, open.position(), open.bytes()) : again();
        }

        private @Nullable StepOutcome<StitchCursor> written(TablePlan table, Position end, long size) {
            cursor = cursor.written(
                    new Written(table.number(), end.rows(), size, end.readings(), end.read(), end.rejected()));
            bytes += size;
            return null;
        }

        /** The upload was lost: the table begins anew. */
        private StepOutcome<StitchCursor> again() {
            cursor = cursor.open(null);
            lost = true;
            return new Advanced<>(cursor, false);
        }

        private JsonNode result() {
            long rows = cursor.done().stream().mapToLong(Written::rows).sum();
            return Json.mapper().valueToTree(new Result(cursor.done(), rows));
        }
    }

    /** What the task leaves for the next stage. */
    private record Result(List<Written> tables, long rows) {}

    private long partSize(@Nullable Open open) {
        int parts = open == null ? 0 : open.parts().size();
        return (long) partBytes << Math.min(DOUBLINGS, parts / PARTS_PER_SIZE);
    }
}
