package io.intake.processors.unzip;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.Naming;
import io.intake.bucket.RecordNames;
import io.intake.config.ArchiveLimits;
import io.intake.config.Collect;
import io.intake.config.Feed;
import io.intake.config.FileDelivery;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.RefusedException;
import io.intake.processors.plan.Plan;
import io.intake.processors.task.StageWork;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.Task;
import io.intake.processors.task.TimeBudget;
import io.intake.processors.unzip.ArchivePlanner.Units;
import io.intake.processors.unzip.ArchiveRules.Item;
import io.intake.processors.unzip.Sources.Source;
import io.intake.processors.unzip.UnzipCursor.Phase;
import io.intake.processors.unzip.UnzipCursor.Unwrapped;
import io.intake.processors.unzip.pgp.PgpFault;
import io.intake.processors.unzip.stream.Compression;
import io.intake.processors.unzip.stream.Decryptor;
import io.intake.store.AbsentException;
import io.intake.store.ConflictException;
import io.intake.store.CopySource;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The unzip stage. Task 0 decides what will be done and writes the plan; for files without a directory (plain, gzip, bzip2,
 * xz, tar and compressed tar) and for small archives it extracts them as well, and there are no further tasks. Its result is {@code {"entries", "ignored",
 * "bytes", "tables", "segments", "groups"}}, all numbers, where {@code segments} says how many further tasks there are.
 * Task {@code i + 1} writes the entries of segment {@code i} to objects of their own; its result is {@code {"entries",
 * "bytes"}}.
 *
 * <p>Thread-safe. Memory in use: one part per running step, and a megabyte and the directory per open archive.
 */
public final class UnzipWork implements StageWork<UnzipCursor> {
    /** Up to such a size a plain file is copied in one request, in seconds. */
    private static final long MAX_COPY_BYTES = 4L << 30;

    /** For tests of segments with small archives. */
    private static final Units ALL_IN_SEGMENTS = new Units(
            ArchivePlanner.SEGMENT_COMPRESSED_BYTES, ArchivePlanner.SEGMENT_BYTES, ArchivePlanner.GROUP_BYTES, -1);

    private final ObjectStore store;
    private final Naming naming;
    private final Supplier<String> owners;
    private final WrittenPlans plans;
    private final FeedKeys keys;
    private final int partBytes;
    private final Units units;
    private final EntryObjects objects;
    private final EntryObjects wrapped;
    private final Sessions<Session> archives = new Sessions<>();
    private final Sessions<StreamSession> streams = new Sessions<>();

    /**
     * With names in the clear.
     *
     * @param naming tells what a partner called a file
     * @param owners gives an id that nobody else has, for instance a random UUID: see {@link UnzipCursor.Upload#owner()}
     */
    public UnzipWork(ObjectStore store, Naming naming, Supplier<String> owners) {
        this(store, naming, owners, Parts.PART_BYTES);
    }

    /** @param partBytes at most so many bytes become durable in a step; smaller than S3 allows in scaled simulations only */
    UnzipWork(ObjectStore store, Naming naming, Supplier<String> owners, int partBytes) {
        this(store, naming, owners, partBytes, UnzipWork::noSecrets);
    }

    /** @param secrets gives the secret that a feed names; throws {@link IllegalStateException} if there is none */
    UnzipWork(ObjectStore store, Naming naming, Supplier<String> owners, int partBytes, UnaryOperator<String> secrets) {
        this(store, naming, owners, RecordNames.CLEAR, secrets, partBytes, ALL_IN_SEGMENTS);
    }

    /**
     * With everything said, for the function itself and for scaled simulations.
     *
     * @param names how a plan holds the names of entries and tables
     * @param secrets as above
     * @param partBytes as above
     * @param units how archives are cut
     */
    public UnzipWork(
            ObjectStore store,
            Naming naming,
            Supplier<String> owners,
            RecordNames names,
            UnaryOperator<String> secrets,
            int partBytes,
            Units units) {
        this.store = store;
        this.naming = naming;
        this.owners = owners;
        this.plans = new WrittenPlans(store, names);
        this.keys = new FeedKeys(secrets);
        this.partBytes = partBytes;
        this.units = units;
        this.objects = new EntryObjects(store);
        this.wrapped = new EntryObjects(store, BucketLayout::unwrapped);
    }

