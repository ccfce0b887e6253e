package io.intake.processors.unzip;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.RecordNames;
import io.intake.processors.Json;
import io.intake.processors.job.Job;
import io.intake.processors.job.RefusedException;
import io.intake.processors.plan.Plan;
import io.intake.processors.task.StageWork;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.Task;
import io.intake.processors.task.TimeBudget;
import io.intake.store.AlreadyPresentException;
import io.intake.store.Content;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectStore;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.ReadRequest;
import io.intake.store.TransientStoreException;
import java.io.IOException;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The unzip stage. Task 0 decides what will be done and writes the plan; its result is {@code {"entries", "ignored",
 * "bytes", "tables", "segments", "groups"}}, all numbers, where {@code segments} says how many further tasks there are.
 * Task {@code i + 1} writes the entries of segment {@code i} to objects of their own; its result is {@code {"entries",
 * "bytes"}}.
 *
 * <p>Thread-safe. Memory in use: one part per running step, and a megabyte and the directory per open archive.
 */
public final class UnzipWork implements StageWork<UnzipCursor> {
    private final ObjectStore store;
    private final Supplier<String> owners;
    private final RecordNames names;
    private final int partBytes;
    private final EntryObjects objects;
    private final Sessions sessions = new Sessions();

    /** @param owners gives an id that nobody else has, for instance a random UUID: see {@link UnzipCursor.Upload#owner()} */
    public UnzipWork(ObjectStore store, Supplier<String> owners) {
        this(store, owners, RecordNames.CLEAR);
    }

    /** @param names how a plan holds the names of entries and tables */
    public UnzipWork(ObjectStore store, Supplier<String> owners, RecordNames names) {
        this(store, owners, names, Parts.PART_BYTES);
    }

    /** @param partBytes at most so many bytes become durable in a step; smaller than S3 allows in scaled simulations only */
    UnzipWork(ObjectStore store, Supplier<String> owners, int partBytes) {
        this(store, owners, RecordNames.CLEAR, partBytes);
    }

    private UnzipWork(ObjectStore store, Supplier<String> owners, RecordNames names, int partBytes) {
        this.store = store;
        this.owners = owners;
        this.names = names;
        this.partBytes = partBytes;
        this.objects = new EntryObjects(store);
    }

    @Override
    public Class<UnzipCursor> cursorType() {
        return UnzipCursor.class;
    }

    @Override
    public UnzipCursor begin(Job job, Task task) {
        return UnzipCursor.start();
    }

    @Override
    public StepOutcome<UnzipCursor> step(Job job, Task task, UnzipCursor cursor, TimeBudget budget) {
        try {
            return task.number() == 0 ? plan(job) : extract(job, task, cursor, budget);
        } catch (RefusedException e) {
            return new StepOutcome.Refused<>(e.failure());
        }
    }

    private StepOutcome<UnzipCursor> plan(Job job) {
        Plan plan;
        try (ArchiveReader archive =
                ArchiveReader.open(store, job.input(), job.requireFeed().limits())) {
            plan = ArchivePlanner.plan(
                    archive.members(), job.requireFeed(), job.input().size());
        }
        String key = BucketLayout.plan(job.id());
        Content content = Content.of(Json.bytes(plan.renamed(name -> names.seal(job.id(), name))));
        try {
            store.put(new PutRequest(key, content, Json.TYPE, Map.of(), Precondition.IF_ABSENT));
        } catch (AlreadyPresentException earlier) {
            // equal, unless it was made by another version of this code: then tasks may have begun by it
            plan = storedPlan(job);
        }
        return new StepOutcome.Finished<>(counts(plan));
    }

    private static JsonNode counts(Plan plan) {
        ObjectNode counts = JsonNodeFactory.instance.objectNode();
        counts.put("entries", plan.entries().size());
        counts.put("ignored", plan.ignored());
        counts.put("bytes", plan.entries().stream().mapToLong(Plan.Entry::size).sum());
        counts.put("tables", plan.tables().size());
        counts.put("segments", plan.segments().size());
        counts.put("groups", plan.groups().size());
        return counts;
    }

    private Plan storedPlan(Job job) {
        String key = BucketLayout.plan(job.id());
        try (ObjectContent content = store.read(ReadRequest.whole(key))) {
            return Json.read(content.stream().readAllBytes(), Plan.class).renamed(name -> names.open(job.id(), name));
        } catch (IOException lost) {
            throw new TransientStoreException("read", key, "the stream was lost", lost);
        }
    }

    private StepOutcome<UnzipCursor> extract(Job job, Task task, UnzipCursor cursor, TimeBudget budget) {
        String name = task.job() + "/" + task.number();
        Session session = sessions.take(name);
        boolean continued = session != null && session.continues(cursor);
        if (session != null && !continued) {
            session.close();
        }
        if (session == null || !continued) {
            session = open(job, task);
        }
        boolean kept = false;
        try {
            StepOutcome<UnzipCursor> outcome =
                    new Extraction(objects, owners, partBytes, job.id(), session).step(cursor, continued, budget);
            if (outcome instanceof StepOutcome.Advanced<UnzipCursor> advanced) {
                session.expect(advanced.cursor());
                sessions.keep(name, session);
                kept = true;
            }
            return outcome;
        } finally {
            if (!kept) {
                session.close();
            }
        }
    }

    private Session open(Job job, Task task) {
        Plan plan = storedPlan(job);
        if (task.number() > plan.segments().size()) {
            throw new IllegalStateException("job " + job.id() + " has no unzip task " + task.number());
        }
        return Session.open(store, job, plan, plan.segments().get(task.number() - 1));
    }
}
