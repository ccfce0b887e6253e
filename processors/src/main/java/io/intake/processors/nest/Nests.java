package io.intake.processors.nest;

import io.intake.bucket.Stage;
import io.intake.config.ArchiveLimits;
import io.intake.config.Feed;
import io.intake.config.Table;
import io.intake.config.UnknownMember;
import io.intake.processors.Records;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.RefusedException;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.task.DoneMarks;
import io.intake.processors.task.FanOut;
import io.intake.processors.task.Task;
import io.intake.processors.unzip.ArchivePlanner;
import io.intake.processors.unzip.ArchivePlanner.Units;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes the archives of a job from level to level: whoever ends the last task of a round opens the next round, and at the
 * end makes the plan of all files. Each of these is decided by what was kept before, so that doing it twice changes nothing.
 * Thread-safe, also across processes.
 */
public final class Nests {
    private final Rounds rounds;
    private final PlanStore plans;
    private final DoneMarks marks;
    private final FanOut fanOut;
    private final Tree tree;
    private final Units units;

    public Nests(Records records, PlanStore plans, DoneMarks marks, FanOut fanOut, Tree tree, Units units) {
        this.rounds = new Rounds(records);
        this.plans = plans;
        this.marks = marks;
        this.fanOut = fanOut;
        this.tree = tree;
        this.units = units;
    }

    /** Whether archives within a job's file are opened. */
    static boolean nests(Job job) {
        Feed feed = job.requireFeed();
        return feed.limits().nesting() > 0
                && !job.isSet()
                && (feed.files() == null || feed.files().members());
    }

    /** How far the archives of a job are. */
    public sealed interface Progress {
        /** Tasks are open. */
        record Running() implements Progress {}

        /** The file is refused. */
        record Refused(Failure failure) implements Progress {}

        /** Everything is extracted, and planned as one. */
        record Planned(Plan plan) implements Progress {}
    }

    /**
     * Goes on after a task has ended.
     *
     * @param job that has no plan yet
     */
    public Progress advance(Job job, Task task) {
        if (job.state().terminal()) {
            return new Progress.Running();
        }
        Round round = rounds.of(job.id(), task.number())
                .orElseThrow(() -> new IllegalStateException("job " + job.id() + " has no task " + task.number()));
        if (round.number() > 0) {
            Set<Integer> done = marks.numbers(Stage.UNZIP, job.id());
            for (int number = round.first(); number < round.end(); number++) {
                if (!done.contains(number)) {
                    openMore(job, round);
                    return new Progress.Running();
                }
            }
        }
        try {
            return next(job, round);
        } catch (RefusedException refused) {
            return new Progress.Refused(refused.failure());
        }
    }

    private Progress next(Job job, Round round) {
        if (round.plans()) {
            Map<Integer, Integer> segments = new HashMap<>();
            for (Node node : round.worked()) {
                segments.put(
                        node.number(), tree.plan(job, node.number()).segments().size());
            }
            Round extracting = round.extracting(segments);
            if (!extracting.tasks().isEmpty()) {
                return opened(job, extracting);
            }
        }
        Map<Integer, List<Integer>> found = new HashMap<>();
        for (Node node : round.level()) {
            found.put(node.number(), tree.archives(job, node));
        }
        Round below = round.below(found);
        return below.tasks().isEmpty() ? planned(job, round) : opened(job, below);
    }

    private Progress opened(Job job, Round round) {
        rounds.keep(job.id(), round);
        fanOut.open(
                Stage.UNZIP,
                job.id(),
                round.first(),
                round.end(),
                job.requireFeed().parallel());
        return new Progress.Running();
    }

    private void openMore(Job job, Round round) {
        int width = job.requireFeed().parallel();
        if (round.tasks().size() > width) {
            fanOut.open(Stage.UNZIP, job.id(), round.first(), round.end(), width);
        }
    }

    private Progress planned(Job job, Round round) {
        List<Plan.Entry> entries = new ArrayList<>();
        List<Plan.Run> segments = new ArrayList<>();
        int ignored = 0;
        Feed feed = job.isMember() ? anyTable(job.requireFeed()) : job.requireFeed();
        for (Node node : round.nodes()) {
            String prefix = tree.prefix(job, round, node);
            int from = entries.size();
            for (Plan.Entry entry : tree.files(job, node)) {
                String path = prefix + entry.name();
                checkDepth(path, feed);
                entries.add(new Plan.Entry(entries.size(), path, entry.size(), entry.size(), entry.crc32()));
            }
            if (entries.size() > from) {
                segments.add(new Plan.Run(from, entries.size()));
            }
            ignored += tree.plan(job, node.number()).ignored();
        }
        Plan plan =
                ArchivePlanner.ofFiles(entries, ignored, segments, feed, units).after(round.end() - 1);
        plans.create(job.id(), plan);
        return new Progress.Planned(plan);
    }

    /** What looks like an archive and is not opened is too deep, unless it is somebody's table or does not matter. */
    private static void checkDepth(String path, Feed feed) {
        ArchiveLimits limits = feed.limits();
        boolean wanted =
                feed.tables().stream().anyMatch(table -> table.matches(path).isPresent());
        boolean matters = feed.files() != null || feed.unknownMember() == UnknownMember.QUARANTINE;
        if (matters && !wanted && ArchiveNames.opened(path)) {
            throw NestFailures.tooDeep(limits.nesting());
        }
    }

    private static Feed anyTable(Feed feed) {
        return feed.of(new Table("any", "(?s).*", null, false, feed.format(), List.of()));
    }
}