    private static String noSecrets(String reference) {
        throw new IllegalStateException("no secrets are at hand");
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
        boolean first = task.number() == 0 && cursor.equals(UnzipCursor.start());
        try {
            if (first && needsSignature(job) && !Opening.isOpenPgp(store, job.input(), uploaded(job))) {
                throw KeyRefusals.pgp(PgpFault.Kind.UNSIGNED);
            }
        } catch (RefusedException e) {
            return new StepOutcome.Refused<>(e.failure());
        }
        return step(job, task, cursor, budget, () -> uploaded(job));
    }

    /** Whether an upload must be an OpenPGP message itself. What only tells of a set's files holds nothing of them. */
    private boolean needsSignature(Job job) {
        Feed feed = job.requireFeed();
        String path = naming.place(job.input().key())
                .map(place -> place.path().relative())
                .orElse("");
        Collect collect = feed.collect();
        boolean tells = collect != null && (collect.isMarker(path) || collect.isManifest(path));
        return FeedKeys.signaturesRequired(feed) && !tells;
    }

    /** @param name what the file is called, without its folders: of an archive within another, that is no upload */
    StepOutcome<UnzipCursor> step(Job job, Task task, UnzipCursor cursor, TimeBudget budget, Supplier<String> name) {
        try {
            if (cursor.stream() != null) {
                Source source = Sources.of(job, name.get(), cursor.source());
                return stream(job, task, cursor, cursor.stream(), budget, source);
            }
            boolean planning = task.number() == 0 && cursor.nothingExtracted();
            return planning
                    ? open(job, task, cursor, budget, Sources.of(job, name.get(), cursor.source()))
                    : extract(job, task, cursor, budget);
        } catch (RefusedException e) {
            return new StepOutcome.Refused<>(e.failure());
        }
    }

    private String uploaded(Job job) {
        return naming.place(job.input().key())
                .map(place -> place.path().name())
                .orElseThrow(() -> new IllegalStateException("job " + job.id() + " is about no upload"));
    }

    private StepOutcome<UnzipCursor> open(Job job, Task task, UnzipCursor cursor, TimeBudget budget, Source source) {
        FileDelivery files = job.requireFeed().files();
        if (files != null && !files.members()) {
            return copyPlain(job, source);
        }
        return switch (Opening.of(store, source, MAX_COPY_BYTES)) {
            case Opening.Zip() -> {
                Plan kept = planArchive(job, source);
                // whatever is the limit now: the plan that was written first decides
                yield kept.segments().isEmpty()
                        ? extract(job, task, cursor, budget)
                        : new StepOutcome.Finished<>(counts(kept));
            }
            case Opening.Plain() -> copyPlain(job, source);
            case Opening.Stream(StreamCursor start) -> {
                if (start.compression() == Compression.OPENPGP && !FeedKeys.takesOpenPgp(job.requireFeed())) {
                    throw KeyRefusals.noKey();
                }
                yield new StepOutcome.Advanced<>(
                        UnzipCursor.streaming(Phase.ENTRIES, null, start, source.unwrapped()), true);
            }
        };
    }

    /** Gives the plan that is kept; one without segments is for the task that made it. */
    private Plan planArchive(Job job, Source source) {
        Input input = source.input();
        Plan plan;
        try (ArchiveReader archive =
                ArchiveReader.open(store, input, job.requireFeed().limits())) {
            plan = ArchivePlanner.plan(archive.members(), job.requireFeed(), input.size(), units);
        }
        if (source.unwrapped() != null) {
            StreamSession.checkGrowth(
                    bytes(plan), job.input().size(), job.requireFeed().limits());
        }
        Plan placed =
                plan.of(source.unwrapped() == null ? null : new Plan.Archive(input.key(), input.etag(), input.size()));
        boolean solo = plan.segments().size() == 1 && bytes(plan) <= units.soloBytes();
        return plans.keep(job.id(), solo ? placed.solo() : placed);
    }

    private static long bytes(Plan plan) {
        return plan.entries().stream().mapToLong(Plan.Entry::size).sum();
    }

