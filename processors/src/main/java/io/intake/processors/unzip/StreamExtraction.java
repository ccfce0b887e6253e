package io.intake.processors.unzip;

import io.intake.config.Feed;
import io.intake.processors.job.Job;
import io.intake.processors.job.RefusedException;
import io.intake.processors.plan.Plan;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.TimeBudget;
import io.intake.processors.unzip.ArchiveRules.Item;
import io.intake.processors.unzip.StreamCursor.Open;
import io.intake.processors.unzip.StreamCursor.Stored;
import io.intake.processors.unzip.UnzipCursor.Phase;
import io.intake.processors.unzip.UnzipCursor.Unwrapped;
import io.intake.processors.unzip.UnzipCursor.Upload;
import io.intake.processors.unzip.stream.Compression;
import io.intake.store.AbsentException;
import io.intake.store.Content;
import io.intake.store.Crc32;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.UploadRef;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One step of the extraction of a file that is read from front to back; the last one makes the plan, because only then it is
 * known what there is. Small files are stored whole, several in a step; a larger one, or one of unknown size, becomes a
 * multipart upload, one part in a step. As with {@link Extraction}, an upload's id is saved before its first part is sent.
 */
final class StreamExtraction {
    private static final int FILES_PER_STEP = 100;
    /** Parts double after so many, for sizes are not known before the end: 10,000 of them hold 190 GiB. */
    private static final int PARTS_PER_SIZE = 3_000;

    private static final int DOUBLINGS = 2;

    private final EntryObjects objects;
    private final Supplier<String> owners;
    private final int partBytes;
    private final Job job;
    private final String name;
    private final StreamSession session;
    private final Ending ending;

    /** What comes when the file has been read. */
    interface Ending {
        /** With the files in objects, the plan is made. */
        StepOutcome<UnzipCursor> planned(Plan plan);

        /** With the wrapping taken off, what was in it is looked at. */
        StepOutcome<UnzipCursor> unwrapped(Compression wrapping);

        /** What is worked on; null for the upload itself. */
        @Nullable
        Unwrapped source();
    }

    /**
     * @param name of the only file, where it is no tar
     * @param objects where files become objects, numbered from 0; or the one that was wrapped, by the number of its wrapping
     */
    StreamExtraction(
            EntryObjects objects,
            Supplier<String> owners,
            int partBytes,
            Job job,
            String name,
            StreamSession session,
            Ending ending) {
        this.objects = objects;
        this.owners = owners;
        this.partBytes = partBytes;
        this.job = job;
        this.name = name;
        this.session = session;
        this.ending = ending;
    }

    /** @param continued whether the step before this one was taken in this session */
    StepOutcome<UnzipCursor> step(UnzipCursor cursor, boolean continued, TimeBudget budget) {
        StreamCursor at = Objects.requireNonNull(cursor.stream());
        Upload upload = cursor.upload();
        try {
            if (upload != null && cursor.phase() == Phase.COMMITTING) {
                return commit(at, upload);
            }
            if (upload != null && !continued) {
                // the other may still be sending the next part, which are the same bytes under the same number
                return new Advanced<>(cursor.takenOver(upload.takenOver(owners.get())), false);
            }
            byte[] kept = session.takeKept();
            if (kept == null && !session.reach(at.position(), budget)) {
                return new Advanced<>(budget.spent() ? cursor.missed("The file") : cursor, false);
            }
            if (upload != null) {
                return write(at, upload, kept);
            }
            return at.open() == null ? files(at, budget) : begin(at, at.open());
        } catch (RefusedException e) {
            if (upload != null) {
                objects.dropUploads(key(at));
            }
            throw e;
        }
    }

    private StepOutcome<UnzipCursor> files(StreamCursor at, TimeBudget budget) {
        if (!session.isTar()) {
            return at.files().isEmpty() ? between(at.at(0, null, StreamSession.single(name)), true) : finish(at);
        }
        List<Stored> files = new ArrayList<>(at.files());
        int members = at.members();
        long left = partBytes;
        do {
            Optional<Member> next = session.next(members);
            if (next.isEmpty()) {
                return finish(at.with(files, members));
            }
            Member member = next.get();
            session.checkCount(++members);
            if (ArchiveRules.item(member).isEmpty()) {
                session.skip(member.size());
                continue;
            }
            session.checkTotal(total(files) + member.size());
            if (member.size() > left) {
                Open open = new Open(member.name(), member.index(), member.size());
                return between(here(at.with(files, members), open), true);
            }
            files.add(small(files.size(), member));
            left -= member.size();
        } while (left > 0 && files.size() - at.files().size() < FILES_PER_STEP && !budget.spent());
        return between(here(at.with(files, members), null), true);
    }

    private Stored small(int number, Member member) {
        byte[] bytes = content(member.size(), (int) member.size());
        return put(number, member.name(), member.index(), bytes);
    }

    private Stored put(int number, String file, int member, byte[] bytes) {
        long crc = Crc32.of(bytes);
        Plan.Entry entry = new Plan.Entry(number, file, bytes.length, bytes.length, crc);
        objects.put(job.id(), entry, Content.of(crc, ByteBuffer.wrap(bytes)), member(entry, member));
        return new Stored(file, member, bytes.length, crc);
    }

