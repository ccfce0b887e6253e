package io.intake.processors;

import io.intake.processors.Processors.Outside;
import io.intake.processors.collect.CollectWork;
import io.intake.processors.forward.DeliveryLog;
import io.intake.processors.forward.EngineClient;
import io.intake.processors.forward.Engines;
import io.intake.processors.forward.ForwardWork;
import io.intake.processors.forward.RetryPolicy;
import io.intake.processors.forward.shape.StoredShapes;
import io.intake.processors.hold.FeedSizes;
import io.intake.processors.join.Deliveries;
import io.intake.processors.join.Joins;
import io.intake.processors.machine.JobMachine;
import io.intake.processors.nest.NestedWork;
import io.intake.processors.nest.Nests;
import io.intake.processors.nest.Tree;
import io.intake.processors.quality.RejectsWork;
import io.intake.processors.replay.ReplayWork;
import io.intake.processors.stitch.StitchWork;
import io.intake.processors.task.StageWork;
import io.intake.processors.task.TaskRunner;
import io.intake.processors.telemetry.StageReport;
import io.intake.processors.unzip.SealedUnzipWork;
import io.intake.processors.unzip.UnzipWork;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The work of each stage, and what carries it on. Thread-safe. */
final class Stages implements AutoCloseable {
    final TaskRunner runner;
    final StageWork<?> unzip;
    final StageWork<?> stitch;
    final StageWork<?> forward;
    private final @Nullable Engines engines;

    Stages(Foundations on) {
        Joins joins = new Joins(on.records, on.plans, on.marks, on.fanOut, on.workings.joins());
        Tree tree = new Tree(on.store, on.naming, on.plans);
        engines = on.workings.engines() == null ? engines(on) : null;
        runner = runner(on, joins, tree);
        unzip = unzip(on, tree);
        stitch = joins.stage(
                on.store,
                new StitchWork(on.store, on.plans, on.workings.stitchPart(), StitchWork.MAX_RECORD),
                new RejectsWork(on.store, on.naming));
        forward = forward(on, engines != null ? engines : Objects.requireNonNull(on.workings.engines()));
    }

    private static TaskRunner runner(Foundations on, Joins joins, Tree tree) {
        JobMachine machine = new JobMachine(
                on.plans,
                on.jobs,
                on.tasks,
                on.fanOut,
                on.marks,
                joins,
                on.sets,
                on.settlement,
                on.holds,
                new FeedSizes(on.records),
                new Nests(on.records, on.plans, on.marks, on.fanOut, tree, on.workings.units()),
                on.clock);
        return new TaskRunner(
                on.records,
                on.jobs,
                on.tasks,
                on.marks,
                new StageReport(machine, on.metrics),
                on.clock,
                on.outside.settings().lease(),
                on.workings.renewals(),
                on.workings.saves());
    }

    private static StageWork<?> unzip(Foundations on, Tree tree) {
        SealedUnzipWork extraction = new SealedUnzipWork(
                new UnzipWork(
                        on.store,
                        on.naming,
                        on.outside.ids(),
                        on.names.records(),
                        on.secrets::resolve,
                        on.workings.unzipPart(),
                        on.workings.units()),
                on.names.records());
        CollectWork collected = new CollectWork(
                new NestedWork(extraction, on.store, on.records, on.plans, tree),
                on.store,
                on.records,
                on.plans,
                on.jobs,
                on.sets,
                on.workings.units());
        return new ReplayWork(collected, on.store, on.plans, on.records, on.turns::expect, on.clock);
    }

    private static Engines engines(Foundations on) {
        return Engines.of(
                on.secrets,
                on.clock,
                new StoredShapes(on.store, on.records),
                on.outside.ids(),
                on.store,
                on.outside.bucket(),
                on.outside.others());
    }

    private static StageWork<?> forward(Foundations on, EngineClient engines) {
        return new ForwardWork(new ForwardWork.Parts(
                on.store,
                on.plans,
                new Deliveries(on.records),
                new DeliveryLog(on.store, on.records),
                engines,
                on.gate,
                on.turns,
                on.wakeups,
                RejectsWork.ofEngine(on.store, on.naming),
                on.settlement,
                on.configuration,
                policy(on.outside),
                on.clock,
                on.outside.random(),
                on.outside.pause()));
    }

    private static RetryPolicy policy(Outside outside) {
        RetryPolicy usual = RetryPolicy.DEFAULT;
        return new RetryPolicy(
                usual.soonTries(),
                usual.soonLimit(),
                outside.settings().engineWait(),
                usual.waitMost(),
                usual.giveUp());
    }

    @Override
    public void close() {
        if (engines != null) {
            engines.close();
        }
    }
}