    /** A file that is its only entry: its bytes never leave the store. */
    private StepOutcome<UnzipCursor> copyPlain(Job job, Source source) {
        Input input = source.input();
        String name = source.name();
        if (input.size() > job.requireFeed().limits().bytes()) {
            throw Refusals.tooLarge(job.requireFeed().limits().bytes());
        }
        long crc = input.crc32() == null ? -1 : Long.parseLong(input.crc32(), 16);
        Plan.Entry entry = new Plan.Entry(0, name, input.size(), input.size(), crc);
        Member member = new Member(0, name, Methods.STORED, false, false, 0, input.size(), input.size(), entry.crc32());
        List<Item> items = ArchiveRules.item(member).stream().toList();
        Plan plan = ArchivePlanner.extracted(items, List.of(entry), 0, job.requireFeed());
        try {
            CopySource whole = new CopySource(input.key(), input.etag(), input.versionId());
            objects.copy(job.id(), 0, whole, input.size());
        } catch (AbsentException | ConflictException changed) {
            throw Refusals.inputReplaced();
        }
        return planned(job, plan);
    }

    private StepOutcome<UnzipCursor> stream(
            Job job, Task task, UnzipCursor cursor, StreamCursor at, TimeBudget budget, Source source) {
        ArchiveLimits limits = job.requireFeed().limits();
        String inner = at.compression().inner(source.name());
        Decryptor decryptor = keys.decryptor(job.requireFeed());
        EntryObjects targets = at.unwrap() ? wrapped : objects;
        return streams.step(
                task.job() + "/" + task.number(),
                cursor,
                () -> StreamSession.open(
                        store, source.input(), limits, job.input().size(), at, decryptor),
                (session, continued) -> new StreamExtraction(
                                targets, owners, partBytes, job, inner, session, ending(job, source))
                        .step(cursor, continued, budget));
    }

    private StreamExtraction.Ending ending(Job job, Source source) {
        return new StreamExtraction.Ending() {
            @Override
            public StepOutcome<UnzipCursor> planned(Plan plan) {
                return UnzipWork.this.planned(job, plan);
            }

            @Override
            public StepOutcome<UnzipCursor> unwrapped(Compression wrapping) {
                List<Compression> wrappings = new ArrayList<>(
                        source.unwrapped() == null
                                ? List.of()
                                : source.unwrapped().wrappings());
                wrappings.add(wrapping);
                ObjectInfo info = wrapped.require(job.id(), wrappings.size());
                return new StepOutcome.Advanced<>(
                        UnzipCursor.unwrapped(new Unwrapped(info.key(), info.etag(), info.size(), wrappings)), true);
            }

            @Override
            public @Nullable Unwrapped source() {
                return source.unwrapped();
            }
        };
    }

    private StepOutcome<UnzipCursor> planned(Job job, Plan plan) {
        return new StepOutcome.Finished<>(counts(plans.keep(job.id(), plan)));
    }

    private static JsonNode counts(Plan plan) {
        ObjectNode counts = JsonNodeFactory.instance.objectNode();
        counts.put("entries", plan.entries().size());
        counts.put("ignored", plan.ignored());
        counts.put("bytes", bytes(plan));
        counts.put("tables", plan.tables().size());
        counts.put("segments", plan.segments().size());
        counts.put("groups", plan.groups().size());
        return counts;
    }

    private StepOutcome<UnzipCursor> extract(Job job, Task task, UnzipCursor cursor, TimeBudget budget) {
        StepOutcome<UnzipCursor> outcome = archives.step(
                task.job() + "/" + task.number(),
                cursor,
                () -> open(job, task),
                (session, continued) ->
                        new Extraction(objects, owners, partBytes, job.id(), session).step(cursor, continued, budget));
        boolean solo = task.number() == 0 && outcome instanceof StepOutcome.Finished;
        return solo ? new StepOutcome.Finished<>(counts(plans.require(job.id()))) : outcome;
    }

    private Session open(Job job, Task task) {
        Plan plan = plans.require(job.id());
        if (task.number() > plan.segments().size()) {
            throw new IllegalStateException("job " + job.id() + " has no unzip task " + task.number());
        }
        Plan.Run run = task.number() == 0
                ? new Plan.Run(0, plan.entries().size())
                : plan.segments().get(task.number() - 1);
        return Session.open(store, job, plan, run, keys.passwords(job.requireFeed()));
    }
}