    /** The first bytes are read before the upload is begun: a short file needs none. */
    private StepOutcome<UnzipCursor> begin(StreamCursor at, Open open) {
        int length = open.size() < 0 ? partBytes : (int) Math.min(open.size(), partBytes);
        byte[] first = content(open.size(), length);
        boolean whole = open.size() < 0 ? first.length < length : first.length == open.size();
        if (whole) {
            session.checkTotal(total(at.files()) + first.length);
            Stored stored = put(number(at), open.name(), open.member(), first);
            return between(here(at.with(add(at.files(), stored), at.members()), null), true);
        }
        Plan.Entry unknown = new Plan.Entry(number(at), open.name(), -1, open.size(), -1);
        UploadRef ref = objects.start(job.id(), unknown);
        session.keep(first);
        return writing(at, new Upload(ref.uploadId(), owners.get(), 1, 0, List.of(), null), false);
    }

    private StepOutcome<UnzipCursor> write(StreamCursor at, Upload upload, byte @Nullable [] kept) {
        Open open = Objects.requireNonNull(at.open());
        int number = upload.nextPart();
        if (number > ObjectStore.Limits.MAX_PARTS) {
            throw Refusals.tooManyParts(open.member() + 1);
        }
        int room = partBytes << Math.min(DOUBLINGS, (number - 1) / PARTS_PER_SIZE);
        long known = open.size() < 0 ? -1 : open.size() - upload.offset();
        int length = known < 0 ? room : (int) Math.min(known, room);
        byte[] bytes = kept != null ? kept : content(known, length);
        long offset = upload.offset() + bytes.length;
        session.checkTotal(total(at.files()) + offset);
        List<Part> parts = new ArrayList<>(upload.parts());
        if (bytes.length > 0) {
            try {
                Content content = Content.of(Crc32.of(bytes), ByteBuffer.wrap(bytes));
                parts.add(objects.part(new UploadRef(key(at), upload.id()), number, content));
            } catch (AbsentException gone) {
                return between(at.again(), false);
            }
        }
        Upload further = new Upload(upload.id(), upload.owner(), number + 1, offset, parts, null);
        boolean end = open.size() < 0 ? bytes.length < length : offset == open.size();
        return end
                ? new Advanced<>(
                        UnzipCursor.streaming(Phase.COMMITTING, further, here(at, open), ending.source()), true)
                : writing(here(at, open), further, true);
    }

    /** @param known how much there must be; negative where the end tells */
    private byte[] content(long known, int length) {
        byte[] bytes = session.read(length);
        if (known >= 0 && bytes.length < length) {
            throw Refusals.damaged("The file");
        }
        return bytes;
    }

    private StepOutcome<UnzipCursor> commit(StreamCursor at, Upload upload) {
        Open open = Objects.requireNonNull(at.open());
        long crc = Crc32.EMPTY;
        for (Part part : upload.parts()) {
            crc = Crc32.combine(crc, Objects.requireNonNull(part.crc32()), part.size());
        }
        Plan.Entry entry = new Plan.Entry(number(at), open.name(), upload.offset(), upload.offset(), crc);
        UploadRef ref = new UploadRef(key(at), upload.id());
        if (!objects.complete(job.id(), entry, ref, upload.parts(), member(entry, open.member()))) {
            return between(at.again(), false);
        }
        Stored stored = new Stored(open.name(), open.member(), upload.offset(), crc);
        return between(at.with(add(at.files(), stored), at.members()).at(at.position(), at.gzip(), null), true);
    }

    private StepOutcome<UnzipCursor> finish(StreamCursor at) {
        session.finish();
        if (at.unwrap()) {
            return ending.unwrapped(at.compression());
        }
        List<Item> items = new ArrayList<>();
        List<Plan.Entry> entries = new ArrayList<>();
        for (Stored file : at.files()) {
            Plan.Entry entry = new Plan.Entry(entries.size(), file.name(), file.size(), file.size(), file.crc32());
            entries.add(entry);
            ArchiveRules.item(member(entry, file.member())).ifPresent(items::add);
        }
        Feed feed = job.requireFeed();
        int ignored = Math.max(0, at.members() - entries.size());
        return ending.planned(ArchivePlanner.extracted(items, entries, ignored, feed));
    }

    private static Member member(Plan.Entry entry, int index) {
        return new Member(
                index, entry.name(), Methods.STORED, false, false, 0, entry.size(), entry.size(), entry.crc32());
    }

    private static long total(List<Stored> files) {
        return files.stream().mapToLong(Stored::size).sum();
    }

    private static List<Stored> add(List<Stored> files, Stored stored) {
        List<Stored> more = new ArrayList<>(files);
        more.add(stored);
        return more;
    }

    /** At the place where the session is. */
    private StreamCursor here(StreamCursor at, @Nullable Open open) {
        return at.at(session.position(), session.save(), open);
    }

    private String key(StreamCursor at) {
        return objects.key(job.id(), number(at));
    }

    /** Of the object at hand. */
    private int number(StreamCursor at) {
        Unwrapped source = ending.source();
        int wrappings = source == null ? 0 : source.wrappings().size();
        return at.unwrap() ? wrappings + 1 : at.files().size();
    }

    private StepOutcome<UnzipCursor> between(StreamCursor at, boolean progress) {
        return new Advanced<>(UnzipCursor.streaming(Phase.ENTRIES, null, at, ending.source()), progress);
    }

    private StepOutcome<UnzipCursor> writing(StreamCursor at, Upload upload, boolean progress) {
        return new Advanced<>(UnzipCursor.streaming(Phase.WRITING, upload, at, ending.source()), progress);
    }
}
